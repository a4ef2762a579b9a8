"""What hangs on an order as JSON: calls, ties, the card, decisions, contacts."""

from __future__ import annotations

from typing import Any

from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors.dealings import Dealings


def dealings_json(order: Order, dealings: Dealings, actor: Actor, *, seen: bool) -> dict[str, Any]:
    """Fields of `OrderOut`; the claim hall gets none of it."""
    card = dealings.card
    return {
        "card": None
        if card is None or not seen
        else {
            "card": card.card,
            "reason": card.reason,
            "instruction": card.instruction,
            "given_at": card.given_at,
            "limit_at": card.limit_at,
        },
        "returns": order.returns,
        "urged": order.urged,
        "affected": order.affected,
        "review_on": order.review_on,
        "contact_due_at": order.contact_due_at if seen else None,
        "contacted_at": order.contacted_at if seen else None,
        "parent": _tie(dealings.parent, actor) if seen else None,
        "merged_into": _tie(dealings.target, actor) if seen else None,
        "children": [_tie(each, actor) for each in dealings.children] if seen else [],
        "merged": [_tie(each, actor) for each in dealings.merged] if seen else [],
        "assists": _assists(dealings) if seen else [],
        "decisions": _decisions(dealings) if seen else [],
        "contacts": _contacts(dealings) if seen else [],
    }


def _tie(order: Order | None, actor: Actor) -> dict[str, str] | None:
    if order is None:
        return None
    title = order.title if sees_text(actor, order) else mask_text(order.title)
    return {"number": order.number, "title": title, "state": order.state}


def _assists(dealings: Dealings) -> list[dict[str, Any]]:
    return [
        {
            "id": call.pk,
            "org": call.org.name,
            "is_lead": call.is_lead,
            "task": call.task,
            "called_at": call.called_at,
            "due_at": call.due_at,
            "here_at": call.here_at,
            "back_at": call.back_at,
            "closed_at": call.closed_at,
            "result": call.result,
            "stars": call.stars,
            "comment": call.comment,
        }
        for call in dealings.calls
    ]


def _decisions(dealings: Dealings) -> list[dict[str, Any]]:
    return [
        {
            "class": each.klass,
            "before": each.before or None,
            "reason": each.reason,
            "by": str(each.by) if each.by is not None else "",
            "post": each.post,
            "at": each.at,
        }
        for each in dealings.decisions
    ]


def _contacts(dealings: Dealings) -> list[dict[str, Any]]:
    return [
        {"at": each.at, "way": each.way, "reached": each.reached, "text": each.text}
        for each in dealings.contacts
    ]

"""The facts behind an order's place, class and due date."""

from __future__ import annotations

from typing import Any

from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.grid.tree import tree
from gridpact.orders.api.shapes import cell_json
from gridpact.orders.choices import Step
from gridpact.orders.limits import PROMISE, limit_of
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.orders.routes import router


def why_json(order: Order, actor: Actor) -> dict[str, Any]:
    """`routing`, `triage`, `clock` and `promise` of one order."""
    seen = sees_text(actor, order)
    return {
        "number": order.number,
        "routing": _routing(order, seen=seen),
        "triage": _triage(order, seen=seen),
        "clock": _clock(order),
        "promise": {
            "from": order.created_at,
            "limit": {"minutes": PROMISE.minutes, "counts": _counts(PROMISE.clock)},
            "until": order.promised_at,
        },
    }


def _routing(order: Order, *, seen: bool) -> dict[str, Any]:
    """`placed_by`: polygon, nearest, chosen or address; the desk that received it."""
    snapshot = tree()
    given = None
    if seen and order.given_lon is not None:
        given = {"lon": order.given_lon, "lat": order.given_lat, "datum": order.datum}
    return {
        "placed_by": order.placed_by,
        "given": given,
        "cell": cell_json(order.cell, snapshot),
        "desk": cell_json(order.desk, snapshot),
        "returns": order.returns,
        "rules": router().why(order, seen=seen),
    }


def _triage(order: Order, *, seen: bool) -> dict[str, Any] | None:
    """The last triage: by whom, when, and the stated reason."""
    line = order.log.filter(verb="triage").order_by("-id").first()
    if line is None:
        return None
    return {
        "class": order.klass or None,
        "reason": line.text if seen else mask_text(line.text),
        "by": line.actor_name if seen else "",
        "post": line.post,
        "at": line.at,
    }


def _clock(order: Order) -> dict[str, Any] | None:
    """The running step: from when, which limit, until when; None when nothing runs."""
    if not order.step:
        return None
    limit = limit_of(Step(order.step), order.klass, redone=order.redone > 0)
    return {
        "step": order.step,
        "from": order.step_started_at,
        "limit": {"minutes": limit.minutes, "counts": _counts(limit.clock)},
        "due_at": order.due_at,
    }


def _counts(clock: bool) -> str:
    return "clock minutes" if clock else "working minutes"

"""Standard replies of the desks: keeping them, and filling their placeholders for an order."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused, require
from gridpact.grid.choices import Level
from gridpact.grid.tree import tree
from gridpact.orders.models import Order, StandardReply

_PLACE = re.compile(r"\{([^{}]*)\}")


def _community(order: Order) -> str:
    ref = tree().by_id.get(order.community_id or 0)
    return ref.name if ref is not None else order.desk.name


# What a desk may write in braces, in its own words.
PLACEHOLDERS: dict[str, Callable[[Order], str]] = {
    "单号": lambda order: order.number,
    "事项": lambda order: order.title,
    "地点": lambda order: tree().names(order.cell_id, Level.TOWNSHIP),
    "社区": _community,
    "受理": lambda order: order.desk.name,
}


def filled(text: str, order: Order) -> str:
    """The text with its placeholders replaced by the order's words; unknown ones stay."""

    def word(found: re.Match[str]) -> str:
        source = PLACEHOLDERS.get(found[1])
        return source(order) if source is not None else found[0]

    return _PLACE.sub(word, text)


@transaction.atomic
def save_reply(reply: StandardReply, *, actor: Actor) -> StandardReply:
    """Keep a new reply or a changed one (by pk); the same values change nothing.

    A reply without a cell is the district's. Raises `Refused`: forbidden, reply_code_taken,
    placeholder_unknown.
    """
    stored = StandardReply.objects.select_for_update().filter(pk=reply.pk).first()
    if stored is not None:
        require(actor, "orders.save_reply", stored)
    require(actor, "orders.save_reply", reply)
    if stored is not None and _facts(stored) == _facts(reply):
        return stored
    if StandardReply.objects.filter(code=reply.code).exclude(pk=reply.pk).exists():
        raise Refused("reply_code_taken", 409, code=reply.code)
    unknown = [name for name in _PLACE.findall(reply.text) if name not in PLACEHOLDERS]
    if unknown:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Refused("placeholder_unknown", 422, field="text", given=unknown[0][:20], known=known)
    reply.save()
    was = _facts(stored) if stored is not None else None
    audit.record_saved(actor, "orders.save_reply", reply, was, _facts(reply))
    return reply


def _facts(reply: StandardReply) -> tuple[object, ...]:
    return (
        reply.code, reply.use, reply.klass, reply.title, reply.text, reply.cell_id,
        reply.is_active,
    )  # fmt: skip

"""“Also affects me” 我也遇到: others whom a public matter affects are counted, once a phone."""

from __future__ import annotations

import re

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock, crypto
from gridpact.core.access import Actor, Refused, require
from gridpact.orders.choices import SOLVED
from gridpact.orders.models import Affected, Order
from gridpact.orders.services.engine import lock

_PHONE = re.compile(r"\+?\d{7,15}")


def join_order(order: Order, *, phone: str, actor: Actor) -> Order:
    """Count one more person whom this public matter affects; the same phone again changes nothing.

    The reporter's own phone counts like any other: an answer that differs would tell a stranger
    who placed the order. Raises `Refused`: 403 for what is not on the board, 409 once it is
    solved or ended, 422 for what is no phone number.
    """
    number = re.sub(r"[\s\-()]", "", phone)
    if not number:
        raise Refused("missing", 422, field="phone")
    if not _PHONE.fullmatch(number):
        raise Refused("phone_wrong", 422, field="phone", given=phone[:20])
    with transaction.atomic():
        fresh = lock(order)
        require(actor, "orders.join", fresh)
        if not fresh.is_open or fresh.state in SOLVED:
            raise Refused("solved_already", 409)
        digest = crypto.digest("phone", number)
        if fresh.others.filter(phone_digest=digest).exists():
            return fresh
        Affected.objects.create(
            order=fresh, at=clock.now(), phone_digest=digest, phone_sealed=crypto.seal(number)
        )
        fresh.affected += 1
        fresh.save(update_fields=["affected"])
        audit.record(actor, "orders.join", fresh, after=str(fresh.affected))
    return fresh

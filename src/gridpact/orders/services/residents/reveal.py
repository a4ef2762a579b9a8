"""Showing a reporter's contact in full: for a stated reason, and on record."""

from __future__ import annotations

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core.access import Actor, require
from gridpact.orders.models import Order
from gridpact.orders.services.engine import need


@transaction.atomic
def reveal_reporter(order: Order, *, actor: Actor, reason: str) -> dict[str, str]:
    """Name and phone in clear, `{"name": …, "phone": …}`; writes the reading log first."""
    require(actor, "orders.reveal", order)
    why = need(reason, "reason")
    audit.record(actor, "orders.reveal", order, why=why[:500])
    return {"name": order.reporter_name, "phone": order.reporter_phone}

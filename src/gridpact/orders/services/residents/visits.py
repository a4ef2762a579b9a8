"""Who has an order open at the desk: one row a person and order, renewed when it is opened."""

from __future__ import annotations

from datetime import timedelta

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.orders.models import DeskUndo, DeskVisit, Order

KEEP = timedelta(days=1)


def visit_order(order: Order, *, actor: Actor) -> None:
    """Note that the actor looks at the order now (one upsert)."""
    if actor.user_id is None:
        return
    DeskVisit.objects.bulk_create(
        [DeskVisit(order=order, user_id=actor.user_id, at=clock.now())],
        update_conflicts=True,
        unique_fields=["order", "user"],
        update_fields=["at"],
    )


def sweep_desk() -> int:
    """Delete visits and kept states older than a day; returns how many rows."""
    before = clock.now() - KEEP
    visits, _ = DeskVisit.objects.filter(at__lt=before).delete()
    undos, _ = DeskUndo.objects.filter(at__lt=before).delete()
    return visits + undos

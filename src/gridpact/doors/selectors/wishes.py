"""Micro-wishes in sight."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from gridpact.core.access import Actor
from gridpact.doors.models import ChainEntry
from gridpact.grid.models import under_q
from gridpact.orders.choices import Kind
from gridpact.orders.models import Order


def seen_wishes(actor: Actor, *, only_open: bool) -> QuerySet[Order]:
    """Wishes of the cells where the actor reads orders, each with `chain_entries` of its chain."""
    sight = Q() if actor.is_system else Q(pk__in=())
    for grant in actor.grants_for("orders.read"):
        sight |= under_q(grant.level, grant.cell_id)
    rows = Order.objects.filter(sight, kind=Kind.WISH)
    if only_open:
        rows = rows.open()
    entries = ChainEntry.objects.select_related("chain")
    return rows.for_rows().prefetch_related(Prefetch("chain_entries", queryset=entries))

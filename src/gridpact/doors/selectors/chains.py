"""Chains in sight, with their counts."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet, Sum

from gridpact.core.access import Actor, Refused
from gridpact.doors.choices import EntryState
from gridpact.doors.models import Chain

_STAYS = ~Q(entries__state=EntryState.WITHDRAWN)


def seen_chains(actor: Actor) -> QuerySet[Chain]:
    """Chains in sight with `entry_count`, `people` (sum of counts) and `order_count`."""
    return (
        Chain.objects.visible_to(actor)
        .select_related("cell", "created_by")
        .defer("cell__boundary")
        .annotate(
            entry_count=Count("entries", filter=_STAYS),
            people=Sum("entries__count", filter=_STAYS),
            order_count=Count("entries__order"),
        )
    )


def seen_chain(actor: Actor, pk: int) -> Chain:
    """One chain in sight, else 404."""
    chain = seen_chains(actor).filter(pk=pk).first()
    if chain is None:
        raise Refused("not_found", 404)
    return chain

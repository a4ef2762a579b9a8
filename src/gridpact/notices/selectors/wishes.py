"""Small wishes 微心愿 as anybody may see them: waiting, and fulfilled with thanks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from gridpact.core import clock
from gridpact.grid.tree import CellRef
from gridpact.notices.selectors.board import ORDER, in_area, on_board, with_names
from gridpact.orders.choices import SOLVED, Kind, Satisfaction, State
from gridpact.orders.models import Order, Rating
from gridpact.orders.models.sight import OrderQuerySet

SHOWN = 18  # of each sort: a page that an elder can read, not an archive


def _wishes(area: CellRef | None) -> OrderQuerySet:
    rows = on_board().filter(kind=Kind.WISH)
    return in_area(rows, area) if area is not None else rows


def waiting(area: CellRef | None = None) -> list[Order]:
    """Wishes in the claim hall with a free place, soonest end first (by the index of states)."""
    rows = _wishes(area).filter(state=State.OFFERED, slots_free__gt=0)
    rows = rows.filter(Q(offered_until__isnull=True) | Q(offered_until__gt=clock.now()))
    return list(with_names(rows).order_by("due_at", "id")[:SHOWN])


def fulfilled(area: CellRef | None = None) -> list[Order]:
    """Wishes that came true, newest first."""
    rows = _wishes(area).filter(state__in=SOLVED, verified_at__isnull=False)
    return list(with_names(rows).select_related("handler_org").order_by(*ORDER)[:SHOWN])


def thanks(orders: Iterable[Order]) -> dict[int, str]:
    """What satisfied residents wrote, by order (one query); not masked yet."""
    ratings = Rating.objects.filter(
        order_id__in=[order.pk for order in orders], satisfaction=Satisfaction.SATISFIED
    ).exclude(comment="")
    return {rating.order_id: rating.comment for rating in ratings.order_by("id")}

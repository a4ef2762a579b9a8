"""How many open orders lie in a cell, for the pages of the grid."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.figures import CellFigure
from gridpact.grid.models import Cell
from gridpact.orders.models import Order
from gridpact.orders.selectors import COUNT_CAP

_COLUMNS = {
    Level.DISTRICT.value: "district_id",
    Level.TOWNSHIP.value: "township_id",
    Level.COMMUNITY.value: "community_id",
    Level.GRID.value: "grid_id",
}


def open_orders(actor: Actor, cells: Sequence[Cell]) -> dict[int, CellFigure]:
    """Open orders of cells the actor reads: a query a level, no count beyond the cap."""
    roots = [grant.cell_id for grant in actor.grants_for("orders.read")]
    seen = [cell for cell in cells if any(cell.is_under(root) for root in roots)]
    counts: dict[int, int] = {}
    for level in sorted({cell.level for cell in seen}, key=RANK.__getitem__):
        counts |= _counts(level, [cell.pk for cell in seen if cell.level == level])
    return {
        cell.pk: CellFigure(
            _("Open orders"),
            counts[cell.pk],
            str(counts[cell.pk]) if counts[cell.pk] < COUNT_CAP else f"{COUNT_CAP - 1}+",
            f"{reverse('orders:list')}?state=OPEN&cell={cell.code}",
        )
        for cell in seen
        if cell.pk in counts
    }


def _counts(level: str, cell_ids: list[int]) -> dict[int, int]:
    """Open orders by cell, counting no further than the cap in each (one query)."""
    if RANK[level] < RANK[Level.DISTRICT]:
        return {}
    column = _COLUMNS.get(level)
    if column is not None:
        here = Q(**{column: OuterRef("pk")})
    else:  # a building holds its own orders and those of its stairwells
        here = Q(cell_id=OuterRef("pk")) | Q(cell__parent_id=OuterRef("pk"))
        here &= Q(grid_id=OuterRef("grid_key"))
    keys = ArraySubquery(Order.objects.filter(here).open().order_by().values("pk")[:COUNT_CAP])
    counted = Func(keys, function="cardinality", output_field=IntegerField())
    rows = Cell.objects.filter(pk__in=cell_ids).order_by()
    if column is None:
        above = F("parent_id") if level == Level.MICRO_GRID else F("parent__parent_id")
        rows = rows.annotate(grid_key=above)
    return dict(rows.annotate(found=counted).values_list("pk", "found"))

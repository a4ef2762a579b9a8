"""Orders as the grid sees them: how many are open in a cell, and how they follow a redraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, IntegerField, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.dependents import CellsMoved, Dependent, Strip, Touched
from gridpact.grid.figures import CellFigure
from gridpact.grid.models import Cell
from gridpact.grid.services.redraw.rows import inside
from gridpact.grid.tree import CellRef, Tree, tree
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


def redraw_orders(actor: Actor, touched: Touched) -> list[Dependent]:
    """Open orders in cells that are redrawn, and those of them that no point deals out."""
    rows = Order.objects.open().filter(cell_id__in=touched.cells).order_by()
    here = Q(cell_id__in=touched.shared, lon__isnull=True)
    counted = rows.aggregate(number=Count("pk"), loose=Count("pk", filter=here))
    by_id = tree().by_id
    known = [by_id[pk] for pk in touched.cells if pk in by_id]
    top = min(known, key=lambda ref: len(ref.path), default=None)
    one = top is not None and all(ref.is_under(top.id) for ref in known)
    href = f"{reverse('orders:list')}?state=OPEN&cell={top.code}" if top and one else ""
    return [
        Dependent(_("Open orders"), counted["number"], href, counted["loose"]),
        *_in_strips(touched.strips),
    ]


def _in_strips(strips: Iterable[Strip]) -> list[Dependent]:
    """Open orders whose place lies in ground that passes on, or that no cell has any more."""
    change = stay = 0
    for strip in strips:
        found = len(inside(Order.objects.open(), strip))
        change, stay = (change + found, stay) if strip.taker else (change, stay + found)
    return [
        Dependent(_("Open orders that change their cell by their place"), change),
        Dependent(_("Open orders outside the new outline, which stay"), stay),
    ]


def follow_cells(moved: CellsMoved) -> list[tuple[int, int, int | None]]:
    """Give open orders the desk that now stands over them, and the term that goes on.

    Returns the changed rows as they were: [order, desk, handler's post].
    """
    rows = Order.objects.open().filter(
        Q(cell_id__in=moved.cells) | Q(handler_post_id__in=moved.posts)
    )
    kept: list[tuple[int, int, int | None]] = []
    changed: list[Order] = []
    for order in rows.only("pk", "cell_id", "desk_id", "handler_post_id").order_by("pk"):
        desk = _desk_of(order.cell_id, order.desk_id, moved.tree)
        post = order.handler_post_id
        goes_on = (moved.posts.get(post) or post) if post else None
        if (desk, goes_on) != (order.desk_id, post):
            kept.append((order.pk, order.desk_id, post))
            order.desk_id, order.handler_post_id = desk, goes_on
            changed.append(order)
    Order.objects.bulk_update(changed, ("desk", "handler_post"), batch_size=500)
    return kept


def _desk_of(cell_id: int, desk_id: int, snapshot: Tree) -> int:
    """The desk if it still stands over the cell, else the one that now stands on its level."""
    ref = snapshot.by_id.get(cell_id)
    if ref is None or ref.is_under(desk_id):
        return desk_id
    return _level_above(ref, desk_id, snapshot)


def _level_above(ref: CellRef, desk_id: int, snapshot: Tree) -> int:
    known = snapshot.by_id.get(desk_id)
    level = known.level if known else Level.COMMUNITY
    return ref.ancestors.get(level, ref.desk_id)


def return_cells(kept: Iterable[tuple[int, int, int | None]]) -> None:
    """Take back what `follow_cells` did to orders that nobody has passed on since."""
    by_id = {row[0]: row for row in kept}
    orders = list(Order.objects.filter(pk__in=list(by_id)).only("pk", "desk_id", "handler_post_id"))
    for order in orders:
        _pk, desk, post = by_id[order.pk]
        order.desk_id = desk
        if order.handler_post_id is not None:
            order.handler_post_id = post
    Order.objects.bulk_update(orders, ("desk", "handler_post"), batch_size=500)

"""Open orders as a layer of the one map, today's and those of a past day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.layers import MapLayer, MapValue
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree
from gridpact.orders.hooks.territory import open_orders
from gridpact.orders.selectors.past import PastDay


def _values(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    if tree.is_today:
        found = open_orders(actor, cells)
        return {pk: MapValue(figure.count, figure.shown) for pk, figure in found.items()}
    if tree.day > clock.today():
        return {}
    roots = [grant.cell_id for grant in actor.grants_for("orders.read")]
    seen = {cell.pk for cell in cells if any(cell.is_under(root) for root in roots)}
    counts: Counter[int] = Counter()
    for cell_id, number in open_on(tree).items() if seen else ():
        ref = tree.by_id.get(cell_id)
        for part in ref.path.split("/")[1:-1] if ref is not None else ():
            if int(part) in seen:
                counts[int(part)] += number
    return {pk: MapValue(counts[pk], str(counts[pk])) for pk in seen}


def open_on(tree: Tree) -> Counter[int]:
    """Orders that were open at the end of the tree's (past) day, by the cell they lay in then."""
    past = PastDay(tree)
    rows = past.open_then().order_by()
    counts: Counter[int] = Counter(dict(rows.values_list("cell_id").annotate(number=Count("pk"))))
    for pk, cell_id in rows.filter(pk__in=list(past.moved)).values_list("pk", "cell_id"):
        counts[cell_id] -= 1
        counts[past.moved[pk]] += 1
    return counts


OPEN_ORDERS = MapLayer("orders", _("Open orders"), _values)

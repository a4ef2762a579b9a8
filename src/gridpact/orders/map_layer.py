"""Open orders as a layer of the one map, today's and those of a past day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.choices import RedrawState
from gridpact.grid.layers import MapLayer, MapValue
from gridpact.grid.models import Cell, Redraw
from gridpact.grid.tree import Tree
from gridpact.orders.choices import OPEN
from gridpact.orders.models import Order
from gridpact.orders.territory import open_orders


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
    """Orders that were open at the end of the tree's (past) day, by the cell they lay in then.

    Redraws made since keep where each order lay before. An order that was closed and reopened
    counts as open in between.
    """
    end = datetime.combine(tree.day + timedelta(days=1), time(), clock.LOCAL)
    still = Q(closed_at__isnull=True, state__in=OPEN) | Q(closed_at__gte=end)
    rows = Order.objects.filter(still, created_at__lt=end).order_by()
    counts: Counter[int] = Counter(dict(rows.values_list("cell_id").annotate(number=Count("pk"))))
    before = _lay_before(tree)
    for pk, cell_id in rows.filter(pk__in=list(before)).values_list("pk", "cell_id"):
        counts[cell_id] -= 1
        counts[before[pk]] += 1
    return counts


def _lay_before(tree: Tree) -> dict[int, int]:
    """Where orders lay on the tree's day that redraws have moved since, by order."""
    since = Redraw.objects.filter(state=RedrawState.DONE, effective_on__gt=tree.day)
    before: dict[int, int] = {}
    for moved in since.order_by("-effective_on", "-pk").values_list("undo__rows", flat=True):
        before |= dict((moved or {}).get(Order._meta.label, ()))
    return before


OPEN_ORDERS = MapLayer("orders", _("Open orders"), _values)

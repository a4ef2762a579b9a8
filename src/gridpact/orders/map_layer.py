"""Open orders as a layer of the one map."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.layers import MapLayer, MapValue
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree
from gridpact.orders.territory import open_orders


def _values(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    found = open_orders(actor, cells)
    return {pk: MapValue(figure.count, figure.shown) for pk, figure in found.items()}


OPEN_ORDERS = MapLayer("orders", _("Open orders"), _values, today_only=True)

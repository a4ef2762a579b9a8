"""How the departments' networks fit the grids, as a layer of the one map."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core.access import Actor
from gridpact.grid.choices import Level
from gridpact.grid.layers import MapLayer, MapValue
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree
from gridpact.networks.territory import cell_gaps, faulty_on


def _values(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    """Grids with a finding in each cell; cells without grids say nothing."""
    shown = {
        cell.pk: [ref.id for ref in tree.under(cell.pk) if ref.level == Level.GRID]
        for cell in cells
    }
    wanted = {pk for inside in shown.values() for pk in inside}
    faulty = cell_gaps(wanted) if tree.is_today else faulty_on(tree)
    found: dict[int, MapValue] = {}
    for pk, inside in shown.items():
        if not inside:
            continue
        count = sum(each in faulty for each in inside)
        text = _("%(count)s of %(all)s grids") % {"count": count, "all": len(inside)}
        found[pk] = MapValue(count, text, "amber" if count else "green")
    return found


NETWORKS = MapLayer(
    "networks",
    gettext_lazy("Department networks"),
    _values,
    (
        ("green", gettext_lazy("every grid is served by each network")),
        ("amber", gettext_lazy("grids left out or served twice")),
    ),
)

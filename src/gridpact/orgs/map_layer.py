"""The Party line as a layer of the one map: which cells have a Party body of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core.access import Actor
from gridpact.grid.layers import MapLayer, MapValue
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree
from gridpact.orgs.models import PartyOrg


def _values(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    """The body of each cell, and how many stand in it and below."""
    shown = {cell.pk for cell in cells}
    own: dict[int, str] = {}
    inside: Counter[int] = Counter()
    bodies = PartyOrg.objects.visible_to(actor).active().filter(cell__isnull=False)
    for cell_id, name in bodies.values_list("cell_id", "name"):
        ref = tree.by_id.get(cell_id or 0)
        if ref is None:
            continue
        if ref.id in shown:
            own[ref.id] = name
        inside.update(shown.intersection(int(part) for part in ref.path.split("/") if part))
    return {pk: _value(own.get(pk, ""), inside[pk]) for pk in shown}


def _value(name: str, count: int) -> MapValue:
    below = count - bool(name)
    text = name or "–"
    if below:
        text = _("%(name)s (%(count)s inside)") % {"name": text, "count": below}
    return MapValue(count, text, "green" if name else "amber" if below else "")


PARTY = MapLayer(
    "party",
    gettext_lazy("Party line"),
    _values,
    (
        ("green", gettext_lazy("with a Party body of its own")),
        ("amber", gettext_lazy("Party bodies inside only")),
    ),
    as_today=gettext_lazy("Party bodies are shown as they are today; they keep no former days."),
)

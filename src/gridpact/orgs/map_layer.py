"""The Party line as a layer of the one map: which cells have a Party body of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core.access import Actor
from gridpact.grid.layers import MapLayer, MapValue
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree
from gridpact.orgs.models import PartyOrg, PartyVersion
from gridpact.orgs.party_days import kept_since


def _values(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    """The body of each cell, and how many stand in it and below."""
    shown = {cell.pk for cell in cells}
    own: dict[int, str] = {}
    inside: Counter[int] = Counter()
    for cell_id, name in _standing(actor, tree):
        ref = tree.by_id.get(cell_id or 0)
        if ref is None:
            continue
        if ref.id in shown:
            own[ref.id] = name
        inside.update(shown.intersection(int(part) for part in ref.path.split("/") if part))
    return {pk: _value(own.get(pk, ""), inside[pk]) for pk in shown}


def _standing(actor: Actor, tree: Tree) -> Iterable[tuple[int | None, str]]:
    """Cell and name of the bodies of the tree's day; the cells shown are those in sight."""
    if tree.is_today:
        today = PartyOrg.objects.visible_to(actor).active().filter(cell__isnull=False)
        return today.values_list("cell_id", "name")
    return PartyVersion.objects.at(tree.day).order_by().values_list("cell_id", "name")


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
    since=kept_since,
)

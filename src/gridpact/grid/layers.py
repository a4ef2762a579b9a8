"""The layers of the one map: what a colour means on it; upper apps add theirs in the wiring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.territory import VACANT, lines, vacant
from gridpact.grid.tree import Tree

Text = str | Promise


@dataclass(frozen=True, slots=True)
class MapValue:
    """What a layer says of one cell: a number, the same in words, and a tone if it has one."""

    count: int
    text: str
    tone: str = ""


Values = Callable[[Actor, Sequence[Cell], Tree], Mapping[int, MapValue]]


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer: `values` gives them by cell id for the cells shown, in the tree of the day.

    Without `tones` (tone, meaning) the cells are coloured by their number. `today_only`: it knows
    no other day. `since` tells the first day that its records know.
    """

    key: str
    label: Text
    values: Values
    tones: tuple[tuple[str, Text], ...] = field(default=())
    today_only: bool = False
    since: Callable[[], date | None] | None = None

    def unknown_on(self, day: date) -> date | None:
        """The day from which records are kept, if `day` lies before it."""
        first = self.since() if self.since is not None else None
        return first if first is not None and day < first else None


def _tiers(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    """How many cells lie below each, by level."""
    below = {cell.pk: Counter(ref.level for ref in tree.under(cell.pk)[1:]) for cell in cells}
    return {pk: MapValue(counts.total(), _amounts(counts)) for pk, counts in below.items()}


def _amounts(counts: Counter[str]) -> str:
    levels = sorted(counts, key=RANK.__getitem__)
    return _(", ").join(f"{Level(level).label} {counts[level]}" for level in levels) or "–"


def _heads(actor: Actor, cells: Sequence[Cell], tree: Tree) -> dict[int, MapValue]:
    """Who heads each cell, and how many head posts are vacant in it and below (today only)."""
    missing = _vacancies(cells) if tree.is_today else {}
    found: dict[int, MapValue] = {}
    for line in lines(actor, cells, None if tree.is_today else tree.day):
        count = missing.get(line.cell.pk, 0)
        named = _(", ").join(str(head.user) for head in line.heads)
        text = named or (str(VACANT) if line.is_vacant else "–")
        inside = count - line.is_vacant
        if inside > 0:
            text = _("%(head)s (%(count)s vacant inside)") % {"head": text, "count": inside}
        tone = "red" if line.is_vacant else "amber" if inside > 0 else "green"
        found[line.cell.pk] = MapValue(count, text, tone)
    return found


def _vacancies(cells: Sequence[Cell]) -> Counter[int]:
    """Vacant head posts of today in each cell and below."""
    counts: Counter[int] = Counter()
    if not cells:
        return counts
    ids = {cell.pk for cell in cells}
    within = Cell.objects.open().filter(path__startswith=_shared(cells))
    for path in vacant(within).order_by().values_list("path", flat=True):
        counts.update(ids.intersection(int(part) for part in path.split("/") if part))
    return counts


def _shared(cells: Sequence[Cell]) -> str:
    """The path that all cells lie under."""
    steps: list[str] = []
    for step in zip(*(cell.path_ids for cell in cells), strict=False):
        if len(set(step)) > 1:
            break
        steps.append(str(step[0]))
    return f"/{'/'.join(steps)}/" if steps else "/"


TIERS = MapLayer("tiers", gettext_lazy("Levels"), _tiers)
HEADS = MapLayer(
    "heads",
    gettext_lazy("Heads and vacancies"),
    _heads,
    (
        ("green", gettext_lazy("head in office")),
        ("amber", gettext_lazy("vacancies inside")),
        ("red", gettext_lazy("vacant")),
    ),
)


@cache
def _wired() -> tuple[MapLayer, ...]:
    paths: tuple[str, ...] = import_string(settings.MAP_LAYERS)
    return tuple(import_string(path) for path in paths)


def map_layers(tree: Tree) -> list[MapLayer]:
    """The layers that the day of the tree has, the grid's own first."""
    return [each for each in (TIERS, HEADS, *_wired()) if tree.is_today or not each.today_only]

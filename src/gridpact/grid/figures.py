"""Numbers that upper apps show on a cell, such as its open orders; listed in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core.access import Actor
from gridpact.grid.models import Cell


@dataclass(frozen=True, slots=True)
class CellFigure:
    """One number of one cell: `shown` may be capped (999+), `href` opens the list behind it."""

    label: str | Promise
    count: int
    shown: str
    href: str


Source = Callable[[Actor, Sequence[Cell]], Mapping[int, CellFigure]]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.CELL_FIGURES)
    return tuple(import_string(path) for path in paths)


def cell_figures(actor: Actor, cells: Sequence[Cell]) -> dict[int, list[CellFigure]]:
    """The figures of `cells` by cell id, only those this actor may open the list of."""
    found: dict[int, list[CellFigure]] = {cell.pk: [] for cell in cells}
    for source in _sources():
        for cell_id, figure in source(actor, cells).items():
            found[cell_id].append(figure)
    return found

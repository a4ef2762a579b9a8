"""What lies in cells and follows their redraws; upper apps stand in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from shapely.geometry.base import BaseGeometry

from gridpact.core.access import Actor
from gridpact.grid.tree import Tree


@dataclass(frozen=True, slots=True)
class Strip:
    """Ground (degrees WGS-84) that passes from a cell to a neighbour; None: to nobody."""

    giver: int
    taker: int | None
    area: BaseGeometry


@dataclass(frozen=True, slots=True)
class Touched:
    """Cells by id: what lies in `cells` moves, in `shared` it is dealt out by its place.

    What has its place in one of the `strips` changes from the giver to the taker.
    """

    cells: frozenset[int]
    shared: frozenset[int]
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependent:
    """Rows that move with cells; `placeless` ones have no point and go to the first heir."""

    label: str | Promise
    count: int
    href: str = ""
    placeless: int = 0


@dataclass(frozen=True, slots=True)
class CellsMoved:
    """A redraw took effect: `cells` stand elsewhere in `tree`, which is the one of now.

    `heirs` names the cells that follow a closed one; `posts` for each appointment that ended the
    one that goes on, or None.
    """

    cells: frozenset[int]
    heirs: Mapping[int, Sequence[int]]
    posts: Mapping[int, int | None]
    tree: Tree
    day: date


Source = Callable[[Actor, Touched], Sequence[Dependent]]
Follow = Callable[[CellsMoved], Any]
PutBack = Callable[[Any], None]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.REDRAW_DEPENDENTS)
    return tuple(import_string(path) for path in paths)


@cache
def _followers() -> tuple[tuple[str, Follow, PutBack], ...]:
    pairs: tuple[tuple[str, str], ...] = import_string(settings.CELL_MOVED)
    return tuple((path, import_string(path), import_string(back)) for path, back in pairs)


def dependents(actor: Actor, touched: Touched) -> list[Dependent]:
    """What upper apps keep in these cells, as far as it moves."""
    return [line for source in _sources() for line in source(actor, touched)]


def follow(moved: CellsMoved) -> dict[str, Any]:
    """Let upper apps follow; what each needs to put its rows back, by its dotted name (JSON)."""
    return {path: run(moved) for path, run, _back in _followers()}


def put_back(kept: Mapping[str, Any]) -> None:
    """Take back what `follow` did."""
    for path, _run, back in _followers():
        if path in kept:
            back(kept[path])

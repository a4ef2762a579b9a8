"""What a redraw would make of the tree: cells as they will be, heirs, what stands against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import shapely
from shapely.geometry import shape

from gridpact.core.texts import refusal_text
from gridpact.grid.dependents import Strip
from gridpact.grid.models import Cell, CellVersion
from gridpact.grid.redrawing import Ground
from gridpact.grid.tree import CellRef, Tree, tree_at

Pair = tuple[float, float]
NO_NAMES: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands against a redraw or is worth knowing: `code` of a sentence, its place."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    point: Pair | None = None

    @property
    def sentence(self) -> str:
        """In the active language."""
        return refusal_text(self.code, self.params)


class Base:
    """The tree on the day of the redraw, with boundaries of the cells that are asked for."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.tree: Tree = tree_at(day)

    def ref(self, code: str) -> CellRef | None:
        """The cell with this code, if it exists on the day."""
        return self.tree.by_code.get(code)

    def cells(self, ids: Iterable[int]) -> dict[int, Cell]:
        """Copies of cells as they are on the day, by id."""
        rows = CellVersion.objects.at(self.day).filter(cell_id__in=list(ids))
        ordered = rows.select_related("cell").order_by("cell__code")
        return {version.cell_id: version.as_cell() for version in ordered}

    def children(self, *cell_ids: int) -> list[Cell]:
        """The cells right below these on the day, by code."""
        ids = [ref.id for each in cell_ids for ref in self.tree.children.get(each, ())]
        return list(self.cells(ids).values())

    def chain(self, cell_id: int) -> list[int]:
        """Ids from the top of the tree down to the cell."""
        return [int(part) for part in self.tree.by_id[cell_id].path.split("/") if part]


@dataclass
class Drawing:
    """The outcome of a redraw, not yet written.

    changed: copies of cells with their new values; opened: new cells with keys; closed: ids;
    heirs: for each closed cell the cells its rows go to, the first takes what has no place;
    reads: cells it leans on without changing them; homes: cells under which things come to lie;
    strips: ground that passes between cells that stand on.
    """

    base: Base
    cell: Cell
    new_key: Callable[[], int]
    changed: dict[int, Cell] = field(default_factory=dict)
    opened: list[Cell] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    heirs: dict[int, list[int]] = field(default_factory=dict)
    reads: set[int] = field(default_factory=set)
    homes: set[int] = field(default_factory=set)
    faults: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)

    def refuse(self, code: str, point: Pair | None = None, /, **params: Any) -> None:
        """This cannot be done, because."""
        self.faults.append(Problem(code, params, point))

    def note(self, code: str, point: Pair | None = None, /, **params: Any) -> None:
        """This can be done, but should be known."""
        self.notes.append(Problem(code, params, point))

    def change(self, cell: Cell) -> Cell:
        """The copy of a cell that takes the new values."""
        return self.changed.setdefault(cell.pk, copy(cell))

    @property
    def writes(self) -> set[int]:
        """Ids of standing cells that get another version, or none."""
        return {*self.changed, *self.closed}

    @property
    def moved(self) -> list[int]:
        """Ids of standing cells that get another parent."""
        by_id = self.base.tree.by_id
        return [pk for pk, cell in self.changed.items() if cell.parent_id != by_id[pk].parent_id]

    def following(self) -> set[int]:
        """Ids of all cells whose rows come to lie elsewhere in the tree."""
        tops = {*self.moved, *self.closed}
        return {ref.id for top in tops for ref in self.base.tree.under(top)}


def ground_of(cell: Cell) -> Ground | None:
    """The boundary as a shape, or None."""
    return cast("Ground", shape(cell.boundary)) if cell.boundary else None


def geojson_of(area: shapely.Geometry) -> dict[str, Any]:
    """A GeoJSON geometry."""
    plain: dict[str, Any] = json.loads(shapely.to_geojson(area))
    return plain

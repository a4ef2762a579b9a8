"""The territory as the public sees it: cells, who heads them, and their outlines for the map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gridpact.core.masking import mask_name
from gridpact.grid.choices import CHILD_LEVEL, RANK, Level
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.tree import CellRef, Tree

_KEPT = 64  # collections kept in memory; a district has some 150 parents


@dataclass(frozen=True, slots=True)
class PublicCell:
    """A cell with its head: the post and the surname, as on the sign at the entrance."""

    ref: CellRef
    heads: tuple[tuple[str, str], ...]
    child_count: int

    @property
    def level_label(self) -> str:
        """The level in the active language."""
        return str(Level(self.ref.level).label)


def root(snapshot: Tree) -> CellRef | None:
    """The highest cell of the installation: the district."""
    return min(snapshot.by_id.values(), key=lambda ref: (RANK[ref.level], ref.code), default=None)


def children(snapshot: Tree, parent: CellRef) -> list[CellRef]:
    """The cells right below `parent`, by code."""
    below = (ref for ref in snapshot.by_id.values() if ref.parent_id == parent.id)
    return sorted(below, key=lambda ref: ref.code)


def at_level(snapshot: Tree, parent: CellRef, level: str) -> list[CellRef]:
    """All cells of `level` below `parent`, by code."""
    mark = f"/{parent.id}/"
    found = (ref for ref in snapshot.by_id.values() if ref.level == level and mark in ref.path)
    return sorted(found, key=lambda ref: ref.code)


def chain(snapshot: Tree, ref: CellRef) -> list[CellRef]:
    """From the top of the tree down to `ref`."""
    ids = [int(part) for part in ref.path.split("/") if part]
    return [snapshot.by_id[each] for each in ids if each in snapshot.by_id]


def places(snapshot: Tree) -> list[tuple[str, list[CellRef]]]:
    """Townships by name with their communities, for choosing a place from a list."""
    towns = [ref for ref in snapshot.by_id.values() if ref.level == Level.TOWNSHIP]
    return [
        (town.name, [town, *at_level(snapshot, town, Level.COMMUNITY)])
        for town in sorted(towns, key=lambda ref: ref.code)
    ]


def heads(refs: list[CellRef]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Post and masked name of every head in term, by cell (one query)."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = (
        Appointment.objects.heads_of([ref.id for ref in refs])
        .select_related("kind", "user")
        .order_by("kind__sort", "pk")
    )
    for row in rows:
        found.setdefault(row.cell_id, []).append((row.kind.name, mask_name(str(row.user))))
    return {cell_id: tuple(pairs) for cell_id, pairs in found.items()}


def public_cells(snapshot: Tree, refs: list[CellRef]) -> list[PublicCell]:
    """`refs` with their heads and how many cells lie right below each."""
    counts: dict[int, int] = {}
    for ref in snapshot.by_id.values():
        if ref.parent_id is not None:
            counts[ref.parent_id] = counts.get(ref.parent_id, 0) + 1
    named = heads(refs)
    return [PublicCell(ref, named.get(ref.id, ()), counts.get(ref.id, 0)) for ref in refs]


def shown_level(parent: CellRef) -> str:
    """The level drawn inside `parent`."""
    return CHILD_LEVEL.get(parent.level, Level.UNIT)


@lru_cache(maxsize=_KEPT)
def outlines(version: int, cell_ids: tuple[int, ...], decimals: int) -> dict[int, dict[str, Any]]:
    """GeoJSON geometries (WGS-84) of these cells, rounded and kept per version of the tree."""
    rows = Cell.objects.filter(pk__in=cell_ids, boundary__isnull=False)
    return {
        cell_id: {
            "type": boundary["type"],
            "coordinates": _rounded(boundary["coordinates"], decimals),
        }
        for cell_id, boundary in rows.values_list("pk", "boundary")
        if boundary is not None
    }


def decimals_for(level: str) -> int:
    """Five decimals (a metre) for areas, six for buildings and stairwells."""
    return 5 if RANK[level] <= RANK[Level.GRID] else 6


def _rounded(part: Any, decimals: int) -> Any:
    """Nested coordinates with at most `decimals` places."""
    if isinstance(part, float | int):
        return round(part, decimals)
    return [_rounded(each, decimals) for each in part]

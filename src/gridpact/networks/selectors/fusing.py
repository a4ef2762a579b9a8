"""Lays one network over our grids as they are on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridpact.grid.choices import RANK, Level
from gridpact.grid.fusion import Fusion, NetCell, fuse
from gridpact.grid.tree import Tree, tree_at
from gridpact.networks.models import Network, NetworkCell

Codes: TypeAlias = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Laid:
    """A network on our grids on `day`: the fusion, and which codes cells name that are no more."""

    fusion: Fusion
    lost: Codes
    tree_version: int
    day: date


@dataclass(frozen=True, slots=True)
class _Ground:
    """Our grids with their ground, and the ground of the district (None: not drawn)."""

    grids: dict[str, BaseGeometry]
    district: BaseGeometry | None


def lay(network: Network, day: date) -> Laid:
    """Compute the fusion of a network for a day (not kept; see `services.fused`)."""
    snapshot = tree_at(day)
    ground = _ground(snapshot.version, day)
    cells: list[NetCell] = []
    lost: Codes = {}
    for row in network.cells.on(day).order_by("code").only("network", "code", "boundary", "serves"):
        if row.boundary is not None:
            cells.append(NetCell(row.code, shape(row.boundary)))
            continue
        grids, missing = grids_of(row, snapshot)
        drawn = [ground.grids[code] for code in grids if code in ground.grids]
        if drawn:
            cells.append(NetCell(row.code, shapely.union_all(drawn)))
        if missing:
            lost[row.code] = missing
    fusion = fuse(
        [NetCell(code, area) for code, area in ground.grids.items()],
        cells,
        threshold_in=network.share_in,
        threshold_touch=network.share_touch,
        district=ground.district,
    )
    return Laid(fusion, lost, snapshot.version, day)


def grids_of(row: NetworkCell, snapshot: Tree) -> tuple[list[str], list[str]]:
    """Codes of the grids in the cells that `row` serves, and the codes that name no cell."""
    grids: list[str] = []
    missing: list[str] = []
    for code in row.serves:
        ref = snapshot.by_code.get(code)
        if ref is None:
            missing.append(code)
            continue
        below = snapshot.under(ref.id) if ref.level != Level.GRID else [ref]
        grids += [each.code for each in below if each.level == Level.GRID]
    return sorted(set(grids)), missing


# Keyed by version and day: four networks laid one after the other read the outlines once.
@lru_cache(maxsize=2)
def _ground(version: int, day: date) -> _Ground:
    snapshot = tree_at(day)
    grids: dict[str, BaseGeometry] = {}
    district: list[BaseGeometry] = []
    for cell_id, boundary in snapshot.boundaries():
        ref = snapshot.by_id.get(cell_id)
        if ref is None:
            continue
        if ref.level == Level.GRID:
            grids[ref.code] = shape(boundary)
        elif RANK[ref.level] == RANK[Level.DISTRICT]:
            district.append(shape(boundary))
    return _Ground(grids, shapely.union_all(district) if district else None)

"""Lays one network over our grids as they are on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

import shapely
from django.db.models import Q
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridpact.grid.choices import RANK, Level
from gridpact.grid.fusion import Fusion, NetCell, fuse
from gridpact.grid.models import Lineage
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
        area = _area_of(row, ground, snapshot)
        if area is not None:
            cells.append(NetCell(row.code, area))
        missing = grids_of(row, snapshot)[1] if row.boundary is None else []
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


def laid_on(
    networks: Iterable[Network], grids: Collection[str], snapshot: Tree
) -> dict[int, list[NetworkCell]]:
    """The cells of each network on some grids on the tree's day, by network id, widest first."""
    ground = _ground(snapshot.version, snapshot.day)
    ours = [NetCell(code, ground.grids[code]) for code in grids if code in ground.grids]
    found: dict[int, list[NetworkCell]] = {}
    for network in networks:
        rows = network.cells.on(snapshot.day).select_related("network__org", "org", "officer")
        theirs = {row.code: row for row in rows}
        areas = [
            NetCell(code, area)
            for code, row in theirs.items()
            if (area := _area_of(row, ground, snapshot)) is not None
        ]
        fusion = fuse(ours, areas, threshold_in=network.share_in,
                      threshold_touch=network.share_touch, district=ground.district)  # fmt: skip
        shares = sorted((one for row in fusion.rows for one in row.shares),
                        key=lambda one: (-one.of_ours, one.network_code))  # fmt: skip
        codes = dict.fromkeys(one.network_code for one in shares)
        found[network.pk] = [theirs[code] for code in codes]
    return found


def _area_of(row: NetworkCell, ground: _Ground, snapshot: Tree) -> BaseGeometry | None:
    """The outline of a network's cell, or the ground of the grids it serves."""
    if row.boundary is not None:
        return shape(row.boundary)
    drawn = [ground.grids[code] for code in grids_of(row, snapshot)[0] if code in ground.grids]
    return shapely.union_all(drawn) if drawn else None


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
    return sorted(set(grids)), _unanswered(row, missing) if missing else []


def _unanswered(row: NetworkCell, missing: list[str]) -> list[str]:
    """Codes without a cell on the day, whose forerunners or successors are not named either."""
    pairs = Lineage.objects.filter(Q(before__code__in=missing) | Q(after__code__in=missing))
    named = set(row.serves)
    known = {
        code
        for pair in pairs.values_list("before__code", "after__code")
        if named.issuperset(pair)
        for code in pair
    }
    return [code for code in missing if code not in known]


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

"""Lays a department's network over our cells (多网融合): who serves what, and where nobody does.

Everything is measured by area, on the ground; shapes are valid areas in degrees WGS-84.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridpact.grid.topology.measures import (
    Floats,
    Geometries,
    Ints,
    Pair,
    areas_m2,
    as_array,
    parts_wider_than,
    point_in,
)

Flags: TypeAlias = NDArray[np.bool_]

THRESHOLD_IN = 0.9
THRESHOLD_TOUCH = 0.05
# Two surveys of one border differ by some metres; strips up to this width are no finding.
TOLERANCE_M = 5.0
# Shares are given to a hundredth of a percent.
_DECIMALS = 4


class NetCell(NamedTuple):
    """A cell of ours or of a network, and its ground."""

    code: str
    geometry: BaseGeometry


class Share(NamedTuple):
    """A network's cell on one of ours: its part of our ground, and our part of its, 0 to 1."""

    network_code: str
    of_ours: float
    of_theirs: float


@dataclass(frozen=True, slots=True)
class Row:
    """One of our cells: the network's cells from the touch threshold, greatest share first.

    home: the one that holds our cell, None when no share reaches the in-threshold.
    """

    code: str
    shares: tuple[Share, ...]
    home: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One of our cells that is not served on `missing` (0 to 1) of its ground, with a place."""

    code: str
    missing: float
    area_m2: float
    point: Pair


@dataclass(frozen=True, slots=True)
class Overlap:
    """One of our cells that two or more of the network's cells serve, greatest share first."""

    code: str
    network_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Double:
    """Ground that two cells of the network both cover, lower code first, with a place."""

    network_codes: tuple[str, str]
    area_m2: float
    point: Pair


@dataclass(frozen=True, slots=True)
class Outside:
    """A network's cell with `share` (0 to 1) of its ground outside the district, with a place."""

    network_code: str
    share: float
    area_m2: float
    point: Pair


@dataclass(frozen=True, slots=True)
class Fusion:
    """A network on our cells; every list is in order of code, `rows` has all our cells."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    doubles: tuple[Double, ...]
    outside: tuple[Outside, ...]


def fuse(
    cells: Iterable[NetCell],
    network_cells: Iterable[NetCell],
    *,
    threshold_in: float = THRESHOLD_IN,
    threshold_touch: float = THRESHOLD_TOUCH,
    tolerance_m: float = TOLERANCE_M,
    district: BaseGeometry | None = None,
) -> Fusion:
    """Map a network's cells onto ours and report what does not fit.

    A share of our cell below `threshold_touch` is a border drawn differently and counts for
    nothing; from `threshold_in` on our cell lies in theirs. Gaps are missing shares from
    `threshold_touch` on. district: what lies in it is not outside (None: the ground of our cells).

    Raises ValueError when a code comes twice on one side or a shape is no valid area.
    """
    ours, theirs = _Layer.of(cells), _Layer.of(network_cells)
    pairs = _Pairs.of(ours, theirs)
    in_double, doubles = _doubles(theirs, tolerance_m)
    rows = _rows(ours, theirs, pairs, threshold_in, threshold_touch)
    return Fusion(
        rows=rows,
        gaps=_gaps(
            ours,
            theirs,
            pairs,
            in_double,
            threshold_touch=threshold_touch,
            tolerance_m=tolerance_m,
        ),
        overlaps=tuple(
            Overlap(row.code, tuple(share.network_code for share in row.shares))
            for row in rows
            if len(row.shares) > 1
        ),
        doubles=doubles,
        outside=_outside(ours, theirs, pairs, district, tolerance_m),
    )


@dataclass(frozen=True, slots=True)
class _Layer:
    """Cells in order of code, with their areas in m²."""

    codes: list[str]
    shapes: Geometries
    areas: Floats

    @classmethod
    def of(cls, cells: Iterable[NetCell]) -> "_Layer":
        ordered = sorted(cells, key=lambda cell: cell[0])
        codes = [cell[0] for cell in ordered]
        twice = {one for one, other in pairwise(codes) if one == other}
        if twice:
            raise ValueError(f"codes come twice: {sorted(twice)}")
        shapes = as_array(cell[1] for cell in ordered)
        valid = shapely.is_valid(shapes)
        for code, shape, good in zip(codes, shapes.tolist(), valid.tolist(), strict=True):
            if not good or not isinstance(shape, Polygon | MultiPolygon) or shape.is_empty:
                raise ValueError(f"the boundary of cell {code} is no valid area")
        return cls(codes, shapes, areas_m2(shapes))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Our cells and theirs that share ground: positions, and the common area in m²; shape (n,)."""

    ours: Ints
    theirs: Ints
    common: Floats

    @classmethod
    def of(cls, ours: _Layer, theirs: _Layer) -> "_Pairs":
        one, other = shapely.STRtree(theirs.shapes).query(ours.shapes)
        common = _common(ours.shapes, theirs.shapes, one, other)
        real = common > 0.0
        return cls(one[real], other[real], common[real])

    def covered(self, count: int, *, ours: bool) -> Floats:
        """Return the sum of the common areas by cell, m², shape (count,)."""
        at = self.ours if ours else self.theirs
        return np.bincount(at, weights=self.common, minlength=count).astype(np.float64)


def _common(firsts: Geometries, seconds: Geometries, one: Ints, other: Ints) -> Floats:
    """Return the common area of pairs in m²; shape (n,)."""
    common = np.zeros(len(one))
    # Neighbours only touch; saying so is much cheaper than working out an empty intersection.
    shapely.prepare(firsts)
    meet = np.flatnonzero(
        shapely.intersects(firsts[one], seconds[other])
        & ~shapely.touches(firsts[one], seconds[other])
    )
    common[meet] = areas_m2(shapely.intersection(firsts[one[meet]], seconds[other[meet]]))
    shapely.destroy_prepared(firsts)
    return common


def _rows(
    ours: _Layer, theirs: _Layer, pairs: _Pairs, threshold_in: float, threshold_touch: float
) -> tuple[Row, ...]:
    """Return a row for each of our cells."""
    of_ours = pairs.common / ours.areas[pairs.ours]
    of_theirs = pairs.common / theirs.areas[pairs.theirs]
    served = np.flatnonzero(of_ours >= threshold_touch)
    # By cell, then from the greatest share down, then by the network's code.
    served = served[
        np.lexsort((pairs.theirs[served], -of_ours[served].round(_DECIMALS), pairs.ours[served]))
    ]
    shares: list[list[Share]] = [[] for _ in ours.codes]
    for at, cell, mine, its in zip(
        pairs.ours[served].tolist(),
        pairs.theirs[served].tolist(),
        of_ours[served].round(_DECIMALS).tolist(),
        of_theirs[served].round(_DECIMALS).tolist(),
        strict=True,
    ):
        shares[at].append(Share(theirs.codes[cell], mine, its))
    return tuple(
        Row(
            code,
            tuple(has),
            has[0].network_code if has and has[0].of_ours >= threshold_in else None,
        )
        for code, has in zip(ours.codes, shares, strict=True)
    )


def _doubles(theirs: _Layer, tolerance_m: float) -> tuple[Flags, tuple[Double, ...]]:
    """Return which of the network's cells share ground with another, and where."""
    in_double = np.zeros(len(theirs.codes), dtype=np.bool_)
    if shapely.coverage_is_valid(theirs.shapes):
        return in_double, ()
    one, other = shapely.STRtree(theirs.shapes).query(theirs.shapes, predicate="intersects")
    upper = one < other
    one, other = one[upper], other[upper]
    crossing = ~shapely.touches(theirs.shapes[one], theirs.shapes[other])
    one, other = one[crossing], other[crossing]
    in_double[one] = in_double[other] = True
    common = shapely.intersection(theirs.shapes[one], theirs.shapes[other])
    found = [
        Double((theirs.codes[one[at]], theirs.codes[other[at]]), area, point)
        for at, area, point in _places(common, tolerance_m)
    ]
    return in_double, tuple(sorted(found, key=lambda double: double.network_codes))


def _gaps(
    ours: _Layer,
    theirs: _Layer,
    pairs: _Pairs,
    in_double: Flags,
    *,
    threshold_touch: float,
    tolerance_m: float,
) -> tuple[Gap, ...]:
    """Return our cells of which too much lies in none of theirs."""
    missing = 1.0 - pairs.covered(len(ours.codes), ours=True) / ours.areas
    # Where the network covers ground twice, the sum of the shares hides what it leaves out.
    unsure = np.zeros(len(ours.codes), dtype=np.bool_)
    unsure[pairs.ours[in_double[pairs.theirs]]] = True
    chosen = np.flatnonzero((missing >= threshold_touch) | unsure)
    left = _left_over(ours, chosen, theirs.shapes, pairs.ours, pairs.theirs)
    found: list[Gap] = []
    for at, area, point in _places(left, tolerance_m):
        share = area / float(ours.areas[chosen[at]])
        if share >= threshold_touch:
            code = ours.codes[chosen[at]]
            found.append(Gap(code, round(min(share, 1.0), _DECIMALS), area, point))
    return tuple(found)


def _outside(
    ours: _Layer,
    theirs: _Layer,
    pairs: _Pairs,
    district: BaseGeometry | None,
    tolerance_m: float,
) -> tuple[Outside, ...]:
    """Return the network's cells that reach beyond the district by more than the tolerance."""
    beyond = 1.0 - pairs.covered(len(theirs.codes), ours=False) / theirs.areas
    chosen = np.flatnonzero(beyond > 1e-6)
    left = _left_over(theirs, chosen, ours.shapes, pairs.theirs, pairs.ours)
    if district is not None:
        left = np.asarray(shapely.difference(left, district))
    return tuple(
        Outside(
            theirs.codes[chosen[at]],
            round(min(area / float(theirs.areas[chosen[at]]), 1.0), _DECIMALS),
            area,
            point,
        )
        for at, area, point in _places(left, tolerance_m)
    )


def _left_over(
    layer: _Layer, chosen: Ints, others: Geometries, mine: Ints, its: Ints
) -> Geometries:
    """Return the chosen cells without what the cells of the other layer paired with them cover."""
    order = np.argsort(mine, kind="stable")
    starts = np.searchsorted(mine[order], chosen, side="left")
    ends = np.searchsorted(mine[order], chosen, side="right")
    covers = as_array(
        shapely.union_all(others[its[order[start:end]]])
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    return np.asarray(shapely.difference(layer.shapes[chosen], covers))


def _places(shapes: Geometries, tolerance_m: float) -> Sequence[tuple[int, float, Pair]]:
    """Return for each shape with ground wider than the tolerance: position, m², a place in it."""
    parts = parts_wider_than(shapes, tolerance_m)
    owners, starts = np.unique(parts.owner, return_index=True)
    if not len(owners):
        return []
    areas = np.add.reduceat(parts.area_m2, starts).round(2)
    # The place is in the largest part: the last of its owner when sorted by area.
    order = np.lexsort((parts.area_m2, parts.owner))
    largest = order[np.append(starts[1:], len(order)) - 1]
    points = [point_in(shape) for shape in parts.shape[largest].tolist()]
    return list(zip(owners.tolist(), areas.tolist(), points, strict=True))

"""Geometry of redrawing cells: cut by a line or by areas, merge, and say who comes to lie where.

A redraw that cannot be done is answered with reasons and places, in degrees WGS-84, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gridpact.grid.topology.measures import (
    M_PER_DEGREE,
    Floats,
    Geometries,
    Ints,
    Pair,
    along,
    as_array,
    in_metres,
    parts_wider_than,
    point_in,
    polygons_of,
)

Ground: TypeAlias = Polygon | MultiPolygon

# A line drawn by hand that ends this near to the border is meant to reach it.
REACH_M = 5.0
# Parts from a file may miss the common border by this much; the strip goes to a neighbour.
TOLERANCE_M = 0.5
# What a cut leaves that is thinner is no part of its own.
_THREAD_M = 0.2
# Cracks are closed from a millimetre; below is rounding, which a union settles itself.
_CRACK_M = 0.001
_TOUCH_DEG = _LATTICE_DEG = 1e-9
# How far an extended line is drawn across the border, so that rounding cannot leave it short.
_OVERSHOOT_DEG = 1e-8


class Reason(StrEnum):
    """Why a redraw cannot be done as asked."""

    INVALID = "invalid"
    TOO_FEW = "too_few"
    LINE_OUTSIDE = "line_outside"
    LINE_DOES_NOT_CROSS = "line_does_not_cross"
    PARTS_OVERLAP = "parts_overlap"
    PARTS_LEAVE_GAP = "parts_leave_gap"
    PART_OUTSIDE = "part_outside"
    TOUCHES_IN_A_POINT = "touches_in_a_point"
    NOT_CONTIGUOUS = "not_contiguous"


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason and where: positions of the parts concerned, a place (lon, lat), its size."""

    reason: Reason
    point: Pair | None = None
    parts: tuple[int, ...] = ()
    area_m2: float = 0.0
    gap_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a cell, or why it cannot be cut so; never both."""

    parts: tuple[Ground, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """The common ground of several cells, or why they cannot be one."""

    ground: Ground | None = None
    faults: tuple[Fault, ...] = ()


class Share(NamedTuple):
    """How much of a child lies in a part, 0 to 1."""

    part: int
    share: float


@dataclass(frozen=True, slots=True)
class Orphan:
    """A child that a new border would cut (two shares or more) or leave outside (less than 1)."""

    child: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """For each child the position of its part, None for an orphan; orphans in order of child."""

    part_of: tuple[int | None, ...]
    orphans: tuple[Orphan, ...]


def split_by_line(ground: Ground, line: LineString, *, reach_m: float = REACH_M) -> Split:
    """Cut ground along a line; ends within `reach_m` of the border are drawn on to it.

    Parts come in the order of `along`. An island that the line misses stays
    with the nearest part. New corners on the border are new to the neighbours too, who keep their
    straight edge there: the difference is rounding, far below any tolerance.
    """
    if not _is_area(ground) or line.is_empty or not line.length:
        return Split(faults=(Fault(Reason.INVALID),))
    border = ground.boundary
    whole_line = _drawn_to_border(line, border, reach_m)
    if not ground.intersects(whole_line):
        return Split(faults=(Fault(Reason.LINE_OUTSIDE, point_in(line)),))
    pieces: list[Polygon] = []
    islands: list[Polygon] = []
    for part in polygons_of(ground):
        faces = shapely.get_parts(
            shapely.polygonize([shapely.union_all([part.boundary, whole_line])])
        )
        inside = [face for face in faces if part.contains(face.representative_point())]
        (pieces if len(inside) > 1 else islands).extend(inside)
    parts = _without_threads(pieces)
    if len(parts) < 2:
        return Split(faults=(Fault(Reason.LINE_DOES_NOT_CROSS, _loose_end(whole_line, ground)),))
    for island in islands:
        nearest = int(np.argmin(shapely.distance(as_array(parts), island)))
        parts[nearest] = _joined([parts[nearest], island])
    return Split(parts=tuple(along(parts)))


def split_by_polygons(
    ground: Ground, parts: Sequence[Ground], *, tolerance_m: float = TOLERANCE_M
) -> Split:
    """Cut ground into given parts, which must tile it but for strips up to `tolerance_m` wide.

    Strips are settled: outside is cut off, twice covered goes to the earlier part, uncovered to
    the part with the longest border. The answer keeps the order of the parts.
    """
    if not _is_area(ground):
        return Split(faults=(Fault(Reason.INVALID),))
    if len(parts) < 2:
        return Split(faults=(Fault(Reason.TOO_FEW),))
    bad = [at for at, part in enumerate(parts) if not _is_area(part)]
    if bad:
        return Split(faults=tuple(Fault(Reason.INVALID, parts=(at,)) for at in bad))
    faults = _tiling_faults(ground, as_array(parts), tolerance_m)
    if faults:
        return Split(faults=tuple(faults))
    settled: list[BaseGeometry] = []
    free: BaseGeometry = ground
    for part in parts:
        settled.append(_ground_of(shapely.intersection(free, part)))
        free = shapely.difference(free, part)
    for strip in polygons_of(free):
        home = _longest_border(settled, strip)
        settled[home] = _joined([settled[home], strip])
    return Split(parts=tuple(_ground_of(part) for part in settled))


def _tiling_faults(ground: Ground, parts: Geometries, tolerance_m: float) -> list[Fault]:
    """Return each overlap, excess and gap wider than the tolerance, with its place."""
    faults: list[Fault] = []
    pairs = list(combinations(range(len(parts)), 2))
    firsts, seconds = (np.array(column) for column in zip(*pairs, strict=True))
    checks: list[tuple[Reason, Geometries, list[tuple[int, ...]]]] = [
        (Reason.PARTS_OVERLAP, shapely.intersection(parts[firsts], parts[seconds]), [*pairs]),
        (
            Reason.PART_OUTSIDE,
            shapely.difference(parts, ground),
            [(at,) for at in range(len(parts))],
        ),
        (
            Reason.PARTS_LEAVE_GAP,
            as_array([shapely.difference(ground, shapely.union_all(parts))]),
            [()],
        ),
    ]
    for reason, shapes, who in checks:
        found = parts_wider_than(shapes, tolerance_m)
        for owner, shape, area in zip(
            found.owner.tolist(), found.shape.tolist(), found.area_m2.tolist(), strict=True
        ):
            faults.append(Fault(reason, point_in(shape), who[owner], round(area, 2)))
    return faults


def merge(grounds: Sequence[Ground], *, tolerance_m: float = TOLERANCE_M) -> Merged:
    """Unite cells that hang together by common borders; gaps up to `tolerance_m` are closed.

    A cell may have islands of its own; what has to hang together are the cells. Each fault names
    two cells that would have to meet, and the middle and width of the nearest gap between them.
    """
    if len(grounds) < 2:
        return Merged(faults=(Fault(Reason.TOO_FEW),))
    bad = [at for at, ground in enumerate(grounds) if not _is_area(ground)]
    if bad:
        return Merged(faults=tuple(Fault(Reason.INVALID, parts=(at,)) for at in bad))
    plane = _on_one_plane(as_array(grounds))
    groups = _groups(plane, tolerance_m)
    if len(groups) > 1:
        return Merged(faults=tuple(_separations(grounds, plane, groups)))
    shapes = as_array(grounds)
    if shapely.coverage_is_valid(plane, gap_width=tolerance_m):
        return Merged(ground=_ground_of(shapely.coverage_union_all(shapes)))
    return Merged(ground=_ground_of(_without_cracks(shapes, tolerance_m)))


def _groups(plane: Geometries, tolerance_m: float) -> list[list[int]]:
    """Return the positions of cells that hang together, each group ascending."""
    group = list(range(len(plane)))
    for one, other in combinations(range(len(plane)), 2):
        if group[one] != group[other] and _share_a_border(plane[one], plane[other], tolerance_m):
            keep, drop = sorted((group[one], group[other]))
            group = [keep if each == drop else each for each in group]
    return [[at for at, each in enumerate(group) if each == head] for head in sorted(set(group))]


def _share_a_border(one: BaseGeometry, other: BaseGeometry, tolerance_m: float) -> bool:
    """Say whether two shapes run along each other for more than the tolerance; metres."""
    if not shapely.dwithin(one, other, tolerance_m):
        return False
    if shapely.intersection(one, other).length > tolerance_m:
        return True
    along = shapely.intersection(one.boundary, other.buffer(tolerance_m, quad_segs=2))
    # A corner that touches is inside the buffer for a few tolerances on either side.
    return bool(along.length > 6 * tolerance_m)


def _separations(
    grounds: Sequence[Ground], plane: Geometries, groups: Sequence[Sequence[int]]
) -> list[Fault]:
    """Return for each further group its nearest pair with the first group and the gap between."""
    faults: list[Fault] = []
    for group in groups[1:]:
        gap, one, other = min(
            (float(plane[one].distance(plane[other])), one, other)
            for one in groups[0]
            for other in group
        )
        line = shapely.shortest_line(grounds[one], grounds[other])
        middle = line.interpolate(0.5, normalized=True)
        reason = Reason.NOT_CONTIGUOUS if gap > 0 else Reason.TOUCHES_IN_A_POINT
        point = (round(middle.x, 7), round(middle.y, 7))
        faults.append(Fault(reason, point, (one, other), gap_m=round(gap, 2)))
    return faults


def assign(
    children: Sequence[BaseGeometry], parts: Sequence[BaseGeometry], *, tolerance_m: float = 0.2
) -> Assignment:
    """Say which part holds each child, a point or an area; ties go to the earlier part.

    An area is held if nothing wider than `tolerance_m` of it lies elsewhere; otherwise it is an
    orphan, named with its shares.
    """
    shapes, homes = as_array(children), as_array(parts)
    part_of: list[int | None] = [None] * len(shapes)
    child, part = shapely.STRtree(homes).query(shapes, predicate="intersects")
    is_area = shapely.area(shapes[child]) > 0
    outside = np.zeros(len(child), dtype=np.bool_)
    wide = parts_wider_than(
        shapely.difference(shapes[child[is_area]], homes[part[is_area]]), tolerance_m
    )
    outside[np.flatnonzero(is_area)[wide.owner]] = True
    # Backwards, so that the earliest part that holds a child is the one that stays.
    held = sorted(zip(child[~outside].tolist(), part[~outside].tolist(), strict=True))
    for at, home in reversed(held):
        part_of[at] = home
    shares: dict[int, list[Share]] = {at: [] for at, home in enumerate(part_of) if home is None}
    for at, home in sorted(zip(child.tolist(), part.tolist(), strict=True)):
        if at in shares:
            common = shapely.intersection(shapes[at], homes[home]).area / shapes[at].area
            shares[at] += [Share(home, round(float(common), 4))] if common > 0 else []
    return Assignment(tuple(part_of), tuple(Orphan(at, tuple(has)) for at, has in shares.items()))


def assign_points(lon: Floats, lat: Floats, parts: Sequence[BaseGeometry]) -> Ints:
    """Return for each point the first part that holds it, borders included, -1 for none; (n,)."""
    out = np.full(lon.shape, -1, dtype=np.int64)
    for home, part in reversed(list(enumerate(parts))):
        shapely.prepare(part)
        out[shapely.intersects_xy(part, lon, lat)] = home
    return out


def same_place(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return how far two areas are the same ground: common over united area, 0 to 1."""
    united = shapely.union(one, other).area
    return float(shapely.intersection(one, other).area / united) if united > 0 else 0.0


def _is_area(shape: BaseGeometry) -> bool:
    return isinstance(shape, Polygon | MultiPolygon) and shape.is_valid and not shape.is_empty


def _ground_of(shape: BaseGeometry) -> Ground:
    """Return the areas of an overlay without the lines and points it may also hold."""
    polygons = polygons_of(shape)
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _joined(shapes: Sequence[BaseGeometry]) -> Ground:
    return _ground_of(shapely.union_all(as_array(shapes)))


def _on_one_plane(shapes: Geometries) -> Geometries:
    """Return shapes in metres on their common plane, so that distances between them hold."""
    return shapely.get_parts(in_metres(as_array([shapely.GeometryCollection(shapes.tolist())])))


def _drawn_to_border(line: LineString, border: BaseGeometry, reach_m: float) -> LineString:
    """Draw each end that is near the border on to it, and a hair across."""
    points = shapely.get_coordinates(line)
    first = _onward(points[1], points[0], border, reach_m)
    last = _onward(points[-2], points[-1], border, reach_m)
    return LineString([*first, *points.tolist(), *last[::-1]])


def _onward(before: Floats, end: Floats, border: BaseGeometry, reach_m: float) -> list[Pair]:
    """Return the point to add beyond an end: straight on if that meets the border, else nearest."""
    squeeze = np.array([np.cos(np.radians(end[1])), 1.0]) * M_PER_DEGREE
    ahead = (end - before) * squeeze
    length = float(np.hypot(*ahead))
    straight = LineString([end, end + ahead / length / squeeze * reach_m]) if length else None
    hits = None if straight is None else shapely.intersection(straight, border)
    if hits is not None and not hits.is_empty:
        target = shapely.shortest_line(Point(end), hits)
    else:
        target = shapely.shortest_line(Point(end), border)
    goal = shapely.get_coordinates(target)[-1]
    way = goal - end
    distance = float(np.hypot(*way))
    if not 0.0 < float(np.hypot(*(way * squeeze))) <= reach_m * 1.001:
        return []
    beyond = goal + way / distance * _OVERSHOOT_DEG
    return [(float(beyond[0]), float(beyond[1]))]


def _loose_end(line: LineString, ground: Ground) -> Pair:
    """Return the end of the line that hangs inside the ground, else some place on it."""
    ends = [Point(line.coords[0]), Point(line.coords[-1])]
    inside = [end for end in ends if ground.contains(end)]
    return point_in(inside[0] if inside else shapely.intersection(line, ground))


def _without_threads(pieces: Sequence[Polygon]) -> list[Ground]:
    """Give pieces too thin to be a part to the neighbour with the longest common border."""
    shapes = as_array(pieces)
    wide = set(parts_wider_than(shapes, _THREAD_M).owner.tolist())
    kept: list[BaseGeometry] = [piece for at, piece in enumerate(pieces) if at in wide]
    for at, piece in enumerate(pieces):
        if kept and at not in wide:
            home = _longest_border(kept, piece)
            kept[home] = _joined([kept[home], piece])
    return [_ground_of(piece) for piece in kept]


def _longest_border(homes: Sequence[BaseGeometry], piece: BaseGeometry) -> int:
    """Return the home with the longest border to a piece, else the nearest."""
    shapes = as_array(homes)
    common = shapely.length(shapely.intersection(shapely.boundary(shapes), piece.boundary))
    if float(common.max()) > 0.0:
        return int(np.argmax(common))
    return int(np.argmin(shapely.distance(shapes, piece)))


def _without_cracks(shapes: Geometries, tolerance_m: float) -> BaseGeometry:
    """Unite cells and close cracks between two of them, whose common border was drawn twice."""
    united = shapely.union_all(shapes)
    plane = _on_one_plane(as_array([united]))[0]
    # Growing closes what is narrower than the tolerance on both sides, shrinking restores the rest.
    shut = shapely.buffer(
        shapely.buffer(plane, tolerance_m, join_style="mitre"), -tolerance_m, join_style="mitre"
    )
    squeeze = float(np.cos(np.radians((united.bounds[1] + united.bounds[3]) / 2)))
    degrees = shapely.transform(shut, lambda at: at / [squeeze * M_PER_DEGREE, M_PER_DEGREE])
    cracks = parts_wider_than(as_array([shapely.difference(degrees, united)]), _CRACK_M).shape
    between = [
        crack for crack in cracks.tolist() if shapely.dwithin(shapes, crack, _TOUCH_DEG).sum() > 1
    ]
    # A crack was measured in metres and meets its cells only nearly: 0.1 mm makes them meet.
    return shapely.union_all(as_array([united, *between]), grid_size=_LATTICE_DEG)

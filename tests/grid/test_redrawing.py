"""Cuts and mergers keep the ground whole, and what cannot be done is refused with its reason."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gridpact.demo.territory import build_territory
from gridpact.grid.redrawing import (
    Ground,
    Reason,
    Share,
    Split,
    assign,
    assign_points,
    merge,
    same_place,
    split_by_line,
    split_by_polygons,
)

WEST, SOUTH, STEP = 110.2, 25.2, 0.01
M_PER_DEGREE = 111_195.0
EAST_M, NORTH_M = M_PER_DEGREE * STEP * math.cos(math.radians(SOUTH)), M_PER_DEGREE * STEP


def at(x: float, y: float) -> tuple[float, float]:
    """A place on a lattice of about one kilometre."""
    return WEST + x * STEP, SOUTH + y * STEP


def square(x: float, y: float, wide: float = 1, high: float = 1) -> Polygon:
    return box(*at(x, y), *at(x + wide, y + high))


def line(*places: tuple[float, float]) -> LineString:
    return LineString([at(x, y) for x, y in places])


def reasons(split: Split) -> list[tuple[Reason, tuple[int, ...]]]:
    assert split.parts == ()
    return [(fault.reason, fault.parts) for fault in split.faults]


def same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Equal but for a strip of no width."""
    return bool(shapely.symmetric_difference(one, other).area <= 1e-9 * other.area)


def tiles(parts: tuple[Ground, ...], whole: BaseGeometry) -> bool:
    areas = sum(part.area for part in parts)
    return same(shapely.union_all(list(parts)), whole) and math.isclose(areas, whole.area)


def test_a_line_across_cuts_in_two_from_west_to_east() -> None:
    split = split_by_line(square(0, 0), line((0.25, 1.5), (0.25, -0.5)))
    assert split.faults == ()
    assert same(split.parts[0], square(0, 0, 0.25))
    assert same(split.parts[1], square(0.25, 0, 0.75))


@pytest.mark.parametrize("short_m, cuts", [(0.0, True), (3.0, True), (4.9, True), (5.1, False)])
def test_a_line_that_ends_just_before_the_border_is_drawn_on(short_m: float, cuts: bool) -> None:
    gap = short_m / NORTH_M
    split = split_by_line(square(0, 0), line((0.5, gap), (0.5, 1 - gap)))
    assert (len(split.parts) == 2) is cuts
    if not cuts:
        assert reasons(split) == [(Reason.LINE_DOES_NOT_CROSS, ())]
        assert split.faults[0].point == pytest.approx(at(0.5, gap))


def test_a_line_that_stays_outside_is_told_from_one_that_does_not_cross() -> None:
    assert reasons(split_by_line(square(0, 0), line((2, 0), (2, 1)))) == [(Reason.LINE_OUTSIDE, ())]
    inside = split_by_line(square(0, 0), line((0.5, -1), (0.5, 0.5)))
    assert reasons(inside) == [(Reason.LINE_DOES_NOT_CROSS, ())]
    assert inside.faults[0].point == pytest.approx(at(0.5, 0.5))


def test_a_line_along_the_border_cuts_nothing() -> None:
    split = split_by_line(square(0, 0), line((0, -1), (0, 2)))
    assert reasons(split) == [(Reason.LINE_DOES_NOT_CROSS, ())]


def test_a_line_to_a_hole_does_not_cut_but_one_through_it_does() -> None:
    ring = Polygon(square(0, 0).exterior, [square(0.4, 0.4, 0.2, 0.2).exterior])
    assert reasons(split_by_line(ring, line((0.5, -1), (0.5, 0.5)))) == [
        (Reason.LINE_DOES_NOT_CROSS, ())
    ]
    split = split_by_line(ring, line((0.5, -1), (0.5, 2)))
    assert len(split.parts) == 2
    assert tiles(split.parts, ring)


def test_an_island_the_line_misses_stays_with_the_nearest_part() -> None:
    ground = MultiPolygon([square(0, 0), square(1.5, 0)])
    split = split_by_line(ground, line((0.5, -1), (0.5, 2)))
    assert same(split.parts[0], square(0, 0, 0.5))
    assert same(split.parts[1], MultiPolygon([square(0.5, 0, 0.5), square(1.5, 0)]))


def test_a_thread_left_beside_the_border_is_no_part() -> None:
    thread = 0.1 / EAST_M
    wobble = line((-1, 0.5), (thread, 0.5), (thread, 0.2), (0, 0.2), (1.5, 0.2))
    split = split_by_line(square(0, 0), wobble)
    assert len(split.parts) == 2
    assert tiles(split.parts, square(0, 0))


def test_a_bad_boundary_or_line_is_refused() -> None:
    bowtie = Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    assert reasons(split_by_line(bowtie, line((0, 0), (1, 1)))) == [(Reason.INVALID, ())]
    assert reasons(split_by_line(square(0, 0), LineString())) == [(Reason.INVALID, ())]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 2 * math.pi), min_size=5, max_size=9, unique_by=lambda a: round(a, 1)),
    st.floats(0.2, 0.8),
    st.floats(-0.3, 0.3),
)
def test_the_parts_of_any_cut_tile_the_ground(angles: list[float], x: float, tilt: float) -> None:
    ground = Polygon([at(0.5 + 0.5 * math.cos(a), 0.5 + 0.5 * math.sin(a)) for a in sorted(angles)])
    split = split_by_line(ground, line((x - tilt, -0.5), (x + tilt, 1.5)))
    if split.parts:
        assert tiles(split.parts, ground)
        again = merge(split.parts)
        assert again.ground is not None
        assert same(again.ground, ground)
    else:
        assert len(split.faults) == 1


def test_polygons_that_tile_are_taken_in_their_order() -> None:
    parts = [square(0.5, 0, 0.5), square(0, 0, 0.5)]
    split = split_by_polygons(square(0, 0), parts)
    assert [same(one, other) for one, other in zip(split.parts, parts, strict=True)] == [True] * 2


def test_narrow_strips_are_settled_so_that_the_parts_tile() -> None:
    off = 0.3 / EAST_M
    parts = [square(-off, 0, 0.4 + off), square(0.4 - off, 0, 0.3 + off), square(0.7 + off, 0, 0.3)]
    split = split_by_polygons(square(0, 0), parts)
    assert split.faults == ()
    assert tiles(split.parts, square(0, 0))
    assert same(split.parts[0], square(0, 0, 0.4))


def test_polygons_that_do_not_tile_are_refused_with_every_place() -> None:
    overlap = split_by_polygons(square(0, 0), [square(0, 0, 0.6), square(0.5, 0, 0.5)])
    assert reasons(overlap) == [(Reason.PARTS_OVERLAP, (0, 1))]
    assert overlap.faults[0].area_m2 == pytest.approx(0.1 * EAST_M * NORTH_M, rel=1e-3)
    others = split_by_polygons(square(0, 0), [square(0, 0, 0.4), square(0.5, 0, 0.9)])
    assert reasons(others) == [(Reason.PART_OUTSIDE, (1,)), (Reason.PARTS_LEAVE_GAP, ())]
    outside, gap = (Point(fault.point or (0, 0)) for fault in others.faults)
    assert square(1, 0, 0.4).contains(outside)
    assert square(0.4, 0, 0.1).contains(gap)


def test_one_polygon_or_a_bad_one_is_no_split() -> None:
    bowtie = Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    assert reasons(split_by_polygons(square(0, 0), [square(0, 0)])) == [(Reason.TOO_FEW, ())]
    assert reasons(split_by_polygons(square(0, 0), [square(0, 0), bowtie])) == [
        (Reason.INVALID, (1,))
    ]


def test_cells_with_a_common_border_merge() -> None:
    merged = merge([square(0, 0), square(2, 0), square(1, 0)])
    assert merged.faults == ()
    assert isinstance(merged.ground, Polygon)
    assert same(merged.ground, square(0, 0, 3))


def test_a_crack_is_closed_and_the_outer_border_kept() -> None:
    crack = 0.3 / EAST_M
    notch = Polygon([at(0, 0), at(1, 0), at(1, 1), at(0.0002, 1), at(0.0001, 0.5), at(0, 1)])
    merged = merge([notch, square(1 + crack, 0)])
    assert isinstance(merged.ground, Polygon)
    assert not merged.ground.interiors
    whole = shapely.union(notch, square(0.9, 0, 1.1 + crack))
    assert shapely.symmetric_difference(merged.ground, whole).area < 1e-5 * whole.area
    assert shapely.hausdorff_distance(merged.ground, whole) * M_PER_DEGREE < 0.001


def test_cells_apart_are_refused_with_the_gap_between_them() -> None:
    merged = merge([square(0, 0), square(1, 0), square(2.5, 0)])
    assert merged.ground is None
    (fault,) = merged.faults
    assert (fault.reason, fault.parts) == (Reason.NOT_CONTIGUOUS, (1, 2))
    assert fault.gap_m == pytest.approx(0.5 * EAST_M, rel=1e-3)
    assert fault.point is not None
    assert square(2, 0, 0.5).covers(Point(fault.point))


def test_a_common_corner_is_no_common_border() -> None:
    (fault,) = merge([square(0, 0), square(1, 1)]).faults
    assert (fault.reason, fault.gap_m) == (Reason.TOUCHES_IN_A_POINT, 0.0)
    assert fault.point == pytest.approx(at(1, 1))


def test_a_cell_may_keep_its_island_when_it_merges() -> None:
    islands = MultiPolygon([square(0, 0), square(5, 5)])
    merged = merge([islands, square(1, 0)])
    assert merged.ground is not None
    assert same(merged.ground, MultiPolygon([square(0, 0, 2), square(5, 5)]))


def test_too_few_or_bad_cells_do_not_merge() -> None:
    bowtie = Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    assert [fault.reason for fault in merge([square(0, 0)]).faults] == [Reason.TOO_FEW]
    assert [fault.parts for fault in merge([square(0, 0), bowtie]).faults] == [(1,)]


def test_children_find_their_part_and_cut_ones_are_named_with_shares() -> None:
    halves = [square(0, 0, 0.5), square(0.5, 0, 0.5)]
    hair = 0.1 / EAST_M
    children: list[BaseGeometry] = [
        square(0.6, 0.1, 0.1, 0.1),
        square(0.1, 0.1, 0.4 + hair, 0.1),
        square(0.4, 0.1, 0.4, 0.1),
        Point(at(0.5, 0.5)),
        Point(at(3, 3)),
        square(0.9, 0.5, 0.2, 0.1),
    ]
    found = assign(children, halves)
    assert found.part_of == (1, 0, None, 0, None, None)
    assert [(orphan.child, orphan.shares) for orphan in found.orphans] == [
        (2, (Share(0, 0.25), Share(1, 0.75))),
        (4, ()),
        (5, (Share(1, 0.5),)),
    ]


def test_a_grid_of_the_demo_divided_between_buildings_orphans_none_of_them() -> None:
    cells = build_territory()
    grid = next(cell for cell in cells if cell.level == "GRID")
    houses = [cell.boundary for cell in cells if cell.parent == grid.code]
    first = merge(houses[:2])
    rest = merge(houses[2:])
    assert first.ground is not None
    assert rest.ground is not None
    split = split_by_polygons(grid.boundary, [first.ground, rest.ground])
    assert tiles(split.parts, grid.boundary)
    found = assign(houses, split.parts)
    assert found.part_of == (0, 0, *[1] * (len(houses) - 2))
    assert found.orphans == ()


def test_points_in_bulk_agree_with_points_one_by_one() -> None:
    parts = [square(0, 0, 0.5), square(0.5, 0, 0.5)]
    steps = np.linspace(-0.25, 1.25, 13)
    lon = WEST + np.repeat(steps, 13) * STEP
    lat = SOUTH + np.tile(steps, 13) * STEP
    bulk = assign_points(lon, lat, parts)
    single = assign([Point(x, y) for x, y in zip(lon, lat, strict=True)], parts).part_of
    assert [None if home < 0 else home for home in bulk.tolist()] == list(single)
    assert set(bulk.tolist()) == {-1, 0, 1}


def test_same_place_is_the_common_part_of_the_united_ground() -> None:
    assert same_place(square(0, 0), square(0, 0)) == pytest.approx(1.0)
    assert same_place(square(0, 0), square(0.5, 0)) == pytest.approx(1 / 3)
    assert same_place(square(0, 0), square(2, 0)) == 0.0
    assert same_place(Polygon(), Polygon()) == 0.0


def test_a_line_from_west_to_east_across_slanting_ground_cuts_from_south_to_north() -> None:
    slanting = Polygon([(110.10, 25.10), (110.12, 25.10), (110.11, 25.14), (110.09, 25.14)])
    south, north = split_by_line(slanting, LineString([(110.0, 25.12), (110.2, 25.12)])).parts
    assert south.centroid.y < north.centroid.y
    west, east = split_by_line(slanting, LineString([(110.11, 25.0), (110.10, 25.2)])).parts
    assert west.centroid.x < east.centroid.x

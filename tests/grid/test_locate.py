"""Locate: exact against a plain search, on borders above all, and equal for one point and many."""

import math
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gridpact.demo.territory import build_territory
from gridpact.grid.datum import Datum, from_wgs84
from gridpact.grid.locate import Cell, Found, LocateIndex, locate

RANKS = {
    level: rank
    for rank, level in enumerate(
        ("DISTRICT", "TOWNSHIP", "COMMUNITY", "GRID", "MICRO_GRID", "UNIT")
    )
}
M_PER_DEGREE = 111_195.0
WEST, SOUTH = 110.2, 25.2


def metres_between(area: BaseGeometry, lon: float, lat: float) -> float:
    """Distance on a plane at the point, worked out by moving the whole area there."""
    squeeze = math.cos(math.radians(lat))
    moved = shapely.transform(
        area, lambda at: (at - [lon, lat]) * [M_PER_DEGREE * squeeze, M_PER_DEGREE]
    )
    return float(moved.distance(Point(0, 0)))


def plain_search(cells: list[Cell], lon: float, lat: float) -> tuple[int, str] | None:
    """The rule, without any index: deepest, then lower code; else nearest, deepest, lower code."""
    ranked = sorted(cells, key=lambda cell: (-cell[2], cell[1]))
    for number, _, _, area in ranked:
        if area.intersects(Point(lon, lat)):
            return number, "polygon"
    distances = [(round(metres_between(cell[3], lon, lat), 3), cell[0]) for cell in ranked]
    near = [pair for pair in distances if pair[0] <= 50.0]
    return (min(near, key=lambda pair: pair[0])[1], "nearest") if near else None


def answer(found: Found | None) -> tuple[int, str] | None:
    return None if found is None else (found.id, found.reason)


def square(x: int, y: int, wide: int = 1, high: int = 1) -> Polygon:
    """A rectangle on a lattice of 0.001 degrees, about 100 m."""
    return box(*lattice(x, y), *lattice(x + wide, y + high))


def lattice(x: float, y: float) -> tuple[float, float]:
    return WEST + x / 1000, SOUTH + y / 1000


@pytest.fixture(scope="module")
def demo() -> list[Cell]:
    return [
        (number, cell.code, RANKS[cell.level], cell.boundary)
        for number, cell in enumerate(build_territory(), start=1)
    ]


@pytest.fixture(scope="module")
def index(demo: list[Cell]) -> LocateIndex:
    return LocateIndex.build(demo)


@st.composite
def territories(draw: st.DrawFn) -> list[Cell]:
    """Rectangles of three ranks that tile, overlap, leave gaps, nest or repeat, as files do."""
    count = draw(st.integers(1, 14))
    side = st.integers(0, 6)
    cells: list[Cell] = []
    for number in range(count):
        area = square(
            draw(side), draw(side), wide=draw(st.integers(1, 4)), high=draw(st.integers(1, 4))
        )
        code = draw(st.text("0129", min_size=1, max_size=3)) + f"-{number:02d}"
        cells.append((number, code, draw(st.integers(0, 2)), area))
    if draw(st.booleans()):
        parent = shapely.union_all([cell[3] for cell in cells if cell[2] == 2])
        if not parent.is_empty:
            cells.append((count, "parent", 1, parent))
    return cells


# Half steps hit corners and edges exactly; quarter of a step is about 25 m, within the 50 m.
steps = st.integers(-6, 46).map(lambda quarter: quarter / 4)
anywhere = st.one_of(steps, st.floats(-1.5, 11.5))


@settings(max_examples=150, deadline=None)
@given(territories(), st.lists(st.tuples(anywhere, anywhere), min_size=1, max_size=25))
def test_any_territory_gives_what_a_plain_search_gives(
    cells: list[Cell], places: list[tuple[float, float]]
) -> None:
    built = LocateIndex.build(cells)
    points = [lattice(*place) for place in places]
    want = [plain_search(cells, *point) for point in points]
    assert [answer(built.find(*point)) for point in points] == want
    many = built.find_many(*np.array(points).T)
    assert many.tolist() == [-1 if pair is None else pair[0] for pair in want]


def test_demo_corners_and_edges_give_what_a_plain_search_gives(
    demo: list[Cell], index: LocateIndex
) -> None:
    rng = np.random.default_rng(5)
    corners = np.unique(shapely.get_coordinates([cell[3] for cell in demo]), axis=0)
    corners = corners[rng.choice(len(corners), 400, replace=False)]
    # The middle of an edge is seldom exactly on it, so it falls to either side or neither.
    rings = shapely.get_parts(shapely.boundary([demo[i][3] for i in rng.choice(len(demo), 80)]))
    middles = np.vstack([(c[:-1] + c[1:]) / 2 for c in map(shapely.get_coordinates, rings)])
    middles = middles[rng.choice(len(middles), 300, replace=False)]
    check_against_plain_search(demo, index, np.vstack([corners, middles]))


def test_demo_places_at_random_give_what_a_plain_search_gives(
    demo: list[Cell], index: LocateIndex
) -> None:
    rng = np.random.default_rng(6)
    west, south, east, north = demo[0][3].bounds
    spread = rng.uniform((west - 0.01, south - 0.01), (east + 0.01, north + 0.01), (200, 2))
    core = rng.uniform((110.15, 25.2), (110.222, 25.275), (300, 2))
    border = shapely.get_coordinates(demo[0][3])
    beside = border[rng.choice(len(border), 200)] + rng.uniform(-8e-4, 8e-4, (200, 2))
    check_against_plain_search(demo, index, np.vstack([spread, core, beside]))


def check_against_plain_search(
    cells: list[Cell], index: LocateIndex, points: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> None:
    areas = [cell[3] for cell in cells]
    tree = shapely.STRtree(areas)
    many = index.find_many(points[:, 0], points[:, 1]).tolist()
    for (lon, lat), got in zip(points.tolist(), many, strict=True):
        # Only cells within about 100 m can matter: that keeps the plain search bearable.
        close = tree.query(Point(lon, lat), predicate="dwithin", distance=1e-3)
        want = plain_search([cells[i] for i in close.tolist()], lon, lat)
        assert answer(index.find(lon, lat)) == want
        assert got == (-1 if want is None else want[0])


def test_a_shared_border_goes_to_the_lower_code_whatever_the_order_of_input() -> None:
    cells: list[Cell] = [(1, "b", 1, square(0, 0)), (2, "a", 1, square(1, 0))]
    for given_cells in (cells, cells[::-1]):
        found = LocateIndex.build(given_cells).find(*lattice(1, 0.5))
        assert found == Found(2, "a", "polygon", 0.0)


def test_the_deepest_cell_wins_even_over_a_lower_code() -> None:
    cells: list[Cell] = [(1, "1", 0, square(0, 0, 4, 4)), (2, "2", 1, square(1, 1))]
    built = LocateIndex.build(cells)
    assert built.find(*lattice(1.5, 1.5)) == Found(2, "2", "polygon", 0.0)
    assert built.find(*lattice(1, 1)) == Found(2, "2", "polygon", 0.0)
    assert built.find(*lattice(3, 3)) == Found(1, "1", "polygon", 0.0)


def test_a_point_40_m_outside_goes_to_the_nearest_cell_and_60_m_to_none() -> None:
    built = LocateIndex.build([(7, "c", 1, square(0, 0))])
    lon, lat = lattice(0.5, 1)
    found = built.find(lon, lat + 40 / M_PER_DEGREE)
    assert found is not None
    assert (found.id, found.reason) == (7, "nearest")
    assert found.distance_m == pytest.approx(40, abs=0.01)
    assert built.find(lon, lat + 60 / M_PER_DEGREE) is None


def test_metres_to_the_east_account_for_the_latitude() -> None:
    built = LocateIndex.build([(7, "c", 1, square(0, 0))])
    lon, lat = lattice(1, 0.5)
    per_lon = M_PER_DEGREE * math.cos(math.radians(lat))
    assert built.find(lon + 49 / per_lon, lat) is not None
    assert built.find(lon + 51 / per_lon, lat) is None


def test_a_hole_without_cells_belongs_to_the_cell_around_only_within_50_m() -> None:
    hole = square(2, 2, 2, 2).exterior.coords
    ring = Polygon(square(0, 0, 6, 6).exterior.coords, [hole])
    built = LocateIndex.build([(1, "ring", 1, ring)])
    assert answer(built.find(*lattice(3, 3))) is None
    assert answer(built.find(*lattice(2.3, 3))) == (1, "nearest")
    assert answer(built.find(*lattice(2, 3))) == (1, "polygon")


def test_a_cell_of_two_parts_is_found_in_and_near_both() -> None:
    built = LocateIndex.build([(1, "m", 1, MultiPolygon([square(0, 0), square(5, 5)]))])
    assert answer(built.find(*lattice(0.5, 0.5))) == (1, "polygon")
    assert answer(built.find(*lattice(5.5, 5.5))) == (1, "polygon")
    assert answer(built.find(*lattice(5.5, 6.3))) == (1, "nearest")


def test_a_repeated_vertex_does_no_harm() -> None:
    corners = list(square(0, 0).exterior.coords)
    built = LocateIndex.build([(1, "r", 1, Polygon([corners[0], *corners]))])
    assert answer(built.find(*lattice(0.5, 0.5))) == (1, "polygon")
    assert answer(built.find(*lattice(0.5, 1.3))) == (1, "nearest")


def test_an_index_without_cells_finds_nothing() -> None:
    for cells in ([], [(1, "empty", 1, Polygon())]):
        built = LocateIndex.build(cells)
        assert built.find(0.5, 0.5) is None
        assert built.find_many(np.array([0.5, 110.0]), np.array([0.5, 25.0])).tolist() == [-1, -1]


def test_no_points_give_no_answers(index: LocateIndex) -> None:
    assert index.find_many(np.array([]), np.array([])).shape == (0,)


@pytest.mark.parametrize(
    "area",
    [
        Polygon([lattice(0, 0), lattice(1, 1), lattice(1, 0), lattice(0, 1)]),
        LineString([lattice(0, 0), lattice(1, 1)]),
    ],
    ids=["bow-tie", "line"],
)
def test_a_boundary_that_is_no_valid_area_is_refused_with_its_code(area: BaseGeometry) -> None:
    with pytest.raises(ValueError, match="cell odd"):
        LocateIndex.build([(1, "sound", 1, square(3, 3)), (2, "odd", 1, area)])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_refused(index: LocateIndex, bad: float) -> None:
    for lon, lat in ((bad, 25.2), (110.2, bad)):
        with pytest.raises(ValueError, match="longitude"):
            index.find(lon, lat)
        with pytest.raises(ValueError, match="longitude"):
            index.find_many(np.array([110.2, lon]), np.array([25.2, lat]))


def test_far_away_places_are_in_no_cell(index: LocateIndex) -> None:
    for lon, lat in ((0.0, 0.0), (-180.0, 90.0), (116.4, 39.9), (1e300, -1e300)):
        assert index.find(lon, lat) is None


def test_locate_converts_the_datum_first(demo: list[Cell], index: LocateIndex) -> None:
    unit = demo[-1]
    inside = shapely.point_on_surface(unit[3])
    for datum in Datum:
        lon, lat = from_wgs84(inside.x, inside.y, datum)
        found = locate(index, lon, lat, datum)
        assert found is not None
        assert found.code == unit[1]


def test_a_million_points_take_less_than_five_seconds(index: LocateIndex) -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(110.155, 110.217, 1_000_000), rng.uniform(25.205, 25.27, 1_000_000)
    start = time.process_time()
    found = index.find_many(lon, lat)
    assert time.process_time() - start < 5.0
    assert (found > 0).all()

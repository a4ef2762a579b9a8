"""The check of boundaries finds each planted fault, says where, and leaves a sound tree alone."""

import random
import time
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry

from gridpact.demo.territory import CellSpec, build_territory
from gridpact.grid.datum import Datum, from_wgs84
from gridpact.grid.topology import Area, Finding, Kind, check

LEVELS = ("DISTRICT", "TOWNSHIP", "COMMUNITY", "GRID", "MICRO_GRID", "UNIT")
# The demo's townships are not divided to the last metre; everything else is.
COVERED = {0, 2, 3, 4}
WEST, SOUTH, STEP = 110.2, 25.2, 0.01
# A degree is 111,195 m, at 25.2° north a hundredth of a degree of longitude is 1,006 m.
STEP_EAST_M, STEP_NORTH_M = 1006.1, 1111.95


@pytest.fixture(scope="module")
def demo() -> list[Area]:
    return [as_area(spec) for spec in build_territory()]


def as_area(spec: CellSpec) -> Area:
    rank = LEVELS.index(spec.level)
    return Area(spec.code, spec.name, rank, spec.parent or None, spec.boundary)


def shape_of(area: Area) -> BaseGeometry:
    assert isinstance(area.geometry, BaseGeometry)
    return area.geometry


def square(x: float, y: float, wide: float = 1, high: float = 1) -> Polygon:
    return box(
        WEST + x * STEP, SOUTH + y * STEP, WEST + (x + wide) * STEP, SOUTH + (y + high) * STEP
    )


def cell(code: str, parent: str | None, shape: Any) -> Area:
    return Area(code, code, 0 if parent is None else 1, parent, shape)


def town(*children: Area) -> list[Area]:
    """A parent of two squares side by side, and what is given as its children."""
    return [cell("P", None, square(0, 0, 2, 1)), *children]


def changed(cells: list[Area], **shapes: BaseGeometry | None) -> list[Area]:
    return [
        area._replace(geometry=shapes[area.code]) if area.code in shapes else area for area in cells
    ]


def moved_to(datum: Datum, shape: BaseGeometry) -> BaseGeometry:
    """The shape as a map of that datum would give it."""

    def forward(points: np.ndarray[Any, Any]) -> Any:
        return np.column_stack(from_wgs84(points[:, 0].copy(), points[:, 1].copy(), datum))

    return shapely.transform(shape, forward)


def turned(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda points: points[:, ::-1])


def kinds(findings: list[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.kind.value, found.codes) for found in findings]


def one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def place(found: Finding) -> Point:
    assert found.point is not None
    return Point(found.point)


def test_the_demo_is_sound_and_checked_in_three_seconds(demo: list[Area]) -> None:
    start = time.process_time()
    assert check(demo, covered_ranks=COVERED) == []
    assert time.process_time() - start < 3.0


def test_full_cover_is_asked_only_of_the_ranks_that_owe_it(demo: list[Area]) -> None:
    seat = one(check(demo))
    assert (seat.kind, seat.codes[0]) == (Kind.GAP, "450312100")


def test_codes_twice_unknown_parents_and_circles_are_named() -> None:
    cells = [
        cell("A", None, square(0, 0)),
        cell("A", None, square(0, 0)),
        cell("B", "gone", square(3, 0)),
        cell("E", "C", None),
        cell("D", "E", None),
        cell("C", "D", None),
        cell("X", "C", None),
        cell("S", "S", None),
    ]
    findings = check(cells)
    assert kinds(findings) == [
        ("duplicate_code", ("A",)),
        ("unknown_parent", ("B",)),
        ("cycle", ("C", "D", "E")),
        ("cycle", ("S",)),
    ]
    assert [dict(found.params) for found in findings] == [
        {"count": 2},
        {"parent": "gone"},
        {"count": 3},
        {"count": 1},
    ]


BOWTIE = [(110.2, 25.2), (110.3, 25.3), (110.3, 25.2), (110.2, 25.3), (110.2, 25.2)]
RING = [(110.2, 25.2), (110.3, 25.2), (110.3, 25.3), (110.2, 25.3), (110.2, 25.2)]
FAR_HOLE = [(110.5, 25.5), (110.6, 25.5), (110.6, 25.6), (110.5, 25.5)]


def geojson(*rings: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    "shape, why, point",
    [
        (geojson(BOWTIE), "crossing", (110.25, 25.25)),
        (Polygon(BOWTIE), "crossing", (110.25, 25.25)),
        (geojson(RING, FAR_HOLE), "hole_outside", (110.5, 25.5)),
        (geojson(RING[:-1]), "unclosed", (110.2, 25.3)),
        (geojson([*RING[:2], RING[0]]), "too_few_points", (110.2, 25.2)),
        (geojson(RING[:1]), "too_few_points", (110.2, 25.2)),
        (geojson([*RING[:2], (110.3, "25.3"), RING[0]]), "not_a_number", (110.2, 25.2)),
        (geojson([*RING[:2], (110.3, float("nan")), RING[0]]), "not_a_number", (110.2, 25.2)),
        ({"type": "Point", "coordinates": (110.2, 25.2)}, "not_an_area", None),
        (Point(110.2, 25.2), "not_an_area", None),
        (box(535_000, 2_790_000, 536_000, 2_791_000), "not_degrees", None),
    ],
)
def test_a_bad_ring_says_why_and_where(
    shape: object, why: str, point: tuple[float, float] | None
) -> None:
    found = check([cell("A", None, shape)])[0]
    assert (found.kind, found.codes, found.params["why"]) == (Kind.INVALID_RING, ("A",), why)
    assert found.point == point


def test_an_empty_boundary_is_found_and_a_boundary_not_given_is_none() -> None:
    cells = [
        cell("A", None, Polygon()),
        cell("B", None, geojson()),
        cell("C", None, {"type": "MultiPolygon", "coordinates": []}),
        cell("D", None, None),
    ]
    assert kinds(check(cells)) == [("empty", ("A",)), ("empty", ("B",)), ("empty", ("C",))]


def test_an_open_ring_is_closed_and_then_counts_as_ground() -> None:
    right = geojson(list(square(1, 0).exterior.coords)[:-1])
    found = one(check(town(cell("a", "P", square(0, 0)), cell("b", "P", right))))
    assert found.params == {"why": "unclosed"}


def test_siblings_that_overlap_are_found_once_with_the_area() -> None:
    found = one(check(town(cell("b", "P", square(0.9, 0, 1.1)), cell("a", "P", square(0, 0)))))
    assert (found.kind, found.codes) == (Kind.OVERLAP, ("a", "b"))
    assert found.area_m2 == pytest.approx(0.1 * STEP_EAST_M * STEP_NORTH_M, rel=1e-3)
    assert found.params["width_m"] == pytest.approx(0.1 * STEP_EAST_M, rel=1e-3)
    assert square(0.9, 0, 0.1).contains(place(found))


def test_a_gap_names_the_parent_and_the_children_around_it() -> None:
    cells = town(cell("a", "P", square(0, 0)), cell("b", "P", square(1.2, 0, 0.8)))
    found = one(check(cells))
    assert (found.kind, found.codes) == (Kind.GAP, ("P", "a", "b"))
    assert found.area_m2 == pytest.approx(0.2 * STEP_EAST_M * STEP_NORTH_M, rel=1e-3)
    assert square(1, 0, 0.2).contains(place(found))
    assert check(cells, covered_ranks=()) == []


def test_a_parent_without_children_has_no_gap() -> None:
    assert check([cell("P", None, square(0, 0))]) == []


@pytest.mark.parametrize(
    "metres, expected", [(-1.5, "overlap"), (-0.1, None), (0.1, None), (1.5, "gap")]
)
def test_thin_seams_are_slivers_and_rounding_is_nothing(
    metres: float, expected: str | None
) -> None:
    start = 1 + metres / STEP_EAST_M
    cells = town(cell("a", "P", square(0, 0)), cell("b", "P", square(start, 0, 2 - start)))
    found = [(each.kind, each.params["of"], each.params["width_m"]) for each in check(cells)]
    assert found == ([] if expected is None else [(Kind.SLIVER, expected, 1.5)])


def test_a_child_outside_its_parent_is_found() -> None:
    found = one(check(town(cell("a", "P", square(0, 0)), cell("b", "P", square(1, 0, 1.5)))))
    assert (found.kind, found.codes) == (Kind.OUTSIDE_PARENT, ("b", "P"))
    assert found.area_m2 == pytest.approx(0.5 * STEP_EAST_M * STEP_NORTH_M, rel=1e-3)
    assert square(2, 0, 0.5).contains(place(found))


def test_roots_are_held_against_the_district() -> None:
    found = one(check([cell("a", None, square(0, 0, 2))], district=square(0, 0)))
    assert (found.kind, found.codes) == (Kind.OUTSIDE_PARENT, ("a",))


def test_turned_axes_are_found_once_and_the_cell_counts_in_its_place() -> None:
    right = square(1, 0)
    found = one(check(town(cell("a", "P", square(0, 0)), cell("b", "P", turned(right)))))
    assert (found.kind, found.codes) == (Kind.SWAPPED_AXES, ("b",))
    assert right.contains(place(found))


def test_a_whole_file_with_turned_axes_is_told_so(demo: list[Area]) -> None:
    cells = [area._replace(geometry=turned(shape_of(area))) for area in demo]
    findings = check(cells, covered_ranks=COVERED)
    assert {found.kind for found in findings} == {Kind.SWAPPED_AXES}
    assert len(findings) == len(demo)


def test_a_turned_place_elsewhere_is_not_taken_for_ours() -> None:
    found = one(check([cell("a", None, turned(square(900, 900)))], district=square(0, 0)))
    assert (found.kind, found.params) == (Kind.INVALID_RING, {"why": "not_degrees"})


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_whole_file_in_another_datum_is_told_which(demo: list[Area], datum: Datum) -> None:
    cells = [area._replace(geometry=moved_to(datum, shape_of(area))) for area in demo]
    findings = check(cells, district=shape_of(demo[0]), covered_ranks=COVERED)
    assert {(found.kind, found.params.get("datum")) for found in findings} == {
        (Kind.WRONG_DATUM, datum.value)
    }
    assert len(findings) == len(demo)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
@pytest.mark.parametrize("level", ["TOWNSHIP", "COMMUNITY", "GRID", "MICRO_GRID"])
def test_one_cell_in_another_datum_is_found_among_its_siblings(
    demo: list[Area], datum: Datum, level: str
) -> None:
    chooser = random.Random(level)
    for area in chooser.sample([each for each in demo if LEVELS[each.level_rank] == level], 3):
        # Its own children stay where they are, and are then right again.
        cells = changed(demo, **{area.code: moved_to(datum, shape_of(area))})
        found = one(check(cells, covered_ranks=COVERED))
        assert (found.kind, found.codes) == (Kind.WRONG_DATUM, (area.code,))
        assert found.params["datum"] == datum.value
        assert 300 <= int(found.params["shift_m"]) <= 1500
        assert shape_of(area).distance(place(found)) < 1e-6


def test_a_cell_that_fits_in_no_datum_is_only_outside() -> None:
    cells = town(cell("a", "P", square(0, 0)), cell("b", "P", square(1, 1)))
    assert kinds(check(cells)) == [("outside_parent", ("b", "P")), ("gap", ("P", "a", "b"))]


def test_the_order_of_the_cells_changes_nothing(demo: list[Area]) -> None:
    faulty = changed(demo, **{demo[0].code: None})
    rng = random.Random(5)
    for at in rng.sample(range(20, len(faulty)), 25):
        faulty[at] = faulty[at]._replace(
            geometry=shape_of(faulty[at]).buffer(rng.choice([-4e-4, 4e-4]))
        )
    first = check(faulty, covered_ranks=COVERED)
    shuffled = rng.sample(faulty, len(faulty))
    assert len(first) > 25
    assert check(shuffled, covered_ranks=COVERED) == first


def test_geojson_and_shapes_give_the_same_findings(demo: list[Area]) -> None:
    faulty = [area for area in demo if area.code != "450312100001001"]
    as_json = [area._replace(geometry=mapping(shape_of(area))) for area in faulty]
    findings = check(faulty, covered_ranks=COVERED)
    assert {found.kind for found in findings} == {Kind.UNKNOWN_PARENT, Kind.GAP}
    assert check(as_json, covered_ranks=COVERED) == findings

"""The demo district: exact counts and codes, a partition without gap or overlap, determinism."""

import hashlib
import json
import math
from collections import Counter, defaultdict

import pytest
import shapely

from gridpact.demo.territory import (
    CellSpec,
    build_territory,
    feature_collection,
)
from gridpact.grid.choices import CellKind, Level

KM2_PER_SQUARE_DEGREE = 111.195**2 * math.cos(math.radians(25.24))
SEAT = "450312100"


@pytest.fixture(scope="module")
def cells() -> list[CellSpec]:
    return build_territory()


@pytest.fixture(scope="module")
def by_code(cells: list[CellSpec]) -> dict[str, CellSpec]:
    return {cell.code: cell for cell in cells}


@pytest.fixture(scope="module")
def children(cells: list[CellSpec]) -> dict[str, list[CellSpec]]:
    found: dict[str, list[CellSpec]] = defaultdict(list)
    for cell in cells:
        found[cell.parent].append(cell)
    return found


def test_the_district_has_exactly_the_cells_of_the_plan(cells: list[CellSpec]) -> None:
    assert Counter(cell.level for cell in cells) == {
        "DISTRICT": 1,
        "TOWNSHIP": 11,
        "COMMUNITY": 26,
        "GRID": 154,
        "MICRO_GRID": 826,
        "UNIT": 1239,
    }


def test_parents_come_before_children_and_codes_extend_them(cells: list[CellSpec]) -> None:
    lengths = {"DISTRICT": 6, "TOWNSHIP": 9, "COMMUNITY": 12, "GRID": 15, "MICRO_GRID": 18}
    seen = {""}
    for cell in cells:
        assert cell.parent in seen
        assert cell.code.startswith(cell.parent)
        assert len(cell.code) == lengths.get(cell.level, 20)
        seen.add(cell.code)
    assert len(seen) == len(cells) + 1


def test_real_divisions_keep_their_codes_and_names(by_code: dict[str, CellSpec]) -> None:
    assert by_code["450312"].name == "临桂区"
    assert by_code[SEAT].name == "临桂镇"
    assert by_code["450312204"].name == "宛田瑶族乡"
    assert by_code["450312100007"].name == "七里坪社区"
    assert by_code["450312100012"].name == "致和社区"


def test_every_cell_has_a_usual_number_of_parts(
    cells: list[CellSpec], children: dict[str, list[CellSpec]]
) -> None:
    bounds = {"COMMUNITY": range(5, 8), "GRID": range(4, 8), "MICRO_GRID": range(1, 4)}
    for cell in cells:
        if cell.level in bounds:
            assert len(children[cell.code]) in bounds[cell.level]


def test_dedicated_grids_are_numbered_from_901_and_few(cells: list[CellSpec]) -> None:
    grids = [cell for cell in cells if cell.level == "GRID"]
    dedicated = [cell for cell in grids if cell.kind == "DEDICATED"]
    assert 0 < len(dedicated) < 26
    assert {grid for grid in grids if int(grid.code[12:]) >= 901} == set(dedicated)


def test_levels_kinds_and_lengths_are_those_the_tree_stores(cells: list[CellSpec]) -> None:
    assert {cell.level for cell in cells} < set(Level.values)
    assert {cell.kind for cell in cells} == set(CellKind.values)
    assert max(len(cell.code) for cell in cells) <= 20
    assert max(len(cell.name) for cell in cells) <= 60


def test_names_are_unique_among_siblings(children: dict[str, list[CellSpec]]) -> None:
    for siblings in children.values():
        names = [cell.name for cell in siblings]
        assert len(set(names)) == len(names)
        assert all(names)


def test_siblings_form_a_valid_coverage(children: dict[str, list[CellSpec]]) -> None:
    for siblings in children.values():
        assert shapely.coverage_is_valid([cell.boundary for cell in siblings])


def test_children_fill_their_parent_exactly(
    by_code: dict[str, CellSpec], children: dict[str, list[CellSpec]]
) -> None:
    for code, siblings in children.items():
        # The seat is the one cell that its children, the urban communities, do not fill.
        if code in ("", SEAT):
            continue
        parent = by_code[code].boundary
        union = shapely.union_all([cell.boundary for cell in siblings])
        assert union.symmetric_difference(parent).area == 0.0
        corners = set(map(tuple, shapely.get_coordinates([cell.boundary for cell in siblings])))
        assert set(map(tuple, shapely.get_coordinates(parent))) <= corners


def test_leaves_of_all_levels_share_identical_vertices(cells: list[CellSpec]) -> None:
    units = [cell.boundary for cell in cells if cell.level == "UNIT"]
    towns = {cell.code: cell.boundary for cell in cells if cell.level == "TOWNSHIP"}
    core = shapely.coverage_union_all(
        [cell.boundary for cell in cells if cell.level == "COMMUNITY"]
    )
    around = shapely.difference(towns.pop(SEAT), core)
    assert shapely.coverage_is_valid([*units, *towns.values(), around])


def test_the_urban_communities_are_some_40_km2_within_the_seat(
    by_code: dict[str, CellSpec], children: dict[str, list[CellSpec]]
) -> None:
    core = shapely.union_all([cell.boundary for cell in children[SEAT]])
    assert 37 < core.area * KM2_PER_SQUARE_DEGREE < 43
    assert by_code[SEAT].boundary.contains_properly(core)
    assert by_code[SEAT].boundary.contains(shapely.Point(110.21, 25.24))


def test_townships_lie_roughly_where_they_do_in_reality(by_code: dict[str, CellSpec]) -> None:
    seat = by_code[SEAT].boundary.centroid
    middle = {code: by_code[code].boundary.centroid for code in by_code if len(code) == 9}
    assert middle["450312103"].x < seat.x  # 两江镇, west
    assert middle["450312104"].x < seat.x < middle["450312102"].x  # 五通镇 west, 会仙镇 east
    assert middle["450312102"].y < seat.y < middle["450312104"].y
    assert min(middle, key=lambda code: middle[code].y) == "450312106"  # 南边山镇, far south
    assert max(middle, key=lambda code: middle[code].y) == "450312205"  # 黄沙瑶族乡, far north


def test_no_unit_is_a_sliver(cells: list[CellSpec]) -> None:
    squeeze = math.cos(math.radians(25.24))
    for cell in cells:
        if cell.level != "UNIT":
            continue
        metres = shapely.transform(cell.boundary, lambda at: at * [111_195 * squeeze, 111_195])
        assert metres.geom_type == "Polygon"
        assert metres.area > 2_000
        assert 4 * math.pi * metres.area / metres.length**2 > 0.3


def test_every_boundary_is_valid_and_on_the_lattice(cells: list[CellSpec]) -> None:
    boundaries = [cell.boundary for cell in cells]
    assert shapely.is_valid(boundaries).all()
    assert all(
        value == round(value, 6) for value in shapely.get_coordinates(boundaries).ravel().tolist()
    )


def test_doors_add_up_and_are_0_where_nobody_declared_them(
    cells: list[CellSpec], children: dict[str, list[CellSpec]]
) -> None:
    for cell in cells:
        if cell.level in ("DISTRICT", "TOWNSHIP"):
            assert cell.doors == 0
        elif cell.level == "UNIT":
            assert cell.doors > 0
        else:
            assert cell.doors == sum(child.doors for child in children[cell.code])


def test_two_runs_give_the_same_geojson(cells: list[CellSpec]) -> None:
    first = json.dumps(feature_collection(cells))
    second = json.dumps(feature_collection(build_territory()))
    assert hashlib.sha256(first.encode()).digest() == hashlib.sha256(second.encode()).digest()


def test_another_seed_gives_another_territory(cells: list[CellSpec]) -> None:
    other = build_territory(seed=7)
    assert len(other) == len(cells)
    assert json.dumps(feature_collection(other)) != json.dumps(feature_collection(cells))


def test_geojson_carries_the_properties_that_load_cells_reads(cells: list[CellSpec]) -> None:
    collection = feature_collection(cells)
    assert collection["type"] == "FeatureCollection"
    feature = collection["features"][0]
    assert list(feature["properties"]) == ["code", "name", "level", "parent", "kind", "doors"]
    assert shapely.geometry.shape(feature["geometry"]).equals(cells[0].boundary)

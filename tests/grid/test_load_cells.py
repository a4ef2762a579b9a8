"""Loading cells in depth: other datums, first days, findings about the ground, round trips."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from gridpact.cli.main import main
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.grid.datum import Datum, from_wgs84
from gridpact.grid.models import Cell, CellVersion
from gridpact.grid.services import load_cells
from gridpact.grid.services.checking import CellReport
from gridpact.grid.tree import tree_at
from tests.factories.world import GRID, QILIPING, ZHIHE, World

OPERATOR = system("operator")
SECOND = ZHIHE + "002"


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, *rings: list[list[float]], **given: Any) -> dict[str, Any]:
    name = Cell.objects.filter(code=code).values_list("name", flat=True).first() or "新网格"
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **given},
        "geometry": {"type": "Polygon", "coordinates": list(rings)} if rings else None,
    }


def load(*features: dict[str, Any], **given: Any) -> CellReport:
    """Load; a file that is refused leaves everything as it was."""
    before = list(Cell.objects.values_list("code", "name", "boundary", "opened_on"))
    versions = CellVersion.objects.count()
    report = load_cells(features, actor=OPERATOR, **given)
    if not report.saved:
        assert list(Cell.objects.values_list("code", "name", "boundary", "opened_on")) == before
        assert CellVersion.objects.count() == versions
    return report


def shifted(datum: Datum, ring: list[list[float]]) -> list[list[float]]:
    return [list(from_wgs84(lon, lat, datum)) for lon, lat in ring]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_other_datums_are_moved_to_their_place_and_come_out_alike(
    world: World, datum: Datum
) -> None:
    row = feature(SECOND, shifted(datum, box(110.15, 25.1, 110.19, 25.2)))
    report = load(row, datum=datum.value)
    assert (report.accepted, report.saved) == (1, True)
    moved = shape(Cell.objects.get(code=SECOND).boundary or {})
    assert moved.bounds == pytest.approx((110.15, 25.1, 110.19, 25.2), abs=2e-7)
    assert load(row, datum=datum.value).unchanged == 1


def test_coordinates_in_another_datum_are_noticed_by_their_place(world: World) -> None:
    halves = [(ZHIHE + "001", (110.1, 25.1, 110.15, 25.2)), (SECOND, (110.15, 25.1, 110.2, 25.2))]
    rows = [feature(code, shifted(Datum.GCJ02, box(*ground))) for code, ground in halves]
    report = load(*rows)
    assert not report.saved
    assert {found.kind for found in report.findings} == {"wrong_datum"}
    assert [row for row, _why in report.rejected] == [1, 2]
    assert all("GCJ-02" in why for _row, why in report.rejected)


def test_who_says_the_datum_is_believed_and_told(world: World) -> None:
    """A strip of a kilometre looks like a shift in BD-09."""
    wide = feature(ZHIHE, box(110.1, 25.1, 110.21, 25.2))
    assert not load(wide).saved
    report = load(wide, datum="wgs84")
    assert report.saved
    assert report.findings[0].kind == "wrong_datum"


def test_swapped_coordinates_are_noticed(world: World) -> None:
    swapped = [[lat, lon] for lon, lat in box(110.15, 25.1, 110.2, 25.2)]
    report = load(feature(SECOND, swapped))
    assert (report.saved, len(report.rejected)) == (False, 1)


def test_findings_are_told_with_their_place_and_refused_when_strict(world: World) -> None:
    wide = feature(SECOND, box(110.14, 25.1, 110.2, 25.2))
    strict = load(wide, strict=True)
    assert (strict.saved, [row for row, _why in strict.rejected]) == (False, [1])
    report = load(wide)
    assert report.saved
    found = report.findings[0]
    assert (found.kind, found.codes) == ("overlap", (GRID, SECOND))
    assert (110.14 < (found.lon or 0) < 110.15, found.area_m2 > 1e6) == (True, True)
    assert "第一网格" in found.text


def test_a_gap_is_a_finding_of_the_cell_that_leaves_it(world: World) -> None:
    report = load(feature(SECOND, box(110.16, 25.1, 110.2, 25.2)))
    assert {found.kind for found in report.findings} == {"gap"}


def test_findings_of_other_cells_do_not_stop_a_sound_row(world: World) -> None:
    load(feature(SECOND, box(110.14, 25.1, 110.2, 25.2)))
    report = load(feature(QILIPING, box(110.2, 25.1, 110.3, 25.2), name="七里坪"), strict=True)
    assert (report.saved, report.findings) == (True, [])


RINGS: list[tuple[list[list[list[float]]], str]] = [
    ([[[110.15, 25.1], [110.2, 25.2], [110.2, 25.1], [110.15, 25.2], [110.15, 25.1]]], "110.175"),
    ([box(110.15, 25.1, 110.2, 25.2), box(110.3, 25.3, 110.31, 25.31)], "110.3"),
    ([box(110.15, 25.1, 110.2, 25.2)[:-1]], "110.15"),
]


@pytest.mark.parametrize(("rings", "where"), RINGS, ids=["crossing", "hole outside", "open"])
def test_a_faulty_ring_is_refused_with_its_place(
    world: World, rings: list[list[list[float]]], where: str
) -> None:
    report = load(feature(SECOND, *rings))
    assert (report.saved, len(report.rejected)) == (False, 1)
    assert where in report.rejected[0][1]


def test_a_new_cell_opens_on_its_first_day(world: World) -> None:
    since = clock.today() - timedelta(days=40)
    code = QILIPING + "002"
    report = load(feature(code, since=since.isoformat()))
    assert report.saved
    assert Cell.objects.get(code=code).opened_on == since
    assert code in tree_at(since).by_code
    assert code not in tree_at(since - timedelta(days=1)).by_code


def test_a_change_counts_from_its_day_and_the_time_before_stays(world: World) -> None:
    since = clock.today() - timedelta(days=10)
    assert load(feature(SECOND, name="新二网格", since=since.isoformat())).saved
    assert tree_at(since).by_code[SECOND].name == "新二网格"
    assert tree_at(since - timedelta(days=1)).by_code[SECOND].name == "第二网格"


def test_an_old_first_day_does_not_rewrite_what_was(world: World) -> None:
    old = Cell.objects.get(code=SECOND).opened_on
    assert load(feature(SECOND, name="新二网格", since=old.isoformat())).saved
    yesterday = clock.today() - timedelta(days=1)
    assert tree_at(yesterday).by_code[SECOND].name == "第二网格"
    assert tree_at(clock.today()).by_code[SECOND].name == "新二网格"


@pytest.mark.parametrize("since", ["yesterday", "2999-01-01", "2020-01-01"])
def test_a_first_day_that_cannot_be_is_refused(world: World, since: str) -> None:
    assert not load(feature(QILIPING + "002", since=since)).saved


def exported(path: Path, *options: str) -> list[dict[str, Any]]:
    assert main(["export", "cells", str(path), *options]) == 0
    rows: list[dict[str, Any]] = json.loads(path.read_bytes())["features"]
    return rows


def test_what_is_exported_loads_again_without_change(world: World, tmp_path: Path) -> None:
    rows = exported(tmp_path / "all.geojson")
    report = load(*rows, strict=True)
    assert (len(rows), report.unchanged, report.rejected) == (9, 9, [])
    below = exported(tmp_path / "below.geojson", "--cell", ZHIHE)
    assert {row["properties"]["code"][:12] for row in below} == {ZHIHE}
    assert load(*below).unchanged == len(below) == 5


def test_an_export_of_a_day_shows_what_was_then(world: World, tmp_path: Path) -> None:
    before = exported(tmp_path / "before.geojson")
    load(feature(SECOND, box(110.15, 25.1, 110.19, 25.2), name="新二网格"))
    load(feature(QILIPING + "002"))
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert exported(tmp_path / "then.geojson", "--as-of", yesterday) == before
    assert len(exported(tmp_path / "now.geojson")) == 10
    assert main(["export", "cells", str(tmp_path / "x"), "--cell", QILIPING + "002",
                 "--as-of", yesterday]) == 1  # fmt: skip


def test_the_command_line_takes_datum_and_strict(world: World, tmp_path: Path) -> None:
    path = tmp_path / "in.geojson"
    row = feature(SECOND, box(110.14, 25.1, 110.2, 25.2))
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    assert main(["load", "cells", str(path), "--strict"]) == 1
    assert main(["load", "cells", str(path)]) == 0
    assert main(["load", "posts", str(path), "--strict"]) == 1

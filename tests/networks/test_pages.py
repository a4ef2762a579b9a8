"""Pages and calls of the networks: what each reader sees, and a file that is loaded or refused."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.grid.gaps import gap_lists
from gridpact.networks.models import NetworkCell
from gridpact.networks.services import load_features
from gridpact.ui.sheets import read_table
from tests.api import caller
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World
from tests.networks.nets import BOXES, OPERATOR, SECOND, THIRD, feature, network, whole


def client(world: World, who: str) -> Client:
    found = Client()
    found.force_login(world.users[who], "django.contrib.auth.backends.ModelBackend")
    return found


@pytest.fixture
def faulty(world: World) -> None:
    """城管: half of the second grid is left out, the third is served by two, one lies outside."""
    west, south, east, north = BOXES[SECOND]
    network(
        feature("A", BOXES[GRID]),
        feature("B", (west, south, (west + east) / 2, north)),
        feature("C", BOXES[THIRD]),
        feature("D", BOXES[THIRD], officer="", phone=""),
        feature("E", (111.0, 25.1, 111.1, 25.2)),
    )


def test_the_report_names_gap_overlap_double_outside_and_missing_officer(
    world: World, faulty: None
) -> None:
    body = caller(world, "district").get("/api/v1/networks/cg/report").json()
    served = {line["cell"]: line["served"] for line in body["grids"]}
    assert served == {GRID: "FULL", SECOND: "PART", THIRD: "FULL"}
    found = {(one["kind"], *one["cells"][:1], *one["theirs"]) for one in body["findings"]}
    assert found == {
        ("GAP", SECOND),
        ("OVERLAP", THIRD, "C", "D"),
        ("DOUBLE", "C", "D"),
        ("OUTSIDE", "E"),
        ("NO_OFFICER", THIRD, "D"),
    }
    gap = next(one for one in body["findings"] if one["kind"] == "GAP")
    assert gap["share"] == pytest.approx(0.5, abs=0.001)
    assert body["counts"]["PART"] == 1


def test_a_community_sees_its_own_grids_and_their_findings_only(world: World, faulty: None) -> None:
    body = caller(world, "zhihe").get("/api/v1/networks/cg/report").json()
    assert {line["cell"] for line in body["grids"]} == {GRID, SECOND}
    assert [one["kind"] for one in body["findings"]] == ["GAP"]
    theirs = caller(world, "neighbour").get("/api/v1/networks/cg/report").json()
    assert {line["cell"] for line in theirs["grids"]} == {THIRD}
    assert "GAP" not in {one["kind"] for one in theirs["findings"]}


def test_a_network_of_another_department_is_not_found(world: World, faulty: None) -> None:
    assert caller(world, "dept").get("/api/v1/networks/cg/report").status_code == 200
    assert caller(world, "unit_liaison").get("/api/v1/networks/cg/report").status_code == 404
    assert client(world, "unit_liaison").get("/networks/cg").status_code == 404
    assert caller(world, "unit_liaison").get("/api/v1/networks").json()["items"] == []
    assert client(world, "auditor").get("/networks/").status_code == 403


@pytest.mark.parametrize(
    "show", ["", "GRIDS", "PART", "GAP", "OVERLAP", "DOUBLE", "OUTSIDE", "NO_OFFICER"]
)
def test_every_number_of_the_report_opens_its_rows(world: World, faulty: None, show: str) -> None:
    page = client(world, "district").get("/networks/cg", {"show": show})
    rows = page.context["table"].rows
    figures = {one.href: one.value for one in page.context["stats"]}
    expected = {"": 5, "GRIDS": 3}.get(show) or figures[f"?show={show}#rows"]
    assert len(rows) == expected


def test_the_map_colours_our_grids_and_marks_the_findings(world: World, faulty: None) -> None:
    reader = client(world, "district")
    tones = {
        one["properties"]["code"]: one["properties"]["tone"]
        for one in reader.get("/networks/cg/outlines.geojson").json()["features"]
    }
    assert tones == {GRID: "green", SECOND: "amber", THIRD: "green"}
    points = reader.get("/networks/cg/points.geojson").json()["features"]
    assert len(points) == 3


def test_the_export_lists_every_grid_and_what_lies_on_none(world: World, faulty: None) -> None:
    answer = client(world, "district").get("/networks/cg/export.xlsx")
    sheet = read_table(io.BytesIO(b"".join(answer.streaming_content)), "x.xlsx")
    rows = [row for _number, row in sheet.rows]
    code = sheet.header[0]
    assert [row[code] for row in rows] == [THIRD, GRID, SECOND, "", ""]


def test_the_report_of_a_day_before_the_network_shows_that_nothing_was_served(
    world: World,
) -> None:
    network(feature("A", BOXES[GRID], valid_from="2026-01-01"))
    body = caller(world, "district").get("/api/v1/networks/cg/report?as_of=2025-06-01").json()
    assert {line["served"] for line in body["grids"]} == {"NONE"}
    assert body["as_of"] == "2025-06-01"


def test_the_page_of_a_cell_names_each_network_s_officer_with_a_masked_phone(
    world: World, faulty: None
) -> None:
    reader = client(world, "zhihe")
    for code in (GRID, MICRO):
        text = reader.get(f"/cells/{code}").content.decode()
        assert "梁试" in text
        assert "138****9001" in text
        assert "13800009001" not in text
    assert "梁试" not in reader.get(f"/cells/{ZHIHE}").content.decode()
    assert reader.get("/cells/" + QILIPING).status_code == 404


def test_gaps_and_overlaps_are_among_the_findings_of_the_net(world: World, faulty: None) -> None:
    lists = {one.kind: one for one in gap_lists(world.cells["450312"])}
    assert [one.cell_code for one in lists["network_gaps"].findings] == [SECOND]
    assert [one.cell_code for one in lists["network_overlaps"].findings] == [THIRD]


def _upload(world: World, who: str, content: Any, **extra: str) -> Any:
    file = SimpleUploadedFile("net.geojson", orjson.dumps(content))
    return client(world, who).post("/networks/load", {"file": file, "datum": "wgs84", **extra})


def test_a_file_is_checked_then_loaded_by_the_page(world: World) -> None:
    content = {"type": "FeatureCollection", "features": [feature("A", BOXES[GRID])]}
    checked = _upload(world, "district", content, check_only="on")
    assert checked.status_code == 200
    assert checked.context["done"].accepted == 1
    assert not NetworkCell.objects.exists()
    assert _upload(world, "district", content).status_code == 302
    assert NetworkCell.objects.count() == 1


@pytest.mark.parametrize("content", ["no json at all", [1, 2], {"features": [{"type": "x"}]}])
def test_a_wrong_file_is_said_on_the_page_and_nothing_is_saved(world: World, content: Any) -> None:
    assert _upload(world, "district", content).status_code == 422
    assert not NetworkCell.objects.exists()


def test_a_head_of_a_community_cannot_load(world: World) -> None:
    content = {"type": "FeatureCollection", "features": [feature("A", BOXES[GRID])]}
    assert _upload(world, "zhihe", content).status_code == 403
    assert not NetworkCell.objects.exists()


def test_a_page_of_all_networks_needs_few_queries(
    world: World, django_assert_max_num_queries: Any
) -> None:
    whole()
    load_features([feature("A", BOXES[GRID], network="zz", network_name="综治")], actor=OPERATOR)
    reader = client(world, "district")
    reader.get("/networks/")
    with django_assert_max_num_queries(20):
        page = reader.get("/networks/")
    assert len(page.context["table"].rows) == 2

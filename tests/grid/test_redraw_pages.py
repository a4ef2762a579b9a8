"""The redraw wizard and the calls: look, confirm, take back; files, rights and refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.core import clock
from gridpact.grid.api_redraw import PreviewOut, RedrawOut
from gridpact.grid.models import Cell, Redraw
from tests.api import anyone, caller
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World
from tests.grid.redraws import FOURTH, LINE, SECOND, THIRD, box, cell, later, make
from tests.grid.test_redraw import picture

SPLIT = f"/cells/{GRID}/redraw?kind=SPLIT"
CALL = f"/api/v1/cells/{GRID}/redraw"


@pytest.fixture
def staff(world: World) -> Any:
    def enter(name: str = "zhihe") -> Client:
        client = Client()
        client.force_login(world.users[name], "django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def filled(**more: Any) -> dict[str, Any]:
    return {
        "shape": json.dumps(LINE), "names": "南片\n北片", "cut": "refuse", "reason": "户数过多",
        "effective_on": clock.today().isoformat(), **more,
    }  # fmt: skip


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_wizard_looks_first_and_changes_nothing(staff: Any) -> None:
    client = staff()
    assert "?kind=SPLIT" in text(client.get(f"/cells/{GRID}/redraw"))
    assert 'data-gp-draw="line"' in text(client.get(SPLIT))
    before = picture()
    seen = client.post(SPLIT, filled())
    assert seen.status_code == 200
    assert THIRD in text(seen)
    assert 'name="confirm"' in text(seen)
    assert picture() == before


def test_confirmed_it_is_done_and_may_be_taken_back(staff: Any) -> None:
    client = staff()
    made = client.post(SPLIT, filled(confirm="1"))
    row = Redraw.objects.get()
    assert made["Location"] == f"/redraws/{row.code}"
    assert cell(FOURTH).name == "北片"
    assert row.code in text(client.get("/redraws/"))
    assert "户数过多" in text(client.get(f"/redraws/{row.code}"))
    assert client.post(f"/redraws/{row.code}").status_code == 302
    row.refresh_from_db()
    assert row.state == "UNDONE"
    assert client.post(f"/redraws/{row.code}").status_code == 409


def test_a_file_of_areas_names_the_parts(staff: Any) -> None:
    client = staff()
    halves = (("北", box(110.1, 25.15, 110.15, 25.2)), ("南", box(110.1, 25.1, 110.15, 25.15)))
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": area} for name, area in halves
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    seen = client.post(SPLIT, filled(shape="", names="", file=SimpleUploadedFile("a.json", body)))
    assert seen.status_code == 200
    carried = seen.context["shape"]
    client.post(SPLIT, filled(shape=carried, names="", confirm="1"))
    assert cell(THIRD).name == "北"


@pytest.mark.parametrize(
    ("kind", "code", "fields"),
    [
        ("RENAME", GRID, {"name": "桥头网格"}),
        ("MERGE", GRID, {"others": [SECOND], "name": ""}),
        ("CLOSE", GRID, {"children_to": SECOND}),
        ("BOUNDARY", GRID, {"shape": json.dumps(box(110.1, 25.1, 110.14, 25.2))}),
        ("MOVE", GRID, {"parent": QILIPING}),
    ],
)
def test_each_kind_has_its_form_and_preview(
    staff: Any, kind: str, code: str, fields: dict[str, Any]
) -> None:
    client = staff("township")
    url = f"/cells/{code}/redraw?kind={kind}"
    assert client.get(url).status_code == 200
    given = {"effective_on": later(3).isoformat(), "reason": "调整", **fields}
    assert client.post(url, given).status_code == 200
    assert client.post(url, {**given, "confirm": "1"}).status_code == 302
    assert Redraw.objects.get().state == "PLANNED"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"shape": "{"}, "GeoJSON"),
        ({"shape": "[1]"}, "GeoJSON"),
        ({"shape": ""}, "GeoJSON"),
        ({"shape": '{"type": "LineString", "coordinates": [[0, null]]}'}, "line"),
        ({"shape": '{"type": "Point", "coordinates": [110.1, 25.1]}'}, "line"),
        ({"reason": ""}, "errorlist"),
        ({"effective_on": "2020-01-01"}, "2020-01-01"),
    ],
)
def test_a_form_that_cannot_be_read_says_so_and_changes_nothing(
    staff: Any, more: dict[str, str], why: str
) -> None:
    before = picture()
    answer = staff().post(SPLIT, filled(**more))
    assert answer.status_code == 422
    assert why == "errorlist" or why in text(answer)
    assert staff().post(SPLIT, filled(**more, confirm="1")).status_code == 422
    assert picture() == before


def test_the_wizard_is_for_those_who_keep_the_ground(staff: Any) -> None:
    assert staff("neighbour").get(SPLIT).status_code == 404
    assert staff("area").get(SPLIT).status_code == 403
    assert staff("orgdept").get("/redraws/").status_code == 200
    assert staff("dept").get("/redraws/").status_code == 403


def test_a_redraw_elsewhere_is_not_seen(world: World, staff: Any) -> None:
    row = make(world, "SPLIT", GRID, line=LINE)
    assert staff("neighbour").get(f"/redraws/{row.code}").status_code == 404
    assert row.code not in text(staff("neighbour").get("/redraws/"))
    assert caller(world, "neighbour").get("/api/v1/redraws").json()["items"] == []
    assert caller(world, "neighbour").post(f"/api/v1/redraws/{row.code}/undo").status_code == 404


def test_a_program_looks_makes_and_takes_back(world: World) -> None:
    head = caller(world, "zhihe")
    body = {"kind": "SPLIT", "line": LINE, "names": ["南", "北"], "dry_run": True}
    seen = head.post(CALL, body)
    assert seen.status_code == 200
    PreviewOut.model_validate(seen.json())
    assert seen.json()["possible"] is True
    assert [each["code"] for each in seen.json()["becomes"]] == [THIRD, FOURTH]
    assert len(seen.json()["outlines"]["features"]) == 2
    assert not Redraw.objects.exists()
    made = head.post(CALL, {**body, "dry_run": False, "reason": "户数过多"})
    assert made.status_code == 201
    RedrawOut.model_validate(made.json())
    code = made.json()["code"]
    assert head.get(f"/api/v1/redraws?cell={GRID}").json()["items"][0]["code"] == code
    undone = head.post(f"/api/v1/redraws/{code}/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "UNDONE")
    again = head.post(f"/api/v1/redraws/{code}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "redraw_undone")


def test_the_same_call_twice_redraws_once(world: World) -> None:
    head = caller(world, "zhihe")
    body = {"kind": "RENAME", "name": "桥头网格", "reason": "更名"}
    first = head.post(CALL, body, **{"Idempotency-Key": "r1"})
    again = head.post(CALL, body, **{"Idempotency-Key": "r1"})
    assert first.json()["code"] == again.json()["code"]
    assert Redraw.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("zhihe", {"kind": "SPLIT", "line": LINE}, 422, "redraw_reason"),
        ("zhihe", {"kind": "EXPLODE", "reason": "x"}, 422, "bad_input"),
        ("zhihe", {"kind": "SPLIT", "line": {"type": "LineString"}, "reason": "x"}, 422,
         "bad_input"),
        ("zhihe", {"kind": "SPLIT", "parts": [{"name": "x"}], "reason": "x"}, 422, "bad_input"),
        ("zhihe", {"kind": "RENAME", "name": "x" * 61, "reason": "x"}, 422, "bad_input"),
        ("zhihe", {"kind": "MOVE", "parent": QILIPING, "reason": "x"}, 403, "forbidden"),
        ("area", {"kind": "RENAME", "name": "x", "reason": "x"}, 403, "forbidden"),
        ("neighbour", {"kind": "RENAME", "name": "x", "reason": "x"}, 404, "not_found"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_done_is_a_problem_and_changes_nothing(
    world: World, who: str, body: dict[str, Any], status: int, code: str
) -> None:
    before = picture()
    answer = caller(world, who).post(CALL, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert picture() == before


def test_the_public_signs_in_first(world: World) -> None:
    assert anyone().post(CALL, {"kind": "RENAME"}).status_code == 401
    assert anyone().get("/api/v1/redraws").status_code == 401


def test_a_preview_names_what_stands_against_it_and_where(world: World) -> None:
    body = {"kind": "SPLIT", "dry_run": True,
            "line": {"type": "LineString", "coordinates": [[110.09, 25.11], [110.16, 25.11]]}}  # fmt: skip
    seen = caller(world, "zhihe").post(CALL, body).json()
    assert seen["possible"] is False
    (fault,) = seen["faults"]
    assert fault["code"] == "redraw_child_cut"
    west, south = fault["point"]
    assert (110.1 <= west <= 110.12, 25.1 <= south <= 25.12) == (True, True)
    assert Cell.objects.get(code=MICRO).parent.code == GRID  # type: ignore[union-attr]
    assert ZHIHE in GRID


def test_the_pages_of_the_cells_concerned_tell_of_a_plan(staff: Any, world: World) -> None:
    row = make(world, "SPLIT", GRID, line=LINE, day=later())
    for code, is_told in ((GRID, True), (MICRO, True), (SECOND, False)):
        page = text(staff().get(f"/cells/{code}"))
        assert (f">{row.code}</a>" in page) is is_told, code
        assert (f"?as_of={later().isoformat()}" in page) is is_told

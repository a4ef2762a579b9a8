"""Locating by the API: a point, an address, many points; open to everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.grid.api_locate import MAX_POINTS, LocateOut, PointsOut
from gridpact.grid.services.versions import bump_tree, renew_versions
from tests.api import Caller, anyone, caller
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, World

URL = "/api/v1/cells"


def by_address(text: str) -> Any:
    return anyone().get(f"{URL}/locate?address={quote(text)}")


def test_a_point_gives_the_deepest_cell_and_the_reason(world: World) -> None:
    answer = anyone().get(f"{URL}/locate?lon=110.105&lat=25.11").json()
    LocateOut.model_validate(answer)
    assert answer["cell"] == {"code": UNIT, "name": "1单元", "level": "UNIT"}
    assert [one["level"] for one in answer["path"]] == [
        "DISTRICT", "TOWNSHIP", "COMMUNITY", "GRID", "MICRO_GRID", "UNIT",
    ]  # fmt: skip
    assert (answer["reason"], answer["distance_m"]) == ("polygon", 0.0)


def test_a_point_in_another_datum_is_shifted_first(world: World) -> None:
    # On the western edge: what GCJ-02 calls 110.1 lies some 400 m further west in WGS-84.
    plain = anyone().get(f"{URL}/locate?lon=110.101&lat=25.15").json()
    shifted = anyone().get(f"{URL}/locate?lon=110.101&lat=25.15&datum=gcj02").json()
    assert plain["cell"]["code"] == GRID
    assert shifted["cell"]["code"] == "450312100"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("lon=116.4&lat=39.9", 404),
        ("lon=200&lat=25", 422),
        ("lon=nan&lat=25", 422),
        ("lon=inf&lat=25", 422),
        ("lon=110.1&lat=25.1&datum=mars", 422),
        ("lon=110.1", 422),
        ("lon=here&lat=there", 422),
    ],
)
def test_a_point_that_is_no_place_here_is_refused(world: World, query: str, status: int) -> None:
    answer = anyone().get(f"{URL}/locate?{query}")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_an_address_gives_the_cell_the_path_and_what_fitted(world: World) -> None:
    answer = by_address("金水路18号致和苑3栋1单元501").json()
    LocateOut.model_validate(answer)
    assert (answer["outcome"], answer["cell"]["code"]) == ("found", UNIT)
    assert answer["reason"] == "address"
    assert {"kind": "unit", "text": "1"} in answer["matched"]
    assert answer["path"][-1]["code"] == UNIT


def test_an_address_in_doubt_names_the_candidates_and_no_cell(world: World) -> None:
    answer = by_address("第一网格").json()
    LocateOut.model_validate(answer)
    assert (answer["outcome"], answer["cell"]) == ("ambiguous", None)
    assert [one["code"] for one in answer["candidates"]] == [QILIPING + "001", GRID]
    assert answer["path"][-1]["level"] == "TOWNSHIP"


def test_an_unknown_address_is_404_and_no_question_422(world: World) -> None:
    assert by_address("没有人知道的地方").json()["code"] == "address_unknown"
    assert by_address("没有人知道的地方").status_code == 404
    assert anyone().get(f"{URL}/locate").json()["code"] == "locate_what"
    assert anyone().get(f"{URL}/locate?address=%00").status_code == 422


def test_an_address_is_read_in_the_tree_of_the_day(world: World) -> None:
    cell = world.cells[MICRO]
    cell.name = "桂花园9栋"
    cell.save(update_fields=["name"])
    renew_versions([cell], clock.today())
    bump_tree()
    query = f"address={quote('致和苑3栋')}"
    assert anyone().get(f"{URL}/locate?{query}").status_code == 404
    then = anyone().get(f"{URL}/locate?{query}&as_of=2025-01-01").json()
    assert then["cell"]["code"] == MICRO


def test_many_points_are_answered_in_their_order(world: World) -> None:
    points = [[110.105, 25.11], [116.4, 39.9], [110.14, 25.15]]
    answer = anyone().post(f"{URL}/locate", {"points": points}).json()
    PointsOut.model_validate(answer)
    assert [one and one["code"] for one in answer["items"]] == [UNIT, None, GRID]
    assert answer["found"] == 2
    assert anyone().post(f"{URL}/locate", {"points": []}).json() == {"items": [], "found": 0}


def test_many_points_are_shifted_from_their_datum(world: World) -> None:
    body = {"points": [[110.101, 25.15]], "datum": "gcj02"}
    answer = anyone().post(f"{URL}/locate", body).json()
    assert answer["items"][0]["code"] == "450312100"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"points": [[110.1]]},
        {"points": [["here", "there"]]},
        {"points": [[110.1, 25.1]], "datum": "mars"},
        {"points": [[110.1, 25.1]] * (MAX_POINTS + 1)},
    ],
)
def test_points_that_cannot_be_read_are_refused(world: World, body: dict[str, Any]) -> None:
    assert anyone().post(f"{URL}/locate", body).status_code == 422


def test_points_off_the_earth_lie_in_no_cell(world: World) -> None:
    answer = anyone().post(f"{URL}/locate", {"points": [[500.0, 25.1], [110.1, -91.0]]}).json()
    assert answer == {"items": [None, None], "found": 0}


def test_locating_by_a_token_asks_for_the_token_and_not_for_posts(world: World) -> None:
    program, url = caller(world, "zhihe"), f"{URL}/locate?lon=110.105&lat=25.11"
    program.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert program.get(url).status_code == 200
    tables = [row["sql"] for row in asked.captured_queries]
    assert any("accounts_apitoken" in sql for sql in tables)
    assert not any("grid_appointment" in sql or "orgs_orgmember" in sql for sql in tables)
    assert Caller("wrong").get(url).status_code == 401

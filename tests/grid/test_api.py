"""The territory calls, open to everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shapely.geometry import Point, shape

from gridpact.core import clock
from gridpact.grid.models import Appointment, Cell, CellVersion
from gridpact.grid.schemas import CellItem, CellOut
from tests.api import anyone, caller
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World

URL = "/api/v1/cells"


def codes(query: str) -> list[str]:
    answer = anyone().get(f"{URL}?{query}")
    assert answer.status_code == 200
    for item in answer.json()["items"]:
        CellItem.model_validate(item)
    return [item["code"] for item in answer.json()["items"]]


def test_cells_are_listed_by_level_parent_and_name(world: World) -> None:
    assert codes("level=COMMUNITY") == [QILIPING, ZHIHE]
    assert codes("level=community") == [QILIPING, ZHIHE]
    assert codes(f"parent={ZHIHE}") == [GRID, ZHIHE + "002"]
    assert codes("q=七里坪") == [QILIPING]
    assert codes(f"q={GRID}") == [GRID, MICRO, UNIT]
    assert codes("level=PROVINCE") == []


def test_pages_of_cells_meet_and_the_count_is_of_all(world: World) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = anyone().get(f"{URL}?limit=4&cursor={cursor}").json()
        assert page["count"] == 9
        seen += [item["code"] for item in page["items"]]
        cursor = page["next"] or ""
    assert seen == sorted(world.cells)
    assert not cursor


def test_a_list_is_of_the_day_that_is_asked_for(world: World) -> None:
    day = clock.today()
    Cell.objects.filter(code=QILIPING).update(
        opened_on=day - timedelta(days=9), closed_on=day - timedelta(days=2)
    )
    Cell.objects.filter(code=ZHIHE).update(opened_on=day - timedelta(days=1))
    CellVersion.objects.filter(cell__code=QILIPING).update(
        valid_from=day - timedelta(days=9), valid_until=day - timedelta(days=2)
    )
    CellVersion.objects.filter(cell__code=ZHIHE).update(valid_from=day - timedelta(days=1))
    assert codes("level=COMMUNITY") == [ZHIHE]
    assert codes(f"level=COMMUNITY&as_of={day - timedelta(days=3)}") == [QILIPING]
    assert codes(f"level=COMMUNITY&as_of={day - timedelta(days=2)}") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("level=STREET", "level"),
        ("parent=000", "parent"),
        ("as_of=yesterday", "as_of"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("q=%00", "q"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(world: World, query: str, field: str) -> None:
    answer = anyone().get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_cell_shows_its_path_and_a_point_inside_it(world: World) -> None:
    body = anyone().get(f"{URL}/{MICRO}").json()
    CellOut.model_validate(body)
    assert [one["code"] for one in body["path"]] == ["450312", "450312100", ZHIHE, GRID, MICRO]
    assert (body["parent"], body["children"]) == (GRID, 1)
    assert shape(world.cells[MICRO].boundary or {}).contains(Point(body["point"]))


def test_a_cell_without_a_stored_point_still_gives_one_inside(world: World) -> None:
    Cell.objects.filter(code=MICRO).update(point_lon=None)
    point = anyone().get(f"{URL}/{MICRO}").json()["point"]
    assert shape(world.cells[MICRO].boundary or {}).contains(Point(point))
    Cell.objects.filter(code=MICRO).update(boundary=None)
    assert anyone().get(f"{URL}/{MICRO}").json()["point"] is None


def test_holders_are_masked_for_the_public_and_offices_are_not_shown(world: World) -> None:
    public = anyone().get(f"{URL}/{ZHIHE}").json()["posts"]
    assert public == [
        {"kind": "general_head", "name": "总网格长", "holder": "z**", "is_head": True}
    ]  # fmt: skip
    staff = caller(world, "worker").get(f"{URL}/{ZHIHE}").json()["posts"]
    assert [post["holder"] for post in staff] == ["zhihe甲"]
    district = anyone().get(f"{URL}/450312").json()["posts"]
    assert [post["kind"] for post in district] == ["district_desk"]


def test_a_post_whose_term_is_over_is_not_shown(world: World) -> None:
    Appointment.objects.filter(user=world.users["zhihe"]).update(
        ends=clock.today() - timedelta(days=1)
    )
    assert anyone().get(f"{URL}/{ZHIHE}").json()["posts"] == []


@pytest.mark.parametrize("code", ["000", "%00", "x" * 30, "Ω"])
def test_an_unknown_cell_is_404(world: World, code: str) -> None:
    answer = anyone().get(f"{URL}/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_longer_list_costs_no_more_queries(world: World, django_assert_num_queries: Any) -> None:
    for query in ("level=COMMUNITY", "limit=9"):
        with django_assert_num_queries(2):
            anyone().get(f"{URL}?{query}")

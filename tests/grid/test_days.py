"""The net on another day: list, cell, map, API and figures before and after a planned split."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from shapely.geometry import Point

from gridpact.core import clock
from gridpact.grid.models import Appointment
from gridpact.reports.selectors import figures, records
from tests.api import anyone
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World
from tests.grid.redraws import FOURTH, LINE, SECOND, THIRD, ground, later, make

NAMES = ["南片网格", "北片网格"]


@pytest.fixture
def planned(world: World) -> World:
    """第一网格 will be split in ten days."""
    make(world, "SPLIT", GRID, line=LINE, names=NAMES, day=later(10))
    return world


def page(world: World, who: str, url: str) -> str:
    client = Client()
    client.force_login(world.users[who], "django.contrib.auth.backends.ModelBackend")
    answer = client.get(url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def geojson(world: World, url: str, who: str = "zhihe") -> list[str]:
    client = Client()
    client.force_login(world.users[who], "django.contrib.auth.backends.ModelBackend")
    return [each["properties"]["name"] for each in client.get(url).json()["features"]]


def on(day: date) -> str:
    return f"as_of={day.isoformat()}"


@pytest.mark.parametrize("days", [9, 10])
def test_list_cell_and_map_show_the_net_of_the_day(planned: World, days: int) -> None:
    then = on(later(days))
    shown, hidden = (NAMES[0], "第一网格") if days == 10 else ("第一网格", NAMES[0])
    for url in (f"/cells/?{then}", f"/cells/{ZHIHE}?{then}", f"/cells/?q=网格&{then}"):
        text = page(planned, "zhihe", url)
        assert f">{shown}<" in text
        assert f">{hidden}<" not in text
        assert f"?{then}" in text
    names = geojson(planned, f"/cells/{ZHIHE}/outlines.geojson?{then}")
    assert (shown in names, hidden in names) == (True, False)
    assert len(names) == (3 if days == 10 else 2)


def test_today_nothing_of_a_plan_is_seen(planned: World) -> None:
    assert NAMES[0] not in page(planned, "zhihe", f"/cells/{ZHIHE}")
    assert geojson(planned, f"/cells/{ZHIHE}/outlines.geojson") == ["第一网格", "第二网格"]
    assert NAMES[0] not in page(planned, "zhihe", "/cells/?q=网格")
    assert anyone().get(f"/api/v1/cells?parent={ZHIHE}").json()["count"] == 2


def test_the_api_answers_for_the_day(planned: World) -> None:
    def codes(day: date) -> list[str]:
        answer = anyone().get(f"/api/v1/cells?parent={ZHIHE}&{on(day)}").json()
        assert answer["count"] == len(answer["items"])
        return [item["code"] for item in answer["items"]]

    assert codes(later(9)) == [GRID, SECOND]
    assert codes(later(10)) == [SECOND, THIRD, FOURTH]
    micro = anyone().get(f"/api/v1/cells/{MICRO}?{on(later(10))}").json()
    assert [step["code"] for step in micro["path"]][-2:] == [THIRD, MICRO]
    assert micro["parent"] == THIRD
    assert anyone().get(f"/api/v1/cells/{MICRO}").json()["parent"] == GRID
    assert anyone().get(f"/api/v1/cells/{THIRD}?{on(later(9))}").status_code == 404
    assert anyone().get(f"/api/v1/cells/{GRID}?{on(later(10))}").status_code == 404
    third = anyone().get(f"/api/v1/cells/{THIRD}?{on(later(10))}").json()
    assert third["point"][1] < 25.15
    assert [post["kind"] for post in third["posts"]][:1] == ["area_head"]


def test_pages_of_the_api_meet_on_another_day(planned: World) -> None:
    seen: list[str] = []
    cursor = ""
    for _turn in range(3):
        url = f"/api/v1/cells?limit=4&cursor={cursor}&{on(later(10))}"
        body = anyone().get(url).json()
        assert body["count"] == 10
        seen += [item["code"] for item in body["items"]]
        cursor = body["next"] or ""
    assert len(seen) == len(set(seen)) == 10
    assert not cursor


def test_figures_count_the_cells_and_heads_of_the_day(planned: World) -> None:
    actor = planned.actor("zhihe")

    def counted(day: date) -> tuple[Any, ...]:
        found = figures(actor, as_of=day)
        return found["grids"]["value"], found["area_heads"]["value"]

    assert counted(clock.today()) == counted(later(9)) == (2, 1)
    assert counted(later(10)) == (3, 1)
    rows = records("grids", actor, as_of=later(10))[1]
    assert sorted(rows.values_list("code", flat=True)) == [SECOND, THIRD, FOURTH]


def test_figures_follow_a_cell_to_its_place_of_the_day(world: World) -> None:
    make(world, "MOVE", GRID, parent=QILIPING, day=later(5))
    neighbour = world.actor("neighbour")
    assert figures(neighbour, as_of=later(4))["grids"]["value"] == 1
    assert figures(neighbour, as_of=later(5))["grids"]["value"] == 2
    assert figures(neighbour, as_of=later(5))["area_heads"]["value"] == 1


def test_who_answered_on_that_day_is_named(world: World) -> None:
    Appointment.objects.filter(user=world.users["area"]).update(ends=later(-5))
    assert "area甲" in page(world, "zhihe", f"/cells/{GRID}?{on(later(-5))}")
    assert "area甲" not in page(world, "zhihe", f"/cells/{GRID}?{on(later(-4))}")
    posts = anyone().get(f"/api/v1/cells/{GRID}?{on(later(-5))}").json()["posts"]
    assert "area_head" in [post["kind"] for post in posts]


def test_a_cell_of_another_day_opens_for_whom_it_lay_under_then(planned: World) -> None:
    client = Client()
    client.force_login(planned.users["neighbour"], "django.contrib.auth.backends.ModelBackend")
    for url in (
        f"/cells/{THIRD}?{on(later(10))}",
        f"/cells/{THIRD}/outlines.geojson?{on(later(10))}",
    ):
        assert client.get(url).status_code == 404
    assert THIRD not in page(planned, "neighbour", f"/cells/?q=网格&{on(later(10))}")


@pytest.mark.parametrize("text", ["2026-13-01", "gestern", "0001-01-01"])
def test_a_day_that_is_none_is_refused(world: World, text: str) -> None:
    client = Client()
    client.force_login(world.users["zhihe"], "django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/cells/{ZHIHE}?as_of={text}").status_code == 422


def test_the_outline_of_the_day_holds_its_point(planned: World) -> None:
    items = anyone().get(f"/api/v1/cells?level=GRID&{on(later(10))}").json()["items"]
    points = {item["code"]: item["point"] for item in items}
    south = ground(MICRO)
    assert points[THIRD][1] < 25.15 < points[FOURTH][1]
    assert not south.contains(Point(points[FOURTH]))

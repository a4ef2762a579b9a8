"""The one map: drill-down, layers, days, search, and outlines for all of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.services.versions import bump_tree, renew_versions
from gridpact.orders.models import Order
from gridpact.orgs.models import PartyOrg
from gridpact.orgs.party import save_party
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World
from tests.grid.redraws import FOURTH, LINE, THIRD, make
from tests.pages import browser, words

SECOND = ZHIHE + "002"


def shown(world: World, name: str, **query: str) -> Any:
    answer = browser(world, name).get("/cells/map", query)
    assert answer.status_code == 200
    return answer


def values(answer: Any) -> dict[str, tuple[int, str]]:
    lines = answer.context["lines"]
    return {line.cell.code: (line.value.count, line.value.tone) for line in lines}


def outlines(world: World, name: str, code: str, **query: str) -> dict[str, Any]:
    answer = browser(world, name).get(f"/cells/{code}/map.geojson", query)
    assert answer.status_code == 200
    return {one["properties"]["code"]: one for one in answer.json()["features"]}


def test_the_map_begins_with_my_cell_and_goes_down_by_links(world: World) -> None:
    answer = shown(world, "zhihe")
    assert answer.context["view"].cell.code == ZHIHE
    lines = {line.cell.code: line.href for line in answer.context["lines"]}
    assert lines == {GRID: f"/cells/map?cell={GRID}&layer=tiers", SECOND: f"/cells/{SECOND}"}
    below = browser(world, "zhihe").get(lines[GRID])
    assert [line.cell.code for line in below.context["lines"]] == [MICRO]


def test_levels_are_counted_below_each_cell(world: World) -> None:
    assert values(shown(world, "township", layer="tiers")) == {ZHIHE: (4, ""), QILIPING: (1, "")}


def test_vacancies_are_red_here_and_amber_inside(world: World) -> None:
    Appointment.objects.filter(user=world.users["neighbour"]).delete()
    found = values(shown(world, "township", layer="heads"))
    assert found == {ZHIHE: (1, "amber"), QILIPING: (2, "red")}
    inside = values(shown(world, "zhihe", layer="heads"))
    assert inside == {GRID: (0, "green"), SECOND: (1, "red")}


def test_the_legend_counts_the_cells_of_each_tone(world: World) -> None:
    legend = shown(world, "zhihe", layer="heads").context["legend"]
    assert [(one.tone, one.count) for one in legend] == [("green", 1), ("amber", 0), ("red", 1)]


def test_open_orders_are_counted_for_those_who_read_them(world: World) -> None:
    world.order(cell=UNIT)
    world.order(cell=SECOND)
    world.order(cell=UNIT)
    assert values(shown(world, "zhihe", layer="orders")) == {GRID: (2, ""), SECOND: (1, "")}
    assert values(shown(world, "orgdept", layer="orders")) == {"450312100": (0, "")}


def test_the_party_line_shows_bodies_here_and_inside(world: World) -> None:
    PartyOrg.objects.create(code="p1", name="第一网格党支部", kind="BRANCH", cell=world.cells[GRID])
    assert values(shown(world, "zhihe", layer="party")) == {GRID: (1, "green"), SECOND: (0, "")}
    found = values(shown(world, "township", layer="party"))
    assert found == {ZHIHE: (1, "amber"), QILIPING: (0, "")}
    assert values(shown(world, "neighbour", layer="party")) == {QILIPING + "001": (0, "")}


def test_outlines_carry_what_the_list_says(world: World) -> None:
    found = outlines(world, "zhihe", ZHIHE, layer="heads")
    assert set(found) == {GRID, SECOND}
    assert found[SECOND]["properties"]["tone"] == "red"
    assert found[SECOND]["properties"]["href"] == f"/cells/{SECOND}"
    assert found[SECOND]["geometry"]["type"] == "Polygon"


def test_a_community_can_be_drawn_down_to_its_stairwells(world: World) -> None:
    assert list(outlines(world, "zhihe", ZHIHE, all="1")) == [GRID, SECOND, MICRO, UNIT]
    assert set(outlines(world, "township", "450312100", all="1")) == {ZHIHE, QILIPING}


def test_a_cell_without_an_outline_stands_in_the_list_and_is_told(world: World) -> None:
    Cell.objects.filter(code=SECOND).update(boundary=None)
    renew_versions([Cell.objects.get(code=SECOND)], clock.today())
    bump_tree()
    answer = shown(world, "zhihe")
    assert (len(answer.context["lines"]), answer.context["without"]) == (2, 1)
    assert set(outlines(world, "zhihe", ZHIHE)) == {GRID}


def test_another_day_shows_the_cells_of_that_day(world: World) -> None:
    cell = world.cells[SECOND]
    cell.name = "新二网格"
    cell.save(update_fields=["name"])
    renew_versions([cell], clock.today())
    bump_tree()
    assert "新二网格" in words(shown(world, "zhihe"))
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    answer = shown(world, "zhihe", as_of=yesterday, layer="orders")
    assert "第二网格" in words(answer)
    assert "新二网格" not in words(answer)
    assert answer.context["view"].layer.key == "orders"
    assert f"as_of={yesterday}" in answer.context["lines"][0].href
    found = outlines(world, "zhihe", ZHIHE, as_of=yesterday)
    assert found[SECOND]["properties"]["name"] == "第二网格"


def test_orders_of_a_past_day_stand_where_they_lay_then(world: World) -> None:
    day = clock.today() - timedelta(days=3)
    noon = datetime.combine(day, time(12), clock.LOCAL)
    lower, upper = world.order(cell=GRID), world.order(cell=GRID)
    closed = world.order(cell=GRID)
    Order.objects.update(created_at=noon, promised_at=noon + timedelta(days=9))
    Order.objects.filter(pk=closed.pk).update(state="CLOSED", closed_at=noon + timedelta(days=2))
    Order.objects.filter(pk=lower.pk).update(lon=110.12, lat=25.13)
    Order.objects.filter(pk=upper.pk).update(lon=110.12, lat=25.17)
    world.order(cell=GRID)
    make(world, "SPLIT", GRID, line=LINE)
    before = values(shown(world, "zhihe", layer="orders", as_of=day.isoformat()))
    assert before == {GRID: (3, ""), SECOND: (0, "")}
    assert values(shown(world, "orgdept", layer="orders", as_of=day.isoformat())) == {
        "450312100": (0, "")
    }
    now = values(shown(world, "zhihe", layer="orders"))
    assert {code: number for code, (number, _tone) in now.items()} == {
        SECOND: 0, THIRD: 2, FOURTH: 1,
    }  # fmt: skip


def test_party_bodies_of_a_past_day_are_those_that_stood_then(world: World) -> None:
    for days, code in ((2, GRID), (0, SECOND)):
        with clock.frozen(clock.now() - timedelta(days=days)):
            body = PartyOrg(code=f"p{days}", name="支部", kind="BRANCH", cell=world.cells[code])
            save_party(body, actor=world.actor("zhihe"))
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    then = values(shown(world, "zhihe", layer="party", as_of=yesterday))
    assert then == {GRID: (1, "green"), SECOND: (0, "")}
    assert values(shown(world, "zhihe", layer="party"))[SECOND] == (1, "green")


def test_a_search_with_one_answer_points_at_it_on_the_map(world: World) -> None:
    answer = browser(world, "zhihe").get("/cells/map", {"q": "致和苑3栋1单元501"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/cells/map?cell={MICRO}&layer=tiers&pick={UNIT}"
    several = shown(world, "township", q="第一网格")
    assert [name for _level, name, _href in several.context["found"]] == ["第一网格"] * 2
    assert shown(world, "neighbour", q="致和苑3栋").context["found"] == []


@pytest.mark.parametrize("query", [{"cell": ZHIHE}, {"cell": "450312"}, {"cell": "nowhere"}])
def test_what_is_out_of_sight_is_not_found(world: World, query: dict[str, str]) -> None:
    assert browser(world, "neighbour").get("/cells/map", query).status_code == 404
    code = query["cell"]
    assert browser(world, "neighbour").get(f"/cells/{code}/map.geojson").status_code == 404


def test_who_has_no_post_on_the_net_is_refused(world: World) -> None:
    assert browser(world, "volunteer").get("/cells/map").status_code == 403
    assert browser(world, "resident").get("/cells/map").status_code == 302


def test_junk_in_the_address_is_answered(world: World) -> None:
    assert shown(world, "zhihe", layer="moods", q="\x00", all="x").status_code == 200
    assert browser(world, "zhihe").get("/cells/map", {"as_of": "soon"}).status_code == 422
    assert browser(world, "zhihe").get("/cells/map", {"cell": "\x00"}).status_code == 404


def test_more_cells_cost_no_more_queries(world: World, django_assert_max_num_queries: Any) -> None:
    client = browser(world, "township")
    for layer in ("tiers", "heads", "orders", "networks", "party"):
        client.get("/cells/450312100/map.geojson", {"layer": layer})
        with django_assert_max_num_queries(14):
            client.get("/cells/450312100/map.geojson", {"layer": layer})

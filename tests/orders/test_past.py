"""Orders of a past day: which were open then, where they lay, in what state, and who sees them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.grid.tree import tree
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from tests.api import caller
from tests.factories.world import GRID, QILIPING, UNIT, ZHIHE, World
from tests.grid.redraws import SECOND, make
from tests.orders.test_moves import bring
from tests.pages import browser, words

PLACED, ACCEPTED, ENDED = 6, 4, 2  # days ago


def ago(days: int) -> datetime:
    """Noon of the day: no test depends on the hour at which it runs."""
    noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0, second=0)
    return noon - timedelta(days=days)


def day(days: int) -> date:
    return ago(days).date()


def on(days: int) -> str:
    return f"as_of={day(days).isoformat()}"


@pytest.fixture
def lived(world: World) -> Order:
    """Placed six days ago, accepted four days ago, withdrawn two days ago."""
    with clock.frozen(ago(PLACED)):
        order = world.order("旧的井盖松动")
    with clock.frozen(ago(ACCEPTED)):
        services.accept_order(order, actor=world.actor("zhihe"))
    with clock.frozen(ago(ENDED)):
        services.withdraw_order(order, actor=world.reporter(order))
    return order


def listed(world: World, who: str, query: str) -> dict[str, dict[str, Any]]:
    answer = caller(world, who).get(f"/api/v1/orders?{query}")
    assert answer.status_code == 200, answer.content
    return {item["number"]: item for item in answer.json()["items"]}


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (PLACED + 1, None),
        (PLACED, State.SUBMITTED),
        (ACCEPTED + 1, State.SUBMITTED),
        (ACCEPTED, State.ACCEPTED),
        (ENDED + 1, State.ACCEPTED),
        (ENDED, None),
    ],
)
def test_the_list_of_a_day_has_what_was_open_at_its_end_with_the_state_of_then(
    world: World, lived: Order, days: int, state: str | None
) -> None:
    found = listed(world, "zhihe", on(days))
    assert (found[lived.number]["state"] if found else None) == state
    table = browser(world, "zhihe").get(f"/orders/?{on(days)}").context["table"]
    assert [row.key for row in table.rows] == ([lived.number] if state else [])
    if state:
        assert f">{State(state).label}<" in str(table.rows[0].cells[2].shown)


def test_the_clock_is_that_of_the_day(world: World, lived: Order) -> None:
    first = listed(world, "zhihe", on(PLACED))[lived.number]
    later = listed(world, "zhihe", on(ACCEPTED))[lived.number]
    assert (first["step"], later["step"]) == ("accept", "dispatch")
    steps = list(lived.steps.all())
    assert [read(each["due_at"]) for each in (first, later)] == [each.due_at for each in steps]
    assert first["owner"].endswith("致和社区")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_state_and_overdue_narrow_by_what_was_true_then(world: World, lived: Order) -> None:
    assert lived.number in listed(world, "zhihe", f"{on(ACCEPTED)}&state=ACCEPTED")
    assert not listed(world, "zhihe", f"{on(ACCEPTED)}&state=SUBMITTED")
    assert lived.number in listed(world, "zhihe", f"{on(ACCEPTED)}&state=OPEN")
    lived.steps.filter(step="dispatch").update(due_at=ago(3))
    late = {days: listed(world, "zhihe", f"{on(days)}&overdue=true") for days in (4, 3)}
    assert not late[4]
    assert late[3][lived.number]["overdue"]


def test_an_order_closed_and_reopened_was_not_open_in_between(world: World) -> None:
    with clock.frozen(ago(5)):
        order = bring(world, State.VERIFIED)
        services.close_order(order, actor=world.actor("zhihe"))
    with clock.frozen(ago(2)):
        services.rate_order(
            order, actor=world.reporter(order), solved=False, satisfaction="unsatisfied"
        )
    assert Order.objects.get(pk=order.pk).is_open
    assert order.number not in listed(world, "zhihe", on(4))
    assert order.number in listed(world, "zhihe", on(2))
    for days, number in ((4, 0), (2, 1)):
        lines = browser(world, "zhihe").get(f"/cells/map?layer=orders&{on(days)}").context["lines"]
        assert sum(line.value.count for line in lines) == number


def test_a_redrawn_order_lies_where_it_lay_and_is_listed_for_whose_it_was(world: World) -> None:
    with clock.frozen(ago(3)):
        order = world.order("楼道灯坏了，请打13800001234", cell=UNIT)
    make(world, "MOVE", GRID, parent=QILIPING)
    then = listed(world, "zhihe", on(1))[order.number]
    assert then["cell"]["path"].startswith("临桂镇 / 致和社区 / 第一网格")
    assert not then["in_sight"]
    assert not listed(world, "zhihe", f"{on(1)}&q=13800001234")  # whose it is stays hidden
    assert not listed(world, "neighbour", on(1))
    assert order.number in listed(world, "neighbour", "")
    row = browser(world, "zhihe").get(f"/orders/?{on(1)}").context["table"].rows[0]
    assert (row.cells[0].href, "13800001234" in str(row.cells[0].shown)) == ("", False)
    assert browser(world, "zhihe").get(f"/orders/{order.number}?{on(1)}").status_code == 404


def test_a_merged_cell_still_holds_its_orders_of_before(world: World) -> None:
    with clock.frozen(ago(3)):
        order = world.order("路面积水", cell=SECOND)
    make(world, "MERGE", SECOND, **{"with": [GRID]})
    closed = SECOND if listed(world, "zhihe", "")[order.number]["cell"]["code"] != SECOND else GRID
    assert listed(world, "zhihe", f"{on(1)}&cell={SECOND}").keys() == {order.number}
    assert listed(world, "zhihe", on(1))[order.number]["cell"]["code"] == SECOND
    assert caller(world, "zhihe").get(f"/api/v1/orders?cell={closed}").status_code == 422


def test_nobody_sees_the_past_of_a_neighbour(world: World, lived: Order) -> None:
    assert not listed(world, "neighbour", on(ACCEPTED))
    assert not listed(world, "neighbour", f"{on(ACCEPTED)}&cell={ZHIHE}")
    assert not listed(world, "auditor", on(ACCEPTED))
    assert browser(world, "neighbour").get(f"/orders/{lived.number}?{on(4)}").status_code == 404
    answer = caller(world, "neighbour").get(f"/api/v1/orders/{lived.number}?{on(4)}")
    assert answer.status_code == 404


def test_one_order_of_a_day_tells_nothing_of_what_came_later(world: World, lived: Order) -> None:
    body = caller(world, "zhihe").get(f"/api/v1/orders/{lived.number}?{on(ACCEPTED)}").json()
    assert (body["state"], body["as_of"]) == ("ACCEPTED", day(ACCEPTED).isoformat())
    assert [line["verb"] for line in body["timeline"]] == ["submit", "accept"]
    assert [step["ended_at"] is None for step in body["steps"]] == [False, True]
    page = browser(world, "zhihe").get(f"/orders/{lived.number}?{on(PLACED)}")
    assert len(page.context["detail"].entries) == 1
    assert day(PLACED).isoformat() in words(page)


@pytest.mark.parametrize("path", ["/orders/{}", "/api/v1/orders/{}"])
def test_a_day_before_the_order_was_placed_is_refused(
    world: World, lived: Order, path: str
) -> None:
    url = f"{path.format(lived.number)}?{on(PLACED + 1)}"
    ask = caller(world, "zhihe").get if "api" in path else browser(world, "zhihe").get
    assert ask(url).status_code == 422


@pytest.mark.parametrize(
    "query", ["as_of=2026-02-30", "as_of=gestern", "as_of=1901-01-01", "as_of={tomorrow}"]
)
def test_a_day_that_is_none_or_still_to_come_is_refused(world: World, query: str) -> None:
    query = query.format(tomorrow=day(-1).isoformat())
    assert browser(world, "zhihe").get(f"/orders/?{query}").status_code == 422
    assert caller(world, "zhihe").get(f"/api/v1/orders?{query}").status_code == 422


@pytest.mark.parametrize("query", ["light=red", "sort=due", "state=CLOSED", "cell=999"])
def test_what_is_not_kept_by_day_is_refused_and_not_passed_over(world: World, query: str) -> None:
    assert caller(world, "zhihe").get(f"/api/v1/orders?{on(1)}&{query}").status_code == 422


def test_today_is_the_plain_list(world: World) -> None:
    order = world.order()
    assert "handler" in listed(world, "zhihe", on(0))[order.number]
    assert order.number in words(browser(world, "zhihe").get(f"/orders/?{on(0)}"))


def test_pages_of_a_past_day_meet(world: World) -> None:
    with clock.frozen(ago(3)):
        numbers = {world.order(f"第{one}件事").number for one in range(5)}
    seen: list[str] = []
    cursor = ""
    for _turn in range(3):
        body = caller(world, "zhihe").get(f"/api/v1/orders?{on(2)}&limit=2&cursor={cursor}").json()
        assert body["count"] == 5
        seen += [item["number"] for item in body["items"]]
        cursor = body["next"] or ""
    assert (set(seen), len(seen), cursor) == (numbers, 5, "")


def test_the_number_of_queries_does_not_grow_with_the_orders(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser_of.get(f"/orders/?{on(2)}").status_code == 200
        return len(seen)

    browser_of = browser(world, "zhihe")
    with clock.frozen(ago(3)):
        world.order("第一件")
    queries()
    few = queries()
    with clock.frozen(ago(3)):
        for one in range(8):
            world.order(f"又一件{one}")
    tree()  # the frozen day was another one: not what is counted here
    assert queries() == few

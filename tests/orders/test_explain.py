"""A deadline explains itself: limit, hours, days off, waiting, more time, and doubt."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import override

from gridpact.core import clock
from gridpact.core.clock import LOCAL
from gridpact.orders import services
from gridpact.orders.choices import Light, State
from gridpact.orders.explain import reckon
from gridpact.orders.models import Order
from gridpact.orders.services.clock.clockwork import running_step
from gridpact.orders.tables.clocks import clock_facts
from tests.api import caller
from tests.factories.world import World
from tests.orders.test_extensions import handled
from tests.orders.test_moves import bring

NATIONAL_DAY_EVE = datetime(2026, 9, 30, 9, tzinfo=LOCAL)


def test_days_off_are_named_between_start_and_due(world: World) -> None:
    order = bring(world, State.HANDLING)
    row = running_step(order)
    assert row is not None
    row.started_at = NATIONAL_DAY_EVE
    found = reckon(order, row)
    assert found.days_off == tuple(date(2026, 10, day) for day in range(1, 8))
    assert found.marks.due == datetime(2026, 10, 10, 9, tzinfo=LOCAL)  # Saturday the 10th works
    assert found.hours == ("08:30–12:00", "14:30–18:00")
    assert found.certain


def test_a_due_date_beyond_the_calendar_says_so(world: World) -> None:
    with clock.frozen(datetime(2026, 12, 30, 9, tzinfo=LOCAL)):
        order = bring(world, State.HANDLING)
    row = running_step(order)
    assert row is not None and not reckon(order, row).certain
    with override("en"):
        assert any("Monday to Friday" in str(value) for _label, value in clock_facts(order))


def test_a_parked_order_shows_since_when_and_until_which_review(world: World) -> None:
    order = handled(world)
    with clock.frozen(datetime(2026, 11, 24, 9, tzinfo=LOCAL)):
        order = services.suspend_order(order, actor=world.actor("zhihe"), reason="等立项")
    with override("en"):
        labels = [str(label) for label, _value in clock_facts(order)]
    assert {"Parked since", "Look at it again on"} <= set(labels) and "Due" not in labels


def test_programs_learn_why_and_filter_by_light(world: World) -> None:
    with clock.frozen(datetime(2026, 11, 23, 9, tzinfo=LOCAL)):
        order = bring(world, State.HANDLING)
    why = caller(world, "zhihe").get(f"/api/v1/orders/{order.number}/why").json()["clock"]
    assert (why["rule"], why["light"], why["certain"]) == ("case.handle.easy", 0, True)
    assert why["limit"]["minutes"] == 3 * 420
    Order.objects.filter(pk=order.pk).update(light=Light.YELLOW)
    answer = caller(world, "zhihe").get("/api/v1/orders?light=yellow").json()
    assert [(item["number"], item["light"]) for item in answer["items"]] == [
        (order.number, "yellow")
    ]
    assert caller(world, "zhihe").get("/api/v1/orders?light=red").json()["items"] == []

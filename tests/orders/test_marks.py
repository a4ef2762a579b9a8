"""The clock warns, gives cards and acts, each once, with the instants at which it was due."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from gridpact.audit.models import AuditRow
from gridpact.clocks.book import book
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.core.clock import LOCAL
from gridpact.core.worktime import Limit, due
from gridpact.notify.models import Outbox
from gridpact.notify.services import audience_rule
from gridpact.orders import services
from gridpact.orders.choices import OPEN, Light, State
from gridpact.orders.models import Order, OrderLog
from gridpact.orders.services.clock import marks
from tests.factories.world import World
from tests.orders.test_moves import bring, call

CLOCK = system("clock")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=LOCAL)  # in office hours, no day off near it
HOUR = timedelta(hours=1)


def sweep() -> int:
    looked = 0
    while count := marks.mark_batch(actor=CLOCK):
        looked += count
    return looked


def sweep_at(moment: datetime) -> int:
    with clock.frozen(moment):
        return sweep()


def lines(order: Order) -> list[tuple[str, datetime]]:
    verbs = ("warned", "yellow_card", "red_card")
    return list(order.log.filter(verb__in=verbs).values_list("verb", "at"))


@pytest.fixture
def order(world: World) -> Order:
    with clock.frozen(MONDAY):
        return world.order()


def test_nothing_is_due_before_seventy_percent(order: Order) -> None:
    assert order.mark_at == MONDAY + timedelta(minutes=84)  # 70 % of two working hours
    assert sweep_at(MONDAY + timedelta(minutes=83)) == 0
    order.refresh_from_db()
    assert order.light == Light.GREEN and not lines(order)


def test_each_level_comes_once_at_its_instant(order: Order) -> None:
    for minutes, light, card in ((84, 1, ""), (120, 2, "YELLOW"), (180, 3, "RED")):
        at = MONDAY + timedelta(minutes=minutes)
        assert sweep_at(at) == 1
        assert sweep_at(at) == 0
        order.refresh_from_db()
        assert (order.light, order.card) == (light, card)
        assert lines(order)[-1][1] == at
    assert order.mark_at is None
    assert order.steps.get().light == Light.RED
    assert sweep_at(MONDAY + timedelta(days=30)) == 0
    assert AuditRow.objects.filter(action="orders.red_card", subject_id=order.pk).count() == 1


def test_hours_without_a_worker_are_made_up_for_with_the_true_instants(order: Order) -> None:
    assert sweep_at(MONDAY + timedelta(days=2)) == 1
    order.refresh_from_db()
    assert lines(order) == [
        ("warned", MONDAY + timedelta(minutes=84)),
        ("yellow_card", MONDAY + timedelta(minutes=120)),
        ("red_card", MONDAY + timedelta(minutes=180)),
    ]
    given = list(order.supervisions.values_list("card", "given_by", "step"))
    assert given == [("YELLOW", None, "accept"), ("RED", None, "accept")]
    assert order.card == "RED"


def test_owner_and_the_level_above_are_told_and_of_a_red_card_one_more(
    world: World, order: Order
) -> None:
    sweep_at(MONDAY + timedelta(days=2))
    told = {row.template: row for row in Outbox.objects.filter(template__startswith="order_")}

    def names(template: str) -> set[str]:
        audience = told[template].audience
        users = {user.pk: name for name, user in world.users.items()}
        return {users[pk] for pk in audience_rule(audience["rule"])(audience)}

    assert names("order_warned") == {"zhihe", "township"}
    assert names("order_yellow_card") == {"zhihe", "township"}
    assert names("order_red_card") == {"zhihe", "township", "district"}


def test_the_card_of_the_clock_is_lifted_with_its_step_and_stays_in_the_statistics(
    world: World, order: Order
) -> None:
    sweep_at(MONDAY + 2 * HOUR)
    with clock.frozen(MONDAY + 3 * HOUR):
        accepted = services.accept_order(order, actor=world.actor("zhihe"))
    assert (accepted.card, accepted.light) == ("", Light.GREEN)
    card = accepted.supervisions.get()
    assert card.lifted_at == MONDAY + 3 * HOUR and card.card == "YELLOW"
    assert accepted.log.filter(verb="card_lifted").exists()
    assert [step.light for step in accepted.steps.all()] == [Light.YELLOW, Light.GREEN]


def test_a_card_given_by_a_desk_outlives_the_step(world: World, order: Order) -> None:
    with clock.frozen(MONDAY):
        services.supervise_order(
            order, actor=world.actor("township"), card="NORMAL", reason="重点盯办"
        )
    sweep_at(MONDAY + 2 * HOUR)
    order.refresh_from_db()
    assert order.card == "YELLOW"
    with clock.frozen(MONDAY + 3 * HOUR):
        assert services.accept_order(order, actor=world.actor("zhihe")).card == "NORMAL"


def test_an_offer_nobody_took_goes_back_to_the_desk(world: World) -> None:
    with clock.frozen(MONDAY):
        order = bring(world, State.OFFERED)
    assert order.mark_at == MONDAY + timedelta(days=15)
    assert sweep_at(MONDAY + timedelta(days=15)) == 1
    order.refresh_from_db()
    assert (order.state, order.step, order.slots_free) == (State.TRIAGED, "dispatch", 0)
    last = order.log.last()
    assert last is not None and last.verb == "take_over" and last.told
    assert Outbox.objects.filter(template="order_taken_over").exists()


def test_an_offer_ends_when_it_said_so(world: World) -> None:
    until = MONDAY + timedelta(days=2)
    with clock.frozen(MONDAY):
        order = bring(world, State.TRIAGED)
        order = services.offer_order(order, actor=world.actor("zhihe"), until=until)
    assert order.mark_at == until


def test_who_took_one_of_several_places_goes_on_when_the_offer_ends(world: World) -> None:
    with clock.frozen(MONDAY):
        order = bring(world, State.TRIAGED)
        order = services.offer_order(order, actor=world.actor("zhihe"), slots=3)
        services.claim_order(order, actor=world.actor("volunteer"))
    sweep_at(MONDAY + timedelta(days=15))
    order.refresh_from_db()
    assert (order.state, order.slots, order.slots_free) == (State.CLAIMED, 1, 0)


def test_without_a_rating_the_order_is_closed_and_may_still_be_rated(world: World) -> None:
    with clock.frozen(MONDAY):
        order = bring(world, State.VERIFIED)
    sweep_at(MONDAY + timedelta(days=6, hours=23))
    order.refresh_from_db()
    assert order.state == State.VERIFIED
    sweep_at(MONDAY + timedelta(days=7))
    order.refresh_from_db()
    assert (order.state, order.satisfaction) == (State.CLOSED, "")
    with clock.frozen(MONDAY + timedelta(days=10)):
        call(world, "rate", order, "reporter")
    order.refresh_from_db()
    assert order.satisfaction == "satisfied"


def test_every_open_state_is_looked_at(world: World) -> None:
    for state in OPEN:
        assert f"'{state}'" in marks._DUE
    assert marks._DUE.count("'") == 2 * len(OPEN)


def test_the_limit_of_an_order_is_what_counting_from_the_outside_gives(world: World) -> None:
    with clock.frozen(MONDAY):
        order = bring(world, State.CLAIMED)
    expected = due(MONDAY, Limit(3 * 420), book().base)  # easy matter: three working days
    assert order.due_at == expected
    step = order.steps.last()
    assert step is not None
    assert (step.minutes, step.by_clock, step.source) == (1260, False, "case.handle.easy")


def test_two_workers_share_the_work_and_nothing_happens_twice(real_world: World) -> None:
    with clock.frozen(MONDAY):
        for _ in range(30):
            real_world.order()
    Order.objects.update(step_started_at=MONDAY)
    looked: list[int] = []

    def work() -> None:
        try:
            looked.append(sweep_at(MONDAY + timedelta(days=2)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked) == 30
    assert OrderLog.objects.filter(verb="red_card").count() == 30

"""Urging, cards, contact with the reporter, and what ends with an order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order, Urge
from gridpact.orders.services import allowed_now
from tests.factories.world import World
from tests.orders.test_moves import bring, call


def code(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **given)
    return refusal.value.code


def supervise(world: World, order: Order, card: str, name: str = "zhihe", **given: Any) -> Order:
    return services.supervise_order(
        order, actor=world.actor(name), card=card, reason="拖延", **given
    )


def test_the_reporter_urges_once_a_day_and_the_desk_at_will(world: World) -> None:
    order = bring(world, State.HANDLING)
    reporter = world.reporter(order)
    services.urge_order(order, actor=reporter, note="等了很久")
    assert code(services.urge_order, order, actor=reporter) == "urged_today"
    for _ in range(2):
        services.urge_order(order, actor=world.actor("zhihe"))
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert services.urge_order(order, actor=reporter).urged == 4
    assert Urge.objects.filter(order=order, by_reporter=True).count() == 2
    rules = {row.audience["rule"] for row in Outbox.objects.filter(template="order_urged")}
    assert rules == {"handlers", "cell_heads"}


def test_a_card_says_why_until_when_and_rings_one_level_up(world: World) -> None:
    order = supervise(
        world, bring(world, State.HANDLING), "YELLOW", instruction="三天内到场", days=3
    )
    card = order.supervisions.get()
    assert (order.card, card.given_by, card.step) == ("YELLOW", world.users["zhihe"], "handle")
    assert card.limit_at is not None
    assert card.limit_at > clock.now()
    rules = {row.audience["rule"] for row in Outbox.objects.filter(template="order_supervised")}
    assert rules == {"handlers", "desk_above"}


def test_a_lower_card_never_replaces_a_higher_one(world: World) -> None:
    order = supervise(world, bring(world, State.HANDLING), "YELLOW")
    assert code(supervise, world, order, "NORMAL") == "card_lower"
    red = supervise(world, order, "RED")
    assert red.card == "RED"
    assert order.supervisions.filter(lifted_at__isnull=True).count() == 1
    assert code(supervise, world, order, "PURPLE") == "unknown_card"
    assert code(supervise, world, order, "RED", days=-1) == "days_range"


def test_a_card_is_lifted_with_a_reason_and_by_a_desk_only(world: World) -> None:
    order = supervise(world, bring(world, State.HANDLING), "YELLOW")
    worker = world.actor("worker")
    assert code(services.unsupervise_order, order, actor=worker, reason="x") == "forbidden"
    zhihe = world.actor("zhihe")
    assert code(services.unsupervise_order, order, actor=zhihe, reason=" ") == "missing"
    assert services.unsupervise_order(order, actor=zhihe, reason="已推进").card == ""
    assert order.supervisions.get().lift_reason == "已推进"
    assert code(services.unsupervise_order, order, actor=zhihe, reason="x") == "no_card"


def test_the_clock_gives_cards_in_its_own_name(world: World) -> None:
    order = bring(world, State.HANDLING)
    services.supervise_order(order, actor=system("clock"), card="RED", reason="超期一半")
    assert order.log.last().actor_name == "clock"
    assert order.supervisions.get().given_by is None


def test_a_card_ends_with_the_order(world: World) -> None:
    order = supervise(world, world.order(), "RED")
    call(world, "reject", order, "zhihe")
    assert Order.objects.get(pk=order.pk).card == ""
    assert order.supervisions.get().lifted_at is not None


def unhappy(world: World, order: Order) -> Order:
    return services.rate_order(
        order, actor=world.reporter(order), solved=False, satisfaction="unsatisfied"
    )


def test_the_second_unhappy_word_puts_the_closed_order_under_supervision(world: World) -> None:
    order = bring(world, State.VERIFIED)
    assert unhappy(world, order).state == State.HANDLING
    call(world, "finish", order, "worker")
    call(world, "verify_pass", order, "zhihe")
    rated = unhappy(world, order)
    assert (rated.state, rated.card, rated.redone) == (State.CLOSED, "YELLOW", 1)
    assert "unsupervise" in allowed_now(rated, world.actor("zhihe"))
    lifted = services.unsupervise_order(rated, actor=world.actor("zhihe"), reason="已上门说明")
    assert (lifted.state, lifted.card) == (State.CLOSED, "")
    assert allowed_now(lifted, world.actor("zhihe")) == ["rate"]


def test_whoever_can_be_reached_is_to_be_contacted_within_a_day(world: World) -> None:
    order = world.order()
    assert order.contact_due_at is None
    accepted = services.accept_order(order, actor=world.actor("zhihe"))
    assert accepted.contact_due_at is not None
    assert accepted.contact_due_at - clock.now() <= timedelta(hours=24)
    nameless = world.order(anonymous=True)
    assert services.accept_order(nameless, actor=world.actor("zhihe")).contact_due_at is None


def test_the_first_contact_that_reached_them_counts(world: World) -> None:
    order = bring(world, State.HANDLING)
    worker = world.actor("worker")
    missed = services.contact_reporter(order, actor=worker, way="PHONE", reached=False)
    assert missed.contacted_at is None
    reached = services.contact_reporter(
        order, actor=worker, way="VISIT", reached=True, note="已约时间"
    )
    assert reached.contacted_at is not None
    assert order.contacts.count() == 2
    assert "已约时间" in order.log.last().text
    assert order.log.last().told == ""
    assert (
        code(services.contact_reporter, order, actor=worker, way="PIGEON", reached=True)
        == "unknown_way"
    )
    assert (
        code(services.contact_reporter, order, actor=world.actor("unit"), way="PHONE", reached=True)
        == "forbidden"
    )
    closed = bring(world, State.CLOSED)
    assert (
        code(services.contact_reporter, closed, actor=worker, way="PHONE", reached=True)
        == "ended_already"
    )

"""When a handler's term is over: the orders go to the successor, to the head above, to the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.models import Appointment, PostKind
from gridpact.grid.services import appoint, end_term, hand_over_due
from gridpact.notify.models import Outbox
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from gridpact.orders.services.handover import pass_on
from tests.factories.world import GRID, World
from tests.orders.test_moves import bring, call

YESTERDAY = timedelta(days=1)


def end_yesterday(world: World, name: str) -> Appointment:
    day = clock.today() - YESTERDAY
    return end_term(world.post(name), day, "调离", actor=world.actor("zhihe"))


@pytest.mark.parametrize("state", [State.DISPATCHED, State.CLAIMED, State.HANDLING])
def test_open_orders_go_to_the_successor_in_their_state(world: World, state: str) -> None:
    order = bring(world, state)
    due = order.due_at
    worker = PostKind.objects.get(code="grid_worker")
    heir = appoint(world.users["dept"], worker, world.cells[GRID], actor=world.actor("zhihe"))
    end_yesterday(world, "worker")
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.state, fresh.handler_post_id, fresh.due_at) == (state, heir.pk, due)
    line = fresh.log.last()
    assert line is not None
    assert (line.verb, line.before, line.after) == ("hand_over", state, state)
    assert "dept甲" in line.text
    message = Outbox.objects.latest("pk")
    assert (message.template, message.audience["post"]) == ("order_handed_over", heir.pk)


def test_without_a_successor_the_head_above_goes_on(world: World) -> None:
    order = bring(world, State.HANDLING)
    end_yesterday(world, "worker")
    assert Order.objects.get(pk=order.pk).handler_post == world.post("zhihe")


def test_without_anybody_the_order_is_back_at_the_desk_with_a_new_clock(world: World) -> None:
    order = bring(world, State.HANDLING)
    day = clock.today() - YESTERDAY
    end_term(world.post("zhihe"), day, actor=world.actor("township"))
    end_term(world.post("worker"), day, actor=world.actor("township"))
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.state, fresh.handler_post, fresh.step) == (State.TRIAGED, None, "dispatch")
    assert Outbox.objects.filter(template="order_back_at_desk").count() == 1


def test_a_last_day_to_come_moves_nothing_before_the_morning_after(world: World) -> None:
    order = bring(world, State.HANDLING)
    end_term(world.post("worker"), clock.today(), actor=world.actor("zhihe"))
    assert hand_over_due(actor=system("clock")) == 0
    assert Order.objects.get(pk=order.pk).handler_post == world.post("worker")
    with clock.frozen(clock.now() + YESTERDAY):
        assert hand_over_due(actor=system("clock")) == 1
        assert hand_over_due(actor=system("clock")) == 0
    assert Order.objects.get(pk=order.pk).handler_post == world.post("zhihe")
    assert order.log.filter(verb="hand_over").count() == 1


def test_done_work_stays_and_goes_on_with_the_heir_only_when_it_fails(world: World) -> None:
    order = bring(world, State.DONE)
    end_yesterday(world, "worker")
    assert Order.objects.get(pk=order.pk).handler_post == world.post("worker")
    call(world, "verify_fail", order, "zhihe")
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.state, fresh.handler_post) == (State.HANDLING, world.post("zhihe"))


def test_nobody_hands_over_by_hand(world: World) -> None:
    with pytest.raises(Refused):
        hand_over_due(actor=world.actor("district"))


def test_a_closed_order_is_never_handed_over(world: World) -> None:
    order = bring(world, State.VERIFIED)
    with pytest.raises(Refused) as refusal:
        pass_on(order, world.post("area"))
    assert refusal.value.code == "wrong_state"
    assert Order.objects.get(pk=order.pk).handler_post == world.post("worker")

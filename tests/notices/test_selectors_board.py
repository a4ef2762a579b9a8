"""Which orders the public sees at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gridpact.core import clock
from gridpact.grid.tree import tree
from gridpact.notices.selectors import board
from gridpact.orders import services
from gridpact.orders.models import Order
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World
from tests.notices.conftest import STAGES, Advance


def shown() -> set[str]:
    return set(board.on_board().values_list("number", flat=True))


def test_nothing_appears_before_triage(world: World, advance: Advance) -> None:
    world.order()
    advance(world.order(), "accepted")
    assert shown() == set()


@pytest.mark.parametrize("stage", STAGES[1:])
def test_a_public_matter_appears_from_triage_on(world: World, advance: Advance, stage: str) -> None:
    order = advance(world.order(), stage)
    assert shown() == {order.number}


@pytest.mark.parametrize("stage", STAGES)
def test_a_private_matter_never_appears(world: World, advance: Advance, stage: str) -> None:
    advance(world.order(), stage, klass="PRIVATE")
    assert shown() == set()


def test_a_matter_that_turns_out_private_leaves_the_board(world: World, advance: Advance) -> None:
    order = advance(world.order(), "triaged")
    services.triage_order(order, actor=world.actor("zhihe"), klass="PRIVATE", reason="家事")
    assert shown() == set()


def test_the_database_itself_refuses_a_public_private_matter(
    world: World, advance: Advance
) -> None:
    order = advance(world.order(), "triaged", klass="PRIVATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(is_public=True)


def test_refused_and_withdrawn_orders_never_appear(world: World, advance: Advance) -> None:
    services.reject_order(world.order(), actor=world.actor("zhihe"), reason="重复")
    order = advance(world.order(), "triaged")
    services.withdraw_order(order, actor=world.reporter(order))
    assert shown() == set()


@pytest.mark.parametrize("state", ["SUBMITTED", "ACCEPTED", "REJECTED", "WITHDRAWN", "MERGED"])
def test_a_wrong_public_flag_alone_shows_nothing(
    world: World, advance: Advance, state: str
) -> None:
    order = advance(world.order(), "triaged")
    Order.objects.filter(pk=order.pk).update(state=state)
    assert Order.objects.get(pk=order.pk).is_public
    assert shown() == set()


def test_an_unclassed_order_with_a_public_flag_shows_nothing(
    world: World, advance: Advance
) -> None:
    order = advance(world.order(), "triaged")
    Order.objects.filter(pk=order.pk).update(klass="")
    assert shown() == set()


def test_area_narrows_down_to_the_grid_and_no_further(world: World, advance: Advance) -> None:
    here = advance(world.order(cell=UNIT), "triaged")
    beside = advance(world.order(cell=GRID), "triaged")
    other = advance(world.order(cell=ZHIHE + "002"), "triaged")

    def within(code: str) -> set[str]:
        rows = board.in_area(board.on_board(), tree().by_code[code])
        return set(rows.values_list("number", flat=True))

    assert within("450312") == within(ZHIHE) == {here.number, beside.number, other.number}
    assert within(GRID) == within(MICRO) == within(UNIT) == {here.number, beside.number}
    assert within(QILIPING) == set()


def test_offers_count_free_places_and_leave_out_what_is_over(
    world: World, advance: Advance
) -> None:
    head = world.actor("zhihe")
    open_one = advance(world.order(), "triaged", klass="EASY")
    services.offer_order(open_one, actor=head, slots=3)
    over = advance(world.order(), "triaged", klass="EASY")
    services.offer_order(over, actor=head, slots=5, until=clock.now() + timedelta(hours=1))
    full = advance(world.order(), "triaged", klass="EASY")
    services.offer_order(full, actor=head, slots=1)
    services.claim_order(full, actor=world.actor("volunteer"))
    assert board.offers().places == 8
    with clock.frozen(clock.now() + timedelta(hours=2)):
        found = board.offers()
    assert ([order.number for order in found.orders], found.places) == ([open_one.number], 3)
    assert not found.is_capped


def test_solved_are_the_verified_ones_newest_first(world: World, advance: Advance) -> None:
    first = advance(world.order(), "verified")
    second = advance(world.order(), "verified")
    advance(world.order(), "finished")
    assert [order.number for order in board.latest_solved()] == [second.number, first.number]
    area = tree().by_code[QILIPING]
    assert board.latest_solved(area) == []

"""What the weekly list says of a card: still in force or over."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order, Supervision
from gridpact.supervision.selectors import is_over
from tests.factories.world import World
from tests.orders.test_moves import bring, proof


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def card_of(order: Order) -> Supervision:
    return Supervision.objects.select_related("order").get(order=order)


def unhappy(world: World, order: Order) -> Order:
    return services.rate_order(
        order, actor=world.reporter(order), solved=False, satisfaction="unsatisfied"
    )


def test_the_card_of_a_second_unhappy_word_is_in_force_until_a_desk_lifts_it(world: World) -> None:
    order = unhappy(world, bring(world, State.VERIFIED))
    order = Order.objects.with_parts().get(pk=order.pk)
    worker, head = world.actor("worker"), world.actor("zhihe")
    order = services.finish_order(
        order, actor=worker, answer="又修了一次", proof=[one.pk for one in proof(world, "worker")]
    )
    order = unhappy(world, services.verify_pass_order(order, actor=head))
    card = card_of(order)
    assert (card.order.state, is_over(card)) == (State.CLOSED, False)
    services.unsupervise_order(order, actor=head, reason="已上门核实")
    assert is_over(card_of(order))


def test_the_card_of_an_order_that_ended_is_over(world: World) -> None:
    order = bring(world, State.HANDLING)
    services.supervise_order(order, actor=world.actor("zhihe"), card="YELLOW", reason="慢")
    Order.objects.filter(pk=order.pk).update(state=State.CLOSED, card="")
    assert is_over(card_of(order))

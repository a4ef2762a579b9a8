"""What the rules suggest at the triage desk."""

from __future__ import annotations

from gridpact.orders.models import Order
from gridpact.orders.services import accept_order, triage_order
from gridpact.routing.hints import receiver_hints
from tests.factories.rules import in_force, lamp, receiver, text
from tests.factories.world import World


def loaded(order: Order) -> Order:
    return Order.objects.with_parts().get(pk=order.pk)


def test_before_triage_each_class_with_a_rule_is_suggested(world: World) -> None:
    hard = text("难", "DISPATCH", conditions={"classes": ["HARD"]}, target={"org": "chengguan"})
    in_force(world, receiver(post="area_head"), hard)
    order = accept_order(world.order(), actor=world.actor("zhihe"))
    hints = receiver_hints(world.actor("zhihe"), loaded(order))
    assert [(hint.klass, hint.to) for hint in hints] == [
        ("HARD", f"org:{world.orgs['chengguan'].pk}"),
        ("EASY", f"post:{world.post('area').pk}"),
    ]
    assert "灯归谁" in str(hints[1].evidence[0])


def test_after_triage_only_the_class_it_has(world: World) -> None:
    in_force(world, receiver(post="area_head"))
    head = world.actor("zhihe")
    order = accept_order(world.order(), actor=head)
    triage_order(order, actor=head, klass="EASY", reason="邻里可办")
    assert [hint.klass for hint in receiver_hints(head, loaded(order))] == ["EASY"]


def test_without_rules_for_receivers_nothing_is_suggested(world: World) -> None:
    assert receiver_hints(world.actor("zhihe"), loaded(world.order())) == []
    in_force(world, lamp())
    assert receiver_hints(world.actor("zhihe"), loaded(world.order())) == []

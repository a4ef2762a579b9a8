"""Guided in the grid, sent up, sent back down: which desk has it and who may act then."""

from __future__ import annotations

import pytest

from gridpact.core.access import Refused
from gridpact.grid.models import Cell
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Claim, Order
from gridpact.orders.services import allowed_now
from gridpact.orders.services.desk.triage import Target
from tests.factories.world import ZHIHE, World
from tests.orders.test_moves import bring, call

TOWNSHIP, DISTRICT = "450312100", "450312"


def desk_of(order: Order) -> str:
    return Cell.objects.get(pk=Order.objects.get(pk=order.pk).desk_id).code


def sent_up(world: World, name: str = "zhihe") -> Order:
    return services.escalate_order(
        bring(world, State.TRIAGED, "HARD"), actor=world.actor(name), reason="需上级协调"
    )


def test_a_guided_matter_is_with_the_named_post_and_never_public(world: World) -> None:
    order = bring(world, State.TRIAGED, "PRIVATE")
    guided = services.guide_order(
        order, actor=world.actor("area"), guide=world.post("building").pk, note="先谈谈"
    )
    assert (guided.state, guided.handler_post) == (State.HANDLING, world.post("building"))
    assert guided.is_public is False
    line = guided.log.get(verb="guide")
    assert "先谈谈" in line.text
    assert "building" not in line.told
    assert "finish" in allowed_now(guided, world.actor("building"))


def test_only_private_matters_are_guided_and_only_by_posts_of_the_area(world: World) -> None:
    easy = bring(world, State.TRIAGED)
    with pytest.raises(Refused) as refusal:
        services.guide_order(easy, actor=world.actor("area"), guide=world.post("area").pk)
    assert (refusal.value.code, refusal.value.status) == ("only_private", 409)
    private = bring(world, State.TRIAGED, "PRIVATE")
    for name in ("neighbour", "district"):
        with pytest.raises(Refused) as refusal:
            services.guide_order(private, actor=world.actor("area"), guide=world.post(name).pk)
        assert (refusal.value.code, refusal.value.status) == ("unknown_guide", 422)
    assert Order.objects.get(pk=private.pk).state == State.TRIAGED


@pytest.mark.parametrize(
    ("name", "desk"), [("area", ZHIHE), ("zhihe", TOWNSHIP), ("township", DISTRICT)]
)
def test_sent_up_it_lies_one_level_above_the_acting_post(
    world: World, name: str, desk: str
) -> None:
    order = sent_up(world, name)
    assert (order.state, desk_of(order), order.handler_label) == (State.ESCALATED, desk, "")
    message = Outbox.objects.filter(template="order_sent_up").latest("pk")
    assert message.audience == {
        "rule": "desk", "cell": order.cell_id, "desk": order.desk_id,
        "but": world.users[name].pk,
    }  # fmt: skip


def test_the_desk_never_sinks_and_nothing_is_above_the_district(world: World) -> None:
    order = sent_up(world, "township")
    services.triage_order(order, actor=world.actor("district"), klass="HARD", reason="继续研究")
    again = services.escalate_order(order, actor=world.actor("area"), reason="仍无进展")
    assert desk_of(again) == DISTRICT
    services.triage_order(order, actor=world.actor("district"), klass="HARD", reason="继续研究")
    with pytest.raises(Refused) as refusal:
        services.escalate_order(order, actor=world.actor("district"), reason="再上报")
    assert (refusal.value.code, refusal.value.status) == ("no_upper_desk", 409)


@pytest.mark.parametrize("klass", ["EASY", "PRIVATE"])
def test_easy_and_private_matters_are_not_sent_up(world: World, klass: str) -> None:
    order = bring(world, State.TRIAGED, klass)
    with pytest.raises(Refused) as refusal:
        services.escalate_order(order, actor=world.actor("zhihe"), reason="x")
    assert refusal.value.code == "only_public_or_hard"


def test_while_it_lies_above_the_lower_desks_only_look_on(world: World) -> None:
    order = sent_up(world)
    assert not set(allowed_now(order, world.actor("zhihe"))) & {"triage", "dispatch", "send_down"}
    assert not set(allowed_now(order, world.actor("area"))) & {"triage", "dispatch"}
    assert {"triage", "dispatch", "send_down", "whistle"} <= set(
        allowed_now(order, world.actor("township"))
    )
    assert Order.objects.visible_to(world.actor("zhihe")).filter(pk=order.pk).exists()


def test_each_desk_has_its_own_clock(world: World) -> None:
    order = bring(world, State.TRIAGED, "HARD")
    before = order.steps.count()
    services.escalate_order(order, actor=world.actor("zhihe"), reason="需上级协调")
    steps = list(order.steps.order_by("pk"))
    assert len(steps) == before + 1
    assert steps[-2].ended_at is not None
    assert (steps[-1].step, steps[-1].owner, steps[-1].ended_at) == ("dispatch", "临桂镇", None)


def test_sent_up_from_the_hands_of_a_unit_the_place_is_given_up_and_named(world: World) -> None:
    order = call(world, "claim", bring(world, State.OFFERED), "unit_liaison")
    services.start_order(order, actor=world.actor("unit_liaison"))
    Order.objects.filter(pk=order.pk).update(klass="HARD")
    services.escalate_order(order, actor=world.actor("zhihe"), reason="单位办不了")
    assert Claim.objects.filter(order=order, released_at__isnull=True).count() == 0
    assert "致和小学" in order.log.get(verb="escalate").text
    assert not Order.objects.visible_to(world.actor("unit_liaison")).filter(pk=order.pk).exists()


def test_sent_down_it_is_back_where_it_came_from_and_that_desk_is_told(world: World) -> None:
    order = services.send_down_order(
        sent_up(world), actor=world.actor("township"), reason="社区可办"
    )
    assert (order.state, desk_of(order), order.sent_from) == (State.TRIAGED, ZHIHE, None)
    message = Outbox.objects.filter(template="order_sent_down").latest("pk")
    assert message.audience["desk"] == order.desk_id
    assert "dispatch" in allowed_now(order, world.actor("zhihe"))


def test_the_district_sends_down_to_the_township_that_sent_it_up(world: World) -> None:
    order = sent_up(world)
    services.triage_order(order, actor=world.actor("township"), klass="HARD", reason="需区里定")
    services.escalate_order(order, actor=world.actor("township"), reason="需区里定")
    down = services.send_down_order(order, actor=world.actor("district"), reason="镇里先拿方案")
    assert desk_of(down) == TOWNSHIP


def give_back(world: World, order: Order, name: str, to: Target) -> Order:
    services.dispatch_order(order, actor=world.actor("district"), to=to)
    return services.return_order(order, actor=world.actor(name), reason="不归我管")


def test_ping_pong_stops_at_two_and_every_further_return_goes_up_again(world: World) -> None:
    order = bring(world, State.TRIAGED, "HARD")
    first = give_back(world, order, "worker", Target(post=world.post("worker").pk))
    assert (first.state, desk_of(order)) == (State.TRIAGED, ZHIHE)
    second = give_back(world, order, "dept", Target(org=world.orgs["chengguan"].pk))
    assert (second.state, desk_of(order)) == (State.ESCALATED, TOWNSHIP)
    services.send_down_order(order, actor=world.actor("township"), reason="社区再办")
    assert desk_of(order) == ZHIHE
    third = give_back(world, order, "area", Target(post=world.post("area").pk))
    assert (third.state, desk_of(order)) == (State.ESCALATED, TOWNSHIP)
    fourth = give_back(world, order, "building", Target(post=world.post("building").pk))
    assert (fourth.state, desk_of(order)) == (State.ESCALATED, DISTRICT)
    fifth = give_back(world, order, "unit", Target(post=world.post("unit").pk))
    assert (fifth.state, desk_of(order)) == (State.ESCALATED, DISTRICT)

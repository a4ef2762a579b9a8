"""Orders that belong together: merged into one, split into children, ended in the right order."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.core.access import Refused
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Affected, Order
from gridpact.orders.services import Contact, Part
from tests.factories.world import GRID, QILIPING, World
from tests.orders.test_moves import bring, call, proof


def merge(world: World, order: Order, into: Order, name: str = "zhihe") -> Order:
    actor = world.actor(name)
    return services.merge_order(order, actor=actor, into=into.number, reason="同一处积水")


def refused(call: Any, *args: Any, **given: Any) -> tuple[str, int]:
    with pytest.raises(Refused) as refusal:
        call(*args, **given)
    return refusal.value.code, refusal.value.status


def test_a_merged_order_ends_and_its_reporter_counts_among_the_affected(world: World) -> None:
    target = bring(world, State.HANDLING)
    order = world.order("积水", contact=Contact("李小红", "13800005678"))
    merged = merge(world, order, target)
    assert (merged.state, merged.merged_into_id, merged.is_public) == (
        State.MERGED, target.pk, False,
    )  # fmt: skip
    assert merged.log.get(verb="merge").told
    assert order.number in target.log.get(verb="take_in").text
    other = Affected.objects.get(order=target)
    assert (other.from_order, Order.objects.get(pk=target.pk).affected) == (order, 1)


def test_what_was_merged_before_goes_along_and_nobody_counts_twice(world: World) -> None:
    first, second, third = (
        world.order("积水", contact=Contact("甲", f"1380000567{index}")) for index in range(3)
    )
    child = services.split_order(
        services.triage_order(
            services.accept_order(second, actor=world.actor("zhihe")),
            actor=world.actor("zhihe"), klass="EASY", reason="x",
        ),
        actor=world.actor("zhihe"), parts=[Part("清淤", "清淤")],
    )[0]  # fmt: skip
    merge(world, first, second)
    merge(world, second, third)
    assert Order.objects.get(pk=first.pk).merged_into_id == third.pk
    assert Order.objects.get(pk=child.pk).parent_id == third.pk
    assert Order.objects.get(pk=third.pk).affected == 2


def test_merging_into_itself_the_unseen_or_the_ended_is_refused(world: World) -> None:
    order = world.order()
    far = world.order("远处", cell=QILIPING)
    ended = call(world, "reject", world.order(), "zhihe")
    assert refused(merge, world, order, order) == ("target_same", 422)
    assert refused(merge, world, order, far) == ("target_unknown", 422)
    assert refused(merge, world, order, ended) == ("target_ended", 409)
    assert Order.objects.get(pk=order.pk).state == State.SUBMITTED


@pytest.mark.parametrize(("one", "other"), [("PRIVATE", "EASY"), ("EASY", "PRIVATE")])
def test_private_and_public_never_mix(world: World, one: str, other: str) -> None:
    order, target = bring(world, State.TRIAGED, one), bring(world, State.TRIAGED, other)
    assert refused(merge, world, order, target) == ("merge_private", 409)


def test_the_reporter_of_a_merged_order_is_told_under_their_own_number(world: World) -> None:
    target, order = bring(world, State.HANDLING), world.order()
    Order.objects.filter(pk=order.pk).update(reporter_user=world.users["volunteer"])
    merge(world, order, target)
    call(world, "finish", target, "worker")
    told = Outbox.objects.filter(template="order_told", audience__ids=[world.users["volunteer"].pk])
    assert [row.params["number"] for row in told] == [order.number, order.number]


def split(world: World, order: Order, *titles: str, **given: Any) -> list[Order]:
    parts = [Part(title, f"{title}的事", **given) for title in titles]
    return services.split_order(order, actor=world.actor("zhihe"), parts=parts)


def test_children_inherit_the_place_and_not_the_reporter(world: World) -> None:
    order = bring(world, State.TRIAGED)
    first, second = split(world, order, "修灯", "换线")
    assert [child.state for child in (first, second)] == [State.ACCEPTED] * 2
    assert (first.parent_id, first.cell_id, first.category) == (
        order.pk, order.cell_id, order.category,
    )  # fmt: skip
    assert (first.reporter_phone_sealed, first.reporter_phone_digest) == ("", "")
    assert first.number in order.log.get(verb="split").text


def test_a_part_that_is_there_already_is_not_made_again(world: World) -> None:
    order = bring(world, State.TRIAGED)
    split(world, order, "修灯")
    assert refused(split, world, order, "换线", "修灯") == ("split_twice", 409)
    assert [part.title for part in order.children.all()] == ["修灯"]
    split(world, order, "修灯", cell=GRID)  # the same to be done elsewhere
    assert order.children.count() == 2


def test_a_part_may_lie_in_another_cell_of_the_desk_and_nowhere_else(world: World) -> None:
    order = bring(world, State.TRIAGED)
    [child] = split(world, order, "修灯", cell=GRID)
    assert child.cell == world.cells[GRID]
    count = Order.objects.count()
    assert refused(split, world, order, "修灯", cell=QILIPING) == ("cell_unknown", 422)
    assert refused(split, world, order) == ("parts_range", 422)
    assert refused(split, world, bring(world, State.DONE), "x") == ("split_state", 409)
    assert Order.objects.filter(parent=order).count() == 1
    assert Order.objects.count() == count + 1


def test_a_parent_ends_after_its_children_and_is_told_of_the_last(world: World) -> None:
    order = bring(world, State.HANDLING)
    [child] = split(world, order, "修灯")
    call(world, "finish", order, "worker")
    assert refused(call, world, "verify_pass", order, "zhihe") == ("children_open", 409)
    services.merge_order(
        child, actor=world.actor("zhihe"), into=world.order().number, reason="重复"
    )
    parts = Outbox.objects.filter(template="order_parts_done")
    assert {row.audience["rule"] for row in parts} == {"handlers", "cell_heads"}
    assert call(world, "verify_pass", order, "zhihe").state == State.VERIFIED


def test_a_whole_merged_into_a_part_of_its_part_leaves_no_ring(world: World) -> None:
    whole, zhihe = bring(world, State.TRIAGED), world.actor("zhihe")
    [part] = split(world, whole, "修灯")
    services.triage_order(part, actor=zhihe, klass="PUBLIC", reason="灯杆")
    [leaf] = split(world, part, "换灯泡")
    merge(world, whole, leaf)
    parents = dict(Order.objects.values_list("pk", "parent_id"))
    assert parents == {whole.pk: None, leaf.pk: None, part.pk: leaf.pk}


def test_parts_of_a_part_are_as_private_as_the_whole(world: World) -> None:
    whole, zhihe = bring(world, State.TRIAGED), world.actor("zhihe")
    [part] = split(world, whole, "修门")
    services.triage_order(part, actor=zhihe, klass="EASY", reason="可办")
    [leaf] = split(world, part, "换锁")
    services.triage_order(leaf, actor=zhihe, klass="EASY", reason="可办")
    assert Order.objects.get(pk=leaf.pk).is_public is True
    services.triage_order(whole, actor=zhihe, klass="PRIVATE", reason="是家事")
    assert Order.objects.get(pk=leaf.pk).is_public is False
    services.triage_order(leaf, actor=zhihe, klass="EASY", reason="可办")
    assert Order.objects.get(pk=leaf.pk).is_public is False


def test_a_ring_of_parts_that_was_left_behind_is_walked_through_once(world: World) -> None:
    whole, zhihe = bring(world, State.TRIAGED), world.actor("zhihe")
    [part] = split(world, whole, "修门")
    Order.objects.filter(pk=whole.pk).update(parent=part)
    services.triage_order(whole, actor=zhihe, klass="PRIVATE", reason="是家事")
    assert Order.objects.get(pk=part.pk).is_public is False
    services.triage_order(part, actor=zhihe, klass="EASY", reason="可办")
    assert Order.objects.get(pk=part.pk).is_public is False


def test_a_part_of_a_private_matter_is_never_public(world: World) -> None:
    order = bring(world, State.TRIAGED, "PRIVATE")
    zhihe = world.actor("zhihe")
    [child] = split(world, order, "修门")
    services.triage_order(child, actor=zhihe, klass="EASY", reason="可办")
    assert Order.objects.get(pk=child.pk).is_public is False
    public = bring(world, State.TRIAGED)
    [shown] = split(world, public, "修灯")
    services.triage_order(shown, actor=zhihe, klass="EASY", reason="可办")
    assert Order.objects.get(pk=shown.pk).is_public is True
    services.triage_order(public, actor=zhihe, klass="PRIVATE", reason="是家事")
    assert Order.objects.get(pk=shown.pk).is_public is False


def test_a_handler_is_not_the_desk_and_cannot_merge_or_split(world: World) -> None:
    order = bring(world, State.HANDLING)
    given = {"actor": world.actor("worker"), "parts": [Part("x", "x")]}
    assert refused(services.split_order, order, **given) == ("forbidden", 403)
    fresh = world.order()
    assert refused(merge, world, fresh, order, "worker") == ("forbidden", 403)
    assert proof(world, "worker")[0].order is None

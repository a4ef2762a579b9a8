"""The queue of the desk, what lies near an order, and many counts in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import Light, State
from gridpact.orders.models import Order
from gridpact.orders.selectors.counting import badge, counted
from gridpact.orders.selectors.desk import (
    ORDER_BY,
    again_rows,
    answering,
    desk_cell,
    desk_rows,
    lookers,
    neighbours,
    same_reporter,
)
from gridpact.orders.selectors.queues import counts, queues_of, rows_of, standing_cell
from gridpact.orders.services import Ruling, decide_order
from gridpact.orders.services.intake import Contact
from tests.factories.world import QILIPING, UNIT, ZHIHE, World


def queue(world: World, name: str, *, below: bool = False) -> list[str]:
    cell = desk_cell(world.actor(name))
    assert cell is not None
    return [order.number for order in desk_rows(cell, below=below).order_by(*ORDER_BY)]


def test_the_graver_light_comes_first_then_the_nearer_limit(world: World) -> None:
    orders = [world.order(f"第{n}件") for n in range(4)]
    now = clock.now()
    for order, light, hours in zip(
        orders, (Light.GREEN, Light.GREEN, Light.RED, Light.YELLOW), (5, 2, -1, -3), strict=True
    ):
        Order.objects.filter(pk=order.pk).update(light=light, due_at=now + timedelta(hours=hours))
    wanted = [orders[2], orders[3], orders[1], orders[0]]
    assert queue(world, "zhihe") == [order.number for order in wanted]


def test_each_desk_has_what_is_addressed_to_it_and_may_look_below(world: World) -> None:
    here = world.order()
    there = world.order(cell=QILIPING)
    upper = decide_order(
        world.order(), actor=world.actor("zhihe"), ruling=Ruling("HARD", "多部门", "escalate")
    )
    assert queue(world, "zhihe") == [here.number]
    assert queue(world, "neighbour") == [there.number]
    assert queue(world, "township") == [upper.number]
    assert set(queue(world, "township", below=True)) == {here.number, there.number, upper.number}
    assert queue(world, "zhihe", below=True) == [here.number]
    assert queue(world, "area") == [here.number]
    assert desk_cell(world.actor("worker")) is None


def test_orders_that_went_on_leave_the_queue(world: World) -> None:
    order = world.order()
    decide_order(order, actor=world.actor("zhihe"), ruling=Ruling("EASY", "可办", "offer"))
    assert queue(world, "zhihe") == []


def test_orders_classed_anew_are_found_for_thirty_days(world: World) -> None:
    head = world.actor("zhihe")
    once, twice = world.order(), world.order()
    for order in (once, twice):
        decide_order(order, actor=head, ruling=Ruling("EASY", "可办", "keep"))
    decide_order(twice, actor=head, ruling=Ruling("PUBLIC", "部门的事", "keep"))
    assert [order.number for order in again_rows(world.cells[ZHIHE])] == [twice.number]
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert not again_rows(world.cells[ZHIHE]).exists()


def placed(world: World, lon: float, lat: float, **given: object) -> Order:
    order = world.order(**given)  # type: ignore[arg-type]
    Order.objects.filter(pk=order.pk).update(lon=lon, lat=lat)
    order.refresh_from_db()
    return order


def test_neighbours_lie_within_300_metres_or_at_the_same_address(world: World) -> None:
    order = placed(world, 110.105, 25.11, address="致和苑3栋1单元")
    near = placed(world, 110.105, 25.1125)  # about 278 m north
    placed(world, 110.105, 25.1129)  # about 323 m
    placed(world, 110.1078, 25.1121)  # inside the box, 365 m on the diagonal
    same = world.order(address="致和苑3栋1单元")
    found = {each.order.number: each.metres for each in neighbours(order, world.actor("zhihe"))}
    assert found == {near.number: 278, same.number: None}
    Order.objects.filter(pk=near.pk).update(created_at=clock.now() - timedelta(days=91))
    assert [n.order.number for n in neighbours(order, world.actor("zhihe"))] == [same.number]


def test_of_the_orders_near_by_what_sounds_the_same_comes_first(world: World) -> None:
    order = placed(world, 110.105, 25.11, text="门口路面有个大坑，电动车摔了")
    lamp = placed(world, 110.105, 25.11, text="路灯不亮")
    hole = placed(world, 110.105, 25.1125, text="小区门口路面塌了个坑")
    found = neighbours(order, world.actor("zhihe"))
    assert [(each.order.number, each.is_alike) for each in found] == [
        (hole.number, True), (lamp.number, False),
    ]  # fmt: skip


def test_neighbours_and_orders_of_the_reporter_stay_within_sight(world: World) -> None:
    order = placed(world, 110.105, 25.11, contact=Contact("陈小明", "13800001234"))
    far = world.order(cell=QILIPING, contact=Contact("陈小明", "13800001234"))
    near = world.order(contact=Contact("陈小明", "13800001234"))
    assert [o.number for o in same_reporter(order, world.actor("zhihe"))] == [near.number]
    both = {o.number for o in same_reporter(order, world.actor("township"))}
    assert both == {near.number, far.number}
    Order.objects.filter(pk=far.pk).update(
        lon=110.105, lat=25.11, community_id=order.community_id
    )  # a row that lies here, yet outside the neighbour's cells
    assert neighbours(order, world.actor("neighbour")) == []


def test_who_answers_is_named_from_the_door_up(world: World) -> None:
    order = world.order(cell=UNIT)
    assert [str(post.user) for post in answering(order)] == [
        "unit甲",
        "building甲",
        "area甲",
        "zhihe甲",
    ]


def test_somebody_else_who_looks_is_seen_for_five_minutes(world: World) -> None:
    order = world.order()
    services.visit_order(order, actor=world.actor("area"))
    assert lookers([order.pk], world.actor("zhihe"))[order.pk].name == "area甲"
    assert lookers([order.pk], world.actor("area")) == {}
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert lookers([order.pk], world.actor("zhihe")) == {}


def test_many_counts_are_one_statement_and_capped(
    world: World, django_assert_num_queries: object
) -> None:
    first, *_others = [world.order() for _ in range(3)]
    rows = Order.objects.all()
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = counted(
            {"all": rows, "none": rows.filter(pk__in=()), "two": rows.exclude(pk=first.pk)}, most=3
        )
    assert found == {"all": 3, "none": 0, "two": 2}
    assert (badge(99), badge(100), badge(2, most=3), badge(3, most=3)) == ("99", "99+", "2", "2+")


@pytest.mark.parametrize("name", ["zhihe", "worker", "dept", "volunteer", "district"])
def test_the_counts_of_a_persons_queues_are_those_of_their_lists(world: World, name: str) -> None:
    head = world.actor("zhihe")
    services.accept_order(world.order(), actor=head)
    decide_order(world.order(), actor=head, ruling=Ruling("EASY", "可办", "offer"))
    found = counts(world.actor(name))
    actor = world.actor(name)
    cell = standing_cell(actor)
    assert found == {q.name: rows_of(actor, q.name, cell).count() for q in queues_of(actor)}
    assert State.OFFERED in set(Order.objects.values_list("state", flat=True))

"""What the public may read of an order."""

from __future__ import annotations

from gridpact.grid.tree import tree
from gridpact.notices import masks
from gridpact.orders.selectors.standing import public_text
from gridpact.orders.services import Contact
from tests.factories.world import GRID, QILIPING, UNIT, World


def test_text_loses_phone_door_plate_and_the_reporters_own_name(world: World) -> None:
    order = world.order(
        "我是陈小明，住3栋2单元501室，车牌桂C·12345，电话13800001234",
        contact=Contact("陈小明", "13800001234"),
    )
    shown = public_text(order, order.text)
    assert shown == "我是陈**，住3栋***，车牌桂C****5，电话***"


def test_address_ends_at_the_building(world: World) -> None:
    order = world.order(address="致和苑3栋2单元501室")
    assert masks.public_address(order) == "致和苑3栋***"


def test_place_names_community_and_grid_but_no_building(world: World) -> None:
    assert masks.public_place(world.order(cell=UNIT), tree()) == "致和社区 · 第一网格"
    assert masks.public_place(world.order(cell=GRID), tree()) == "致和社区 · 第一网格"
    assert masks.public_place(world.order(cell=QILIPING), tree()) == "七里坪社区居委会"


def test_place_above_the_communities_is_the_township(world: World) -> None:
    assert masks.public_place(world.order(cell="450312100"), tree()) == "临桂镇"
    assert masks.public_place(world.order(cell="450312"), tree()) == ""


def test_point_is_rounded_to_some_hundred_metres(world: World) -> None:
    order = world.order(cell="", lon=110.10567, lat=25.11234)
    assert (order.lon, order.lat) == (110.10567, 25.11234)
    assert masks.public_point(order) == (110.106, 25.112)
    assert masks.public_point(world.order(cell=UNIT)) is None


def test_handler_is_an_organisation_by_name_and_a_person_by_surname(world: World) -> None:
    order = world.order()
    assert masks.public_handler(order) == ""
    order.handler_org = world.orgs["chengguan"]
    assert masks.public_handler(order) == "城市管理局"
    order.handler_org, order.handler_post = None, world.post("worker")
    assert masks.public_handler(order) == "第一网格 网格员 w**"
    order.handler_post, order.handler_user = None, world.users["volunteer"]
    assert masks.public_handler(order) == "v**"

"""Suggestion boxes: all slips or none."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.doors.models import BoxEmptying
from gridpact.doors.services import Emptying, Slip, SlipsRefused, enter_box
from gridpact.orders.models import Order
from tests.factories.world import ZHIHE, World

SLIPS = (
    Slip("广场加个凳子"), Slip("灯不亮", "NEED", "A-7", "陈小明", "13800001234"), Slip("谢谢物业"),
)  # fmt: skip


def emptying(**given: Any) -> Emptying:
    values: dict[str, Any] = {
        "cell": ZHIHE, "place": "致和苑南门", "emptied_on": clock.today(),
        "witnesses": ("甲一", "乙二"), "slips": SLIPS, "token": str(uuid.uuid4()),
    }  # fmt: skip
    return Emptying(**(values | given))


def test_every_slip_becomes_an_order(world: World) -> None:
    box, orders = enter_box(emptying(), actor=world.actor("zhihe"))
    assert [order.channel for order in orders] == ["BOX"] * 3
    assert [order.kind for order in orders] == ["SUGGESTION", "NEED", "SUGGESTION"]
    assert [order.source_number for order in orders] == [
        f"{box.pk}-1",
        f"{box.pk}-A-7",
        f"{box.pk}-3",
    ]
    assert [order.anonymous for order in orders] == [True, False, True]
    assert box.witnesses == "甲一、乙二"


def test_the_same_form_sent_twice_counts_once(world: World) -> None:
    once = emptying()
    first, _orders = enter_box(once, actor=world.actor("zhihe"))
    again, orders = enter_box(once, actor=world.actor("zhihe"))
    assert again == first and orders == [] and Order.objects.count() == 3


def test_one_bad_slip_and_none_is_saved(world: World) -> None:
    slips = (*SLIPS, Slip(""), Slip("好", phone="12"))
    with pytest.raises(SlipsRefused) as refused:
        enter_box(emptying(slips=slips), actor=world.actor("zhihe"))
    assert [row for row, _why in refused.value.reasons] == [4, 5]
    assert not Order.objects.exists() and not BoxEmptying.objects.exists()


@pytest.mark.parametrize(
    "given, code",
    [
        ({"witnesses": ("甲一", "")}, "witnesses_two"),
        ({"witnesses": ("甲一", "甲一")}, "witnesses_two"),
        ({"emptied_on": clock.today() + timedelta(days=1)}, "future_date"),
        ({"emptied_on": date(1999, 12, 31)}, "box_day"),
        ({"slips": ()}, "box_empty"),
    ],
)  # fmt: skip
def test_a_box_without_its_facts_is_refused(world: World, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        enter_box(emptying(**given), actor=world.actor("zhihe"))
    assert refused.value.code == code and not BoxEmptying.objects.exists()


@pytest.mark.parametrize("who, status", [("neighbour", 404), ("worker", 404), ("auditor", 403)])
def test_boxes_of_other_cells_are_not_there(world: World, who: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        enter_box(emptying(), actor=world.actor(who))
    assert refused.value.status == status and not Order.objects.exists()


def test_two_slips_of_one_number_are_two_orders(world: World) -> None:
    slips = (Slip("一", number="7/3"), Slip("二", number="7"), Slip("三", number="7"))
    _box, orders = enter_box(emptying(slips=slips), actor=world.actor("zhihe"))
    assert len({order.source_number for order in orders}) == 3

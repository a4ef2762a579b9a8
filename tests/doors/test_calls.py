"""The quick form for callers, visitors and meetings."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from gridpact.core import crypto
from gridpact.core.access import Refused
from gridpact.doors.services import Call, take_call
from gridpact.orders.models import Order
from gridpact.orders.services import Contact
from tests.factories.world import GRID, QILIPING, UNIT, ZHIHE, World
from tests.pages import browser, words

PHONE = "13800005678"


def given(**values: Any) -> dict[str, Any]:
    return {
        "channel": "PHONE", "phone": PHONE, "name": "", "text": "楼道灯坏了", "kind": "NEED",
        "cell": ZHIHE, "address": "3-1-101", "token": str(uuid.uuid4()),
    } | values  # fmt: skip


def test_a_call_becomes_an_order_at_its_place(world: World) -> None:
    response = browser(world, "zhihe").post("/doors/call", given(name="陈小明"))
    order = Order.objects.get()
    assert response["Location"] == f"/orders/{order.number}"
    assert (order.channel, order.cell.code) == ("PHONE", UNIT)
    assert crypto.unseal(order.reporter_name_sealed) == "陈小明"


def test_the_same_form_sent_twice_places_one_order(world: World) -> None:
    client, data = browser(world, "zhihe"), given()
    client.post("/doors/call", data)
    client.post("/doors/call", data)
    assert Order.objects.count() == 1


def test_earlier_orders_of_the_number_are_shown_masked(world: World) -> None:
    world.order(contact=Contact("欧阳小明", PHONE))
    page = browser(world, "zhihe").post("/doors/call", given(look="1", text=""))
    assert page.status_code == 200
    text = words(page)
    assert "楼道灯坏了三天" in text and "欧阳**" in text and "欧阳小明" not in text
    other = browser(world, "neighbour").post("/doors/call", given(look="1", text="", cell=""))
    assert "楼道灯坏了三天" not in words(other) and "欧阳" not in words(other)


def test_a_known_caller_keeps_the_name_given_before(world: World) -> None:
    world.order(contact=Contact("陈小明", PHONE))
    browser(world, "zhihe").post("/doors/call", given())
    newest = Order.objects.latest("id")
    assert crypto.unseal(newest.reporter_name_sealed) == "陈小明"


def test_a_meeting_keeps_its_number(world: World) -> None:
    client = browser(world, "zhihe")
    assert client.post("/doors/call", given(channel="MEETING")).status_code == 422
    client.post("/doors/call", given(channel="MEETING", reference="HY-2026-3"))
    order = Order.objects.get()
    assert (order.source_system, order.source_number) == (f"meeting:{ZHIHE}", "HY-2026-3")
    again = given(channel="MEETING", reference="HY-2026-3", text="另一件事")
    refused = client.post("/doors/call", again)
    assert refused.status_code == 422 and order.number in words(refused)
    assert Order.objects.count() == 1


def test_every_community_counts_its_own_meetings(world: World) -> None:
    asked = given(channel="MEETING", reference="HY-2026-3")
    browser(world, "zhihe").post("/doors/call", asked)
    there = asked | {"cell": QILIPING, "token": str(uuid.uuid4())}
    answer = browser(world, "neighbour").post("/doors/call", there)
    assert answer.status_code == 302 and Order.objects.count() == 2
    assert Order.objects.latest("id").number in answer["Location"]


@pytest.mark.parametrize("text", ["楼道灯坏了", "另一件事"])
def test_a_number_used_out_of_sight_names_no_order(world: World, text: str) -> None:
    call = Call(
        "楼道灯坏了", ZHIHE + "002", str(uuid.uuid4()), channel="MEETING", reference="HY-2026-3"
    )
    order = take_call(call, actor=world.actor("zhihe"))
    again = Call(text, GRID, str(uuid.uuid4()), channel="MEETING", reference="HY-2026-3")
    with pytest.raises(Refused) as refused:
        take_call(again, actor=world.actor("worker"))
    assert refused.value.code == "reference_used" and order.number not in refused.value.sentence
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "values", [{"text": ""}, {"phone": "12"}, {"kind": "X"}, {"channel": "WEB"}, {"cell": "x"}]
)
def test_what_is_wrong_is_said_in_the_form(world: World, values: dict[str, str]) -> None:
    response = browser(world, "zhihe").post("/doors/call", given(**values))
    assert response.status_code == 422 and not Order.objects.exists()


@pytest.mark.parametrize("who, status", [("neighbour", 404), ("auditor", 403), ("resident", 403)])
def test_nobody_places_calls_outside_the_own_cells(world: World, who: str, status: int) -> None:
    call = Call("楼道灯坏了", ZHIHE, "t")
    with pytest.raises(Refused) as refused:
        take_call(call, actor=world.actor(who))
    assert refused.value.status == status and not Order.objects.exists()


@pytest.mark.parametrize("channel", ["PHONE", "VISIT", "MEETING", "nonsense"])
def test_every_door_has_its_form(world: World, channel: str) -> None:
    page = browser(world, "worker").get(f"/doors/call?channel={channel}")
    assert page.status_code == 200
    assert ('name="reference"' in page.content.decode()) == (channel == "MEETING")

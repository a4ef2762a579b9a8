"""The bell by API: only one's own messages, in one's language, read once."""

from __future__ import annotations

from gridpact.notify.api import NotificationOut
from gridpact.notify.services import deliver_batch
from tests.api import anyone, caller
from tests.factories.world import World

URL = "/api/v1/notifications"


def test_a_new_order_rings_at_the_heads_of_its_cell_only(world: World) -> None:
    order = world.order("路灯坏了")
    deliver_batch()
    page = caller(world, "zhihe").get(URL).json()
    assert page["count"] == 1
    NotificationOut.model_validate(page["items"][0])
    assert order.number in page["items"][0]["text"]
    assert page["items"][0]["link"] == f"/orders/{order.number}"
    assert caller(world, "neighbour").get(URL).json()["items"] == []
    assert anyone().get(URL).status_code == 401


def test_messages_are_read_one_by_one_or_all_at_once(world: World) -> None:
    for number in range(3):
        world.order(f"事项 {number}")
    deliver_batch()
    zhihe, neighbour = caller(world, "zhihe"), caller(world, "neighbour")
    first = zhihe.get(f"{URL}?limit=1").json()
    one = first["items"][0]["id"]
    assert neighbour.post(f"{URL}/read", {"id": one}).json() == {"read": 0}
    assert zhihe.post(f"{URL}/read", {"id": one}).json() == {"read": 1}
    assert zhihe.get(f"{URL}?unread=true").json()["count"] == 2
    assert len(zhihe.get(f"{URL}?unread=true").json()["items"]) == 2
    assert zhihe.post(f"{URL}/read").json() == {"read": 2}
    assert zhihe.get(URL).json()["count"] == 0
    assert zhihe.post(f"{URL}/read", {"id": "all"}).status_code == 422
    rest = zhihe.get(f"{URL}?limit=2&cursor={first['next']}").json()["items"]
    assert one not in {item["id"] for item in rest}
    assert len(rest) == 2

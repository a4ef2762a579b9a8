from __future__ import annotations

from typing import Any

import pytest

from gridpact.orders.choices import Klass, State
from gridpact.orders.models import Order
from gridpact.topics.models import HotTopic
from gridpact.topics.tasks import queue_look
from tests.api import caller
from tests.factories.world import GRID, ZHIHE, World
from tests.pages import browser, words
from tests.topics.test_resembling import AGAIN, shown
from tests.topics.test_services import found, placed


def test_the_list_shows_what_is_hot_and_the_topic_its_orders(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    page = browser(world, "zhihe")
    said = words(page.get("/topics/"))
    assert topic.name in said
    said = words(page.get(f"/topics/{topic.pk}"))
    for order in orders:
        assert order.number in said


def test_without_topics_the_list_says_so(world: World) -> None:
    page = browser(world, "zhihe").get("/topics/?days=7")
    assert page.status_code == 200 and page.context["lines"] == []
    assert browser(world, "zhihe").get("/topics/?days=8").status_code == 422


def test_a_neighbour_gets_404_and_an_empty_list(world: World) -> None:
    placed(world)
    topic = found(world)
    page = browser(world, "neighbour")
    assert page.get(f"/topics/{topic.pk}").status_code == 404
    assert page.get("/topics/").context["lines"] == []
    assert page.post(f"/topics/{topic.pk}/unite", {"into": "x"}).status_code == 404


def test_the_picked_orders_are_merged_from_the_page(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    numbers = [order.number for order in orders]
    page, sent = (
        browser(world, "zhihe"),
        {"into": numbers[0], "pick": numbers[1:], "reason": "一样"},
    )
    preview = page.post(f"/topics/{topic.pk}/unite", sent)
    assert preview.status_code == 200
    assert [order.number for order in preview.context["merged"]] == numbers[1:]
    assert not Order.objects.filter(state=State.MERGED).exists()
    answer = page.post(f"/topics/{topic.pk}/unite", {**sent, "confirm": "yes"})
    assert answer.status_code == 302 and answer["Location"].endswith(numbers[0])
    assert Order.objects.filter(state=State.MERGED).count() == 3


def test_a_wrong_choice_is_said_on_the_page(world: World) -> None:
    placed(world)
    topic = found(world)
    answer = browser(world, "zhihe").post(f"/topics/{topic.pk}/unite", {"into": ""})
    assert answer.status_code == 422 and answer.context["refused"]


def test_the_list_can_be_taken_as_a_file(world: World) -> None:
    placed(world)
    found(world)
    answer = browser(world, "zhihe").get("/topics/?format=xlsx")
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_looking_is_queued_once(world: World) -> None:
    cell = world.cells["450312100"]
    assert queue_look(cell)
    assert not queue_look(cell)
    assert browser(world, "zhihe").post("/topics/look").status_code == 302


def test_programs_read_topics_and_merge_their_orders(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    api = caller(world, "zhihe")
    listed = api.get("/api/v1/topics").json()
    assert [each["id"] for each in listed["items"]] == [topic.pk]
    one = api.get(f"/api/v1/topics/{topic.pk}").json()
    assert one["numbers"] == [order.number for order in orders]
    assert api.get("/api/v1/topics?days=8").status_code == 422
    assert api.get(f"/api/v1/topics/{topic.pk + 1}").status_code == 404
    assert caller(world, "neighbour").get(f"/api/v1/topics/{topic.pk}").status_code == 404
    body = {"into": one["numbers"][0], "numbers": one["numbers"][1:], "reason": "同一件事"}
    path = f"/api/v1/topics/{topic.pk}/unite"
    shown_first = api.post(path, {**body, "preview": True}).json()
    assert (shown_first["done"], shown_first["merged"]) == (0, one["numbers"][1:])
    assert api.post(path, body).json() == {**shown_first, "done": 3}


def test_anybody_may_ask_what_resembles_a_matter_on_the_board(world: World, client: Any) -> None:
    order = shown(world)
    answer = client.get("/api/v1/public/orders/similar", {"text": AGAIN, "cell": ZHIHE})
    assert [each["number"] for each in answer.json()] == [order.number]
    assert client.get("/api/v1/public/orders/similar").json() == []


@pytest.mark.parametrize("who", ["volunteer", "dept"])
def test_who_reads_no_area_reads_no_topics(world: World, who: str) -> None:
    assert browser(world, who).get("/topics/").status_code == 403
    assert not HotTopic.objects.exists()


def test_the_form_shows_similar_matters_while_it_is_filled_in(world: World, client: Any) -> None:
    order = shown(world)
    answer = client.post("/o/similar", {"text": AGAIN, "cell": ZHIHE})
    assert f"/board/{order.number}" in answer.content.decode()
    for odd in ({"text": AGAIN, "lon": "nan", "lat": "x", "datum": "moon"}, {}, {"text": "\x00"}):
        assert client.post("/o/similar", odd).content.decode().strip() == ""


def test_without_scripts_similar_matters_come_before_the_order_once(
    world: World, client: Any
) -> None:
    order = shown(world)
    before = Order.objects.count()
    sent = {"text": AGAIN, "cell": ZHIHE, "kind": "NEED", "phone": "13800000001", "name": "甲"}
    first = client.post("/o/new", {**sent, "look_first": "1"})
    assert first.status_code == 200 and f"/board/{order.number}" in first.content.decode()
    assert "look_first" not in first.content.decode()
    assert Order.objects.count() == before
    assert client.post("/o/new", sent).status_code == 302
    assert Order.objects.count() == before + 1


def test_who_enters_an_order_is_shown_orders_in_sight_that_may_be_the_same(world: World) -> None:
    first = world.order(AGAIN)
    private = world.order(AGAIN)
    Order.objects.filter(pk=private.pk).update(klass=Klass.PRIVATE)
    asked = {"text": AGAIN, "cell": ZHIHE}
    told = browser(world, "zhihe").post("/orders/new/resembling", asked).content.decode()
    assert first.number in told and private.number not in told
    for typed in ({"cell": world.cells[ZHIHE].name}, {"address": "致和社区服务中心门口"}):
        said = browser(world, "zhihe").post("/orders/new/resembling", {"text": AGAIN, **typed})
        assert first.number in said.content.decode()
    beside = browser(world, "neighbour").post("/orders/new/resembling", asked)
    assert first.number not in beside.content.decode()
    assert browser(world, "volunteer").post("/orders/new/resembling", asked).status_code == 403
    for odd in ({"text": AGAIN, "lon": "nan", "lat": "x", "datum": "moon"}, {}, {"text": "\x00"}):
        answer = browser(world, "zhihe").post("/orders/new/resembling", odd)
        assert answer.content.decode().strip() == ""


def test_without_scripts_who_enters_an_order_is_shown_the_list_once(world: World) -> None:
    first = world.order(AGAIN)
    before = Order.objects.count()
    sent = {
        "text": AGAIN, "kind": "NEED", "channel": "PHONE", "cell": GRID, "look_first": "1",
        "token": "11111111-1111-4111-8111-111111111111",
    }  # fmt: skip
    page = browser(world, "zhihe")
    answer = page.post("/orders/new", sent)
    assert answer.status_code == 200 and first.number in answer.content.decode()
    assert "look_first" not in answer.content.decode()
    assert Order.objects.count() == before
    assert page.post("/orders/new", {**sent, "look_first": ""}).status_code == 302

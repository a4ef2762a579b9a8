"""The triage desk as a person uses it: with plain forms, with swapped panes, with others beside."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.hooks import hints
from gridpact.orders.hooks.hints import Hint
from gridpact.orders.models import DeskVisit, Order, StandardReply
from gridpact.orders.services.intake import Contact
from tests.factories.world import QILIPING, World
from tests.pages import browser, words

PANES = {"HX-Request": "true"}


def decision(order: Order, **given: Any) -> dict[str, Any]:
    seen = order.log.latest("pk").pk
    return {"klass": "EASY", "way": "offer", "standard": "T11", "slots": 1, "seen": seen, **given}


def test_the_desk_shows_queue_order_and_decision(world: World) -> None:
    order = world.order(
        "路灯坏了三天", address="致和苑3栋", contact=Contact("陈小明", "13800001234")
    )
    page = browser(world, "zhihe").get("/work/desk")
    text = words(page)
    assert page.status_code == 200
    for said in (order.number, "路灯坏了三天", "138****1234", "unit甲", "building甲"):
        assert said in text
    assert "13800001234" not in text
    markup = page.content.decode()
    assert f'<option value="post:{world.post("worker").pk}">' in markup
    assert '<optgroup label="' in markup
    assert '<option value="A0101">' in markup
    assert page["Cache-Control"] == "no-store"


def test_the_deadline_of_each_class_is_said_before_deciding(world: World) -> None:
    order = world.order()
    page = browser(world, "zhihe").get(f"/work/desk/{order.number}")
    days = [re.findall(r"\d+", each.limit)[0] for each in page.context["classes"]]
    assert days == ["3", "3", "10", "15"]  # easy, private, public, hard: case.handle.*
    assert page.context["classes"][0].limit in words(page)
    to = f"post:{world.post('worker').pk}"
    browser(world, "zhihe").post(
        f"/work/desk/{order.number}/decide", decision(order, way="dispatch", to=to)
    )
    order.refresh_from_db()
    assert order.state == State.DISPATCHED


def test_an_empty_desk_says_so(world: World) -> None:
    page = browser(world, "zhihe").get("/work/desk")
    assert page.status_code == 200
    assert "gp-empty" in page.content.decode()
    found = browser(world, "zhihe").get("/work/desk?q=没有这样的")
    assert "filter-off" in found.content.decode() or "gp-empty" in found.content.decode()


@pytest.mark.parametrize("name", ["worker", "dept", "volunteer", "auditor", "unit"])
def test_whoever_decides_nowhere_has_no_desk(world: World, name: str) -> None:
    assert browser(world, name).get("/work/desk").status_code == 403


def test_an_order_of_another_community_is_not_there(world: World) -> None:
    order = world.order()
    client = browser(world, "neighbour")
    for path in ("", "/around.geojson"):
        assert client.get(f"/work/desk/{order.number}{path}").status_code == 404
    for verb in ("decide", "refuse", "undo"):
        assert client.post(f"/work/desk/{order.number}/{verb}", {}).status_code == 404
    assert order.number not in words(client.get("/work/desk?tab=below"))


def test_without_script_one_press_decides_and_leads_to_the_next(world: World) -> None:
    first, second = world.order("第一件"), world.order("第二件")
    client = browser(world, "zhihe")
    page = client.get(f"/work/desk/{first.number}")
    following = re.search(r'name="next" value="(\w*)"', page.content.decode())
    assert following is not None and following[1] == second.number
    answer = client.post(f"/work/desk/{first.number}/decide", decision(first, next=following[1]))
    assert answer.status_code == 302
    assert answer["Location"] == f"/work/desk/{second.number}"
    after = client.get(answer["Location"])
    assert f"/work/desk/{first.number}/undo" in after.content.decode()
    back = client.post(f"/work/desk/{first.number}/undo")
    assert back["Location"] == f"/work/desk/{first.number}"
    first.refresh_from_db()
    assert first.state == State.SUBMITTED


def test_the_reason_is_the_standard_sentence_filled_in_and_own_words(world: World) -> None:
    order = world.order()
    StandardReply.objects.filter(code="T11").update(text="{社区}自己办，{单号}。")
    browser(world, "zhihe").post(
        f"/work/desk/{order.number}/decide", decision(order, reason="请尽快")
    )
    assert order.decisions.get().reason == f"致和社区自己办，{order.number}。\n请尽快"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"klass": ""}, "klass"), ({"standard": "", "reason": " "}, "reason"),
        ({"way": "dispatch", "to": ""}, "to"), ({"way": "guide"}, "to"), ({"slots": 0}, "slots"),
        ({"to": "post:999999"}, "to"), ({"way": "fly"}, "way"),
    ],
)  # fmt: skip
def test_a_wrong_form_comes_back_as_it_was(world: World, given: dict[str, Any], field: str) -> None:
    order = world.order()
    data = decision(order, note="请带梯子", **given)
    page = browser(world, "zhihe").post(f"/work/desk/{order.number}/decide", data)
    assert page.status_code == 422
    assert "请带梯子" in page.content.decode()
    assert field in page.context["form"].errors
    order.refresh_from_db()
    assert order.state == State.SUBMITTED


def test_whoever_was_slower_keeps_the_form_and_is_offered_the_next(world: World) -> None:
    order, other = world.order("一"), world.order("二")
    data = decision(order, reason="我写的话")
    client = browser(world, "zhihe")
    client.get(f"/work/desk/{order.number}")
    browser(world, "area").post(f"/work/desk/{order.number}/decide", decision(order))
    page = client.post(f"/work/desk/{order.number}/decide", data)
    assert page.status_code == 409
    assert "area甲" in str(page.context["form"].non_field_errors())
    assert "我写的话" in words(page)
    assert f'href="/work/desk/{other.number}"' in page.content.decode()


def test_who_else_has_it_open_is_shown_and_looking_ahead_is_not_looking(world: World) -> None:
    order = world.order()
    browser(world, "area").get(f"/work/desk/{order.number}?ahead=1", headers=PANES)
    assert not DeskVisit.objects.exists()
    browser(world, "area").get(f"/work/desk/{order.number}")
    page = browser(world, "zhihe").get(f"/work/desk/{order.number}").content.decode()
    assert "gp-desk-looker" in page
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        page = browser(world, "zhihe").get("/work/desk").content.decode()
        assert "gp-desk-looker" not in page


def test_the_queue_is_read_again_alone_and_renews_that_i_look(world: World) -> None:
    order = world.order()
    page = browser(world, "zhihe").get(f"/work/desk/queue?current={order.number}", headers=PANES)
    assert f'data-gp-order="{order.number}" aria-current="true"' in page.content.decode()
    assert "gp-desk-form" not in page.content.decode()
    assert DeskVisit.objects.filter(order=order, user=world.users["zhihe"]).exists()
    hidden = world.order(cell=QILIPING)
    browser(world, "zhihe").get(f"/work/desk/queue?current={hidden.number}", headers=PANES)
    assert not DeskVisit.objects.filter(order=hidden).exists()
    odd = browser(world, "zhihe").get("/work/desk/queue?current=%00", headers=PANES)
    assert odd.status_code == 200


def test_panes_alone_are_answered_to_the_script(world: World) -> None:
    order, other = world.order("一"), world.order("二")
    client = browser(world, "zhihe")
    work = client.get(f"/work/desk/{order.number}", headers=PANES).content.decode()
    assert "gp-desk-form" in work and "<html" not in work and "gp-desk-rows" not in work
    sent = client.post(
        f"/work/desk/{order.number}/decide",
        decision(order, next=other.number),
        headers=PANES,
    )
    assert sent.status_code == 200
    assert sent["X-Desk-Address"] == f"/work/desk/{other.number}"
    assert f'data-gp-number="{other.number}"' in sent.content.decode()


def test_not_accepting_needs_a_reason_and_leads_on(world: World) -> None:
    order = world.order()
    client = browser(world, "zhihe")
    wrong = client.post(f"/work/desk/{order.number}/refuse", {})
    assert wrong.status_code == 422
    assert "data-gp-refuse open" in wrong.content.decode()
    right = client.post(f"/work/desk/{order.number}/refuse", {"no-standard": "R1"})
    assert right["Location"] == "/work/desk"
    order.refresh_from_db()
    assert order.state == State.REJECTED
    assert "不在本区" in order.log.latest("pk").told


def test_the_head_of_a_grid_does_not_refuse(world: World) -> None:
    order = world.order()
    client = browser(world, "area")
    assert "data-gp-refuse" not in client.get("/work/desk").content.decode()
    page = client.post(f"/work/desk/{order.number}/refuse", {"no-standard": "R1"})
    assert page.status_code == 403


def test_an_order_that_left_the_desk_is_only_read(world: World) -> None:
    order = world.order()
    services.accept_order(order, actor=world.actor("zhihe"))
    services.triage_order(order, actor=world.actor("zhihe"), klass="EASY", reason="可办")
    services.offer_order(order, actor=world.actor("zhihe"))
    page = browser(world, "zhihe").get(f"/work/desk/{order.number}")
    assert page.status_code == 200
    assert "data-gp-decide" not in page.content.decode()


def test_suggestions_take_no_place_until_there_are_some(world: World, settings: Any) -> None:
    order = world.order()
    hints._sources.cache_clear()
    settings.TRIAGE_HINTS = "tests.orders.test_views_desk.NO_HINTS"
    client = browser(world, "zhihe")
    assert "gp-desk-hint" not in client.get(f"/work/desk/{order.number}").content.decode()
    hints._sources.cache_clear()
    settings.TRIAGE_HINTS = "tests.orders.test_views_desk.HINTS"
    page = client.get(f"/work/desk/{order.number}").content.decode()
    assert "像过去的路灯" in page and "87%" in page
    taken = client.get(f"/work/desk/{order.number}?klass=PUBLIC").content.decode()
    assert re.search(r'value="PUBLIC"[^>]* checked', taken)
    hints._sources.cache_clear()


def lamp_hint(actor: Any, order: Order) -> list[Hint]:
    return [Hint("像过去的路灯", ("去年 12 件都派给城管",), klass="PUBLIC", confidence=0.87)]


HINTS = ("tests.orders.test_views_desk.lamp_hint",)
NO_HINTS: tuple[str, ...] = ()


def test_points_around_are_the_order_and_open_ones(world: World) -> None:
    order, near = world.order(), world.order()
    Order.objects.filter(pk__in=[order.pk, near.pk]).update(lon=110.105, lat=25.11)
    found = browser(world, "zhihe").get(f"/work/desk/{order.number}/around.geojson").json()
    assert [f["properties"]["tone"] for f in found["features"]] == ["red", ""]


def test_the_number_of_queries_does_not_grow_with_the_queue(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        world.order()
    client = browser(world, "zhihe")
    client.get("/work/desk")
    with django_assert_max_num_queries(55):
        client.get("/work/desk")
    for _ in range(8):
        world.order()
    with django_assert_max_num_queries(55):
        client.get("/work/desk")

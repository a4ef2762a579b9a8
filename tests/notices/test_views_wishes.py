"""Small wishes, the easy version, and the community a resident chooses."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridpact.grid.models import Appointment
from gridpact.orders import services
from gridpact.orders.choices import Kind
from gridpact.orders.models import Order
from tests.factories.world import QILIPING, UNIT, ZHIHE, World
from tests.notices.conftest import Advance
from tests.notices.test_views_follow import placed, rating


def wish(world: World, text: str = "想要一张旧轮椅，3栋2单元501室", **given: Any) -> Order:
    """A wish in the claim hall."""
    head = world.actor("zhihe")
    order = services.accept_order(world.order(text, kind=Kind.WISH, **given), actor=head)
    order = services.triage_order(order, actor=head, klass="EASY", reason="社区可办")
    return services.offer_order(order, actor=head, slots=2, skill="搬运")


def test_a_waiting_wish_is_shown_without_name_and_door(world: World, client: Client) -> None:
    order = wish(world)
    html = client.get("/wishes").content.decode()
    assert "旧轮椅" in html
    assert f"/o/{order.number}" in html
    assert "2 places free" in html
    assert "501" not in html
    assert "陈小明" not in html


def test_needs_private_matters_and_taken_wishes_are_not_shown(
    world: World, client: Client, advance: Advance
) -> None:
    taken = wish(world, "想学修灯")
    Order.objects.filter(pk=taken.pk).update(slots_free=0)
    advance(world.order("家里的心愿", kind=Kind.WISH), "triaged", klass="PRIVATE")
    advance(world.order("路面坏了"), "started")
    html = client.get("/wishes").content.decode()
    for words in ("想学修灯", "家里的心愿", "路面坏了"):
        assert words not in html
    assert "No wish is waiting right now." in html


def test_a_fulfilled_wish_carries_the_thanks_masked(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world, kind=Kind.WISH), "verified", klass="EASY")
    client.post(f"/o/{order.number}/rate", rating(order, comment="谢谢小张！陈小明 13800001234"))
    html = client.get("/wishes").content.decode()
    assert "谢谢小张" in html
    assert "came true" in html
    assert "13800001234" not in html
    assert "陈小明" not in html


def test_more_wishes_ask_no_more_queries(world: World, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/wishes").status_code == 200
        return len(caught)

    wish(world)
    few = queries()
    for _ in range(4):
        wish(world)
    assert queries() == few


def test_only_members_are_sent_to_the_hall_others_read_how_to_join(
    world: World, client: Client
) -> None:
    assert "Sign in and help" in client.get("/wishes").content.decode()
    client.force_login(world.users["volunteer"], "django.contrib.auth.backends.ModelBackend")
    assert "/work/hall" in client.get("/wishes").content.decode()
    client.force_login(world.users["auditor"], "django.contrib.auth.backends.ModelBackend")
    assert "cannot take wishes on" in client.get("/wishes").content.decode()


def test_the_chosen_community_is_kept_and_can_be_forgotten(
    world: World, client: Client, advance: Advance
) -> None:
    advance(world.order("致和的灯"), "verified")
    assert "致和的灯" in client.get("/").content.decode()
    other = client.get("/", {"community": QILIPING})
    assert "致和的灯" not in other.content.decode()
    assert client.cookies["community"].value == QILIPING
    assert "致和的灯" not in client.get("/").content.decode()
    assert "致和的灯" in client.get("/", {"community": ""}).content.decode()
    assert client.cookies["community"].value == ""


@pytest.mark.parametrize("code", ["x", UNIT, "450312", "' OR 1=1", "\x00"])
def test_what_is_no_community_counts_as_the_district(
    world: World, client: Client, code: str
) -> None:
    for page in ("/", "/wishes", "/care", "/care/call"):
        assert client.get(page, {"community": code}).status_code == 200
    assert client.cookies.get("community") is None or not client.cookies["community"].value


def test_only_phones_that_their_holders_show_can_be_called(world: World, client: Client) -> None:
    worker, area = world.users["worker"], world.users["area"]
    for user, phone in ((worker, "13800000101"), (area, "13800000102")):
        user.set_phone(phone)
        user.save()
    Appointment.objects.filter(user=worker).update(public_phone=True)
    html = client.get("/care/call", {"community": ZHIHE}).content.decode()
    assert 'href="tel:13800000101"' in html
    assert "13800000102" not in html
    assert str(worker) not in html
    assert f'href="tel:{settings.HOTLINE}"' in html
    elsewhere = client.get("/care/call", {"community": QILIPING}).content.decode()
    assert "13800000101" not in elsewhere
    assert "shows a phone number here" in elsewhere


def test_without_a_hotline_none_is_shown(world: World, client: Client, settings: Any) -> None:
    settings.HOTLINE = ""
    assert "Government hotline" not in client.get("/care/call").content.decode()


def test_every_public_page_leads_to_the_easy_version_and_back(world: World, client: Client) -> None:
    for page in ("/", "/board", "/o/", "/o/new", "/map", "/wishes"):
        assert 'value="/care"' in client.get(page).content.decode()
    answer = client.post("/prefs", {"type": "large", "next": "/care"})
    assert answer["Location"] == "/care"
    html = client.get("/care").content.decode()
    assert 'data-gp-type="large"' in html
    assert html.count("gp-door") >= 3
    assert "data-gp-map" not in html


def test_the_easy_form_places_an_order_with_few_fields(world: World, client: Client) -> None:
    client.get("/care", {"community": ZHIHE})
    html = client.get("/care/new").content.decode()
    assert f'value="{ZHIHE}" selected' in html
    assert "data-gp-map" not in html
    answer = client.post(
        "/care/new", {"text": "路灯不亮", "kind": "NEED", "cell": ZHIHE, "phone": "13800005678"}
    )
    order = Order.objects.get()
    assert answer["Location"] == f"/o/{order.number}/receipt?code={order.code}"
    assert order.cell.code == ZHIHE


def test_a_wrong_easy_form_stays_easy_and_loses_nothing(world: World, client: Client) -> None:
    answer = client.post("/care/new", {"text": "路灯不亮", "kind": "NEED"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "路灯不亮" in html
    assert 'action="/care/new"' in html

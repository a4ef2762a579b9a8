"""Urging and “also affects me” on the public page; merged and extended orders explain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from gridpact.accounts.models import RateHit
from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Affected, Order, OrderLog, Rating, Urge
from tests.factories.world import World
from tests.notices.conftest import Advance
from tests.notices.test_views_follow import follow, placed, rating


def test_others_join_a_matter_of_the_board_once_a_phone(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    url = f"/o/{order.number}"
    assert "Also affects me" in client.get(url).content.decode()
    for phone in ("13800007001", "138 0000 7001", "13800007002"):
        answer = client.post(f"{url}/join", {"phone": phone})
        assert answer["Location"] == url
    order.refresh_from_db()
    assert order.affected == Affected.objects.filter(order=order).count() == 2
    html = client.get(url).content.decode()
    assert "2 other people affected" in html
    assert "13800007001" not in html
    assert "Also affects me" not in client.get(follow(order)).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"phone": ""}, "Please enter your phone number."),
        ({"phone": "abc"}, "is not a phone number"),
        ({"phone": "13800007001", "website": "x"}, "automatic entry"),
    ],
)
def test_a_wrong_joining_is_explained_and_counts_nothing(
    world: World, client: Client, advance: Advance, sent: dict[str, str], said: str
) -> None:
    order = advance(placed(world), "started")
    answer = client.post(f"/o/{order.number}/join", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Affected.objects.exists()


def test_private_untriaged_and_solved_matters_are_not_joined(
    world: World, client: Client, advance: Advance
) -> None:
    hidden = (placed(world), advance(placed(world), "started", klass="PRIVATE"))
    for order in hidden:
        answer = client.post(f"/o/{order.number}/join", {"phone": "13800007001"})
        assert answer.status_code == 404
    solved = advance(placed(world), "verified")
    assert "Also affects me" not in client.get(f"/o/{solved.number}").content.decode()
    answer = client.post(f"/o/{solved.number}/join", {"phone": "13800007001"})
    assert answer.status_code == 409
    assert not Affected.objects.exists()


def test_the_eleventh_joining_of_an_address_waits(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    for index in range(10):
        client.post(f"/o/{order.number}/join", {"phone": f"1380000710{index}"})
    late = client.post(f"/o/{order.number}/join", {"phone": "13800007199"})
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 600
    RateHit.objects.all().delete()
    order.refresh_from_db()
    assert order.affected == 10


def test_the_resident_urges_once_a_day_and_reads_from_when_again(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    assert "Ask to hurry" in client.get(follow(order)).content.decode()
    sent = {"code": order.code, "text": "老人摔过一次"}
    assert client.post(f"/o/{order.number}/urge", sent)["Location"] == follow(order)
    html = client.get(follow(order)).content.decode()
    assert "You can ask again from" in html
    assert f"/o/{order.number}/urge" not in html
    again = client.post(f"/o/{order.number}/urge", sent)
    assert again.status_code == 409
    assert Urge.objects.filter(order=order).count() == 1
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert client.post(f"/o/{order.number}/urge", sent).status_code == 302
    assert Urge.objects.filter(order=order, by_reporter=True).count() == 2


def test_nobody_urges_without_the_code_or_after_the_end(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    assert client.post(f"/o/{order.number}/urge", {"code": ""}).status_code == 404
    assert client.post(f"/o/{order.number}/urge", {"code": "AAAAAAAA"}).status_code == 404
    over = placed(world)
    services.withdraw_order(over, actor=world.reporter(over))
    assert client.post(f"/o/{over.number}/urge", {"code": over.code}).status_code == 409
    assert not Urge.objects.exists()


def test_the_page_says_why_a_date_was_moved_without_private_parts(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    told = "要等配件，改到下周三；陈小明 13800001234 已同意"
    OrderLog.objects.create(
        order=order, at=clock.now(), verb="extend", before=order.state, after=order.state, told=told
    )
    html = client.get(f"/o/{order.number}").content.decode()
    assert "The date was moved." in html
    assert "要等配件" in html
    assert "陈小明" not in html
    assert "13800001234" not in html
    assert "What is this date made of?" in html


def test_a_merged_order_shows_how_far_the_other_is(
    world: World, client: Client, advance: Advance
) -> None:
    target = advance(world.order(), "verified")
    order = placed(world)
    Order.objects.filter(pk=order.pk).update(
        merged_into=target, state=State.MERGED, closed_at=clock.now()
    )
    html = client.get(follow(order)).content.decode()
    assert target.number in html
    assert "灯已换好" in html


def test_marks_are_kept_and_shown(world: World, client: Client, advance: Advance) -> None:
    order = advance(placed(world), "verified")
    client.post(f"/o/{order.number}/rate", {**rating(order), "speed": "5", "clarity": "3"})
    kept = Rating.objects.get(order=order)
    assert (kept.speed, kept.effect, kept.attitude, kept.clarity) == (5, None, None, 3)
    html = client.get(f"/o/{order.number}").content.decode()
    assert "speed 5/5 · answer 3/5" in html


@pytest.mark.parametrize("mark", ["0", "6", "x"])
def test_a_forged_mark_rates_nothing(
    world: World, client: Client, advance: Advance, mark: str
) -> None:
    order = advance(placed(world), "verified")
    answer = client.post(f"/o/{order.number}/rate", {**rating(order), "effect": mark})
    assert answer.status_code == 422
    assert not Rating.objects.exists()


def test_a_checked_order_waits_for_its_resident_and_is_not_urged(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "verified")
    assert "Ask to hurry" not in client.get(follow(order)).content.decode()

"""Following, rating and withdrawing with number and code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from gridpact.accounts.models import RateHit
from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import PhotoRole, State
from gridpact.orders.models import Order, OrderLog
from gridpact.orders.services import Contact
from tests.factories.world import World
from tests.notices.conftest import ANSWER, Advance, jpeg

TEXT = "3栋2单元501室漏水，我是陈小明，电话13800001234"
SECRETS = ("501", "陈小明", "13800001234")


def placed(world: World, **given: Any) -> Order:
    contact = Contact("陈小明", "13800001234")
    return world.order(TEXT, address="致和苑3栋2单元501室", contact=contact, **given)


def follow(order: Order) -> str:
    return f"/o/{order.number}?code={order.code}"


def test_the_holder_sees_promise_steps_and_masked_text(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    services.note_order(order, actor=world.actor("dept"), note="明天上门，电话 0773-5551234")
    html = client.get(follow(order)).content.decode()
    assert "城市管理局" in html
    assert "明天上门，电话 0773-5551234" in html
    assert "Work on site" in html
    for secret in SECRETS:
        assert secret not in html


def test_number_and_code_may_be_typed_carelessly(world: World, client: Client) -> None:
    order = placed(world)
    code = f"{order.code[:4]}-{order.code[4:]}".lower()
    assert client.get(f"/o/{order.number.lower()}", {"code": code}).status_code == 200
    found = client.get("/o/", {"number": f" {order.number.lower()} ", "code": code})
    assert found["Location"] == follow(order)


def plain(response: HttpResponse, number: str) -> str:
    """The page without the number that was asked for and without its one-time tokens."""
    html = response.content.decode().replace(number, "N")
    return re.sub(r"[A-Za-z0-9]{64}", "T", html)


def test_wrong_code_and_unknown_number_look_the_same(world: World, client: Client) -> None:
    order = placed(world)
    wrong = client.get(f"/o/{order.number}?code=AAAAAAAA")
    unknown = client.get("/o/LG20200101000001?code=AAAAAAAA")
    assert wrong.status_code == unknown.status_code == 404
    assert plain(wrong, order.number) == plain(unknown, "LG20200101000001")


@pytest.mark.parametrize("number", ["x", "LG1", "LG20261124000001\x00", "../o", "LG" + "9" * 60])
def test_a_number_that_is_none_is_unknown(world: World, client: Client, number: str) -> None:
    assert client.get(f"/o/{number}").status_code == 404


def test_after_ten_wrong_codes_the_address_waits_even_with_the_right_one(
    world: World, client: Client
) -> None:
    order = placed(world)
    for _ in range(10):
        assert client.get(f"/o/{order.number}?code=AAAAAAAA").status_code == 404
    response = client.get(follow(order))
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 600
    RateHit.objects.all().delete()
    assert client.get(follow(order)).status_code == 200


def test_the_public_sees_a_public_order_without_code_and_masked(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "started")
    services.note_order(order, actor=world.actor("dept"), note="找陈小明，13800001234")
    response = client.get(f"/o/{order.number}")
    html = response.content.decode()
    assert response.status_code == 200
    for secret in SECRETS:
        assert secret not in html
    assert "/withdraw" not in html
    assert "/rate" not in html
    assert order.code not in html


@pytest.mark.parametrize("stage, klass", [("accepted", "PUBLIC"), ("verified", "PRIVATE")])
def test_an_order_off_the_board_needs_the_code(
    world: World, client: Client, advance: Advance, stage: str, klass: str
) -> None:
    order = advance(placed(world), stage, klass=klass)
    hidden = client.get(f"/o/{order.number}")
    assert hidden.status_code == 404
    assert "漏水" not in hidden.content.decode()
    assert "漏水" in client.get(follow(order)).content.decode()


def test_refused_and_withdrawn_orders_need_the_code(world: World, client: Client) -> None:
    refused = services.reject_order(placed(world), actor=world.actor("zhihe"), reason="不属本区")
    order = placed(world)
    taken_back = services.withdraw_order(order, actor=world.reporter(order))
    for one in (refused, taken_back):
        assert client.get(f"/o/{one.number}").status_code == 404
    assert "不属本区" in client.get(follow(refused)).content.decode()


def test_the_answer_is_public_only_after_the_check(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "finished")
    assert "灯已换好" not in client.get(f"/o/{order.number}").content.decode()
    assert ANSWER in client.get(follow(order)).content.decode()
    services.verify_pass_order(order, actor=world.actor("zhihe"))
    html = client.get(f"/o/{order.number}").content.decode()
    assert "灯已换好" in html
    assert "0773-5551234" not in html


def test_the_public_sees_only_pictures_of_the_work(
    world: World, client: Client, advance: Advance
) -> None:
    resident = world.actor("resident")
    own = services.keep_upload(jpeg("red"), "own.jpg", actor=resident)
    order = advance(placed(world, photos=(own.pk,)), "verified")
    after = order.photos.get(role=PhotoRole.AFTER)
    paper = services.keep_upload(b"%PDF-1.4 x", "paper.pdf", actor=world.actor("dept"))
    services.attach_photos(order, [paper.pk], actor=world.actor("dept"), role=PhotoRole.AFTER)
    public = client.get(f"/o/{order.number}").content.decode()
    assert str(after.pk) in public
    assert str(own.pk) not in public
    assert str(paper.pk) not in public
    held = client.get(follow(order)).content.decode()
    assert str(after.pk) in held
    assert str(own.pk) in held
    board = client.get("/board").content.decode()
    assert str(after.pk) in board
    assert str(own.pk) not in board


def rating(order: Order, **changed: str) -> dict[str, str]:
    return {"code": order.code, "solved": "yes", "face": "good", "comment": "谢谢", **changed}


@pytest.mark.parametrize(
    "face, kept", [("very", "satisfied"), ("good", "satisfied"), ("fair", "basically")]
)
def test_a_face_closes_the_order_with_one_of_three_answers(
    world: World, client: Client, advance: Advance, face: str, kept: str
) -> None:
    order = advance(placed(world), "verified")
    response = client.post(f"/o/{order.number}/rate", rating(order, face=face))
    assert response["Location"] == follow(order)
    order.refresh_from_db()
    assert (order.state, order.satisfaction, order.solved_word) == (State.CLOSED, kept, True)
    line = OrderLog.objects.filter(order=order, verb="rate").get()
    assert (line.actor_id, line.actor_name) == (None, "reporter")
    assert "/rate" not in client.get(follow(order)).content.decode()


def test_a_second_unhappy_answer_closes_and_comes_under_supervision(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "verified")
    client.post(f"/o/{order.number}/rate", rating(order, face="bad"))
    dept = world.actor("dept")
    proof = services.keep_upload(jpeg(), "again.jpg", actor=dept)
    services.finish_order(order, actor=dept, answer="又修了一次", proof=[proof.pk])
    services.verify_pass_order(order, actor=world.actor("zhihe"))
    assert "the level above looks into it" in client.get(follow(order)).content.decode()
    client.post(f"/o/{order.number}/rate", rating(order, solved="no"))
    order.refresh_from_db()
    assert (order.state, order.redone, order.card) == (State.CLOSED, 1, "YELLOW")
    assert order.ratings.count() == 2


@pytest.mark.parametrize("unhappy", [{"solved": "no"}, {"face": "bad"}])
def test_an_unhappy_answer_opens_the_order_again(
    world: World, client: Client, advance: Advance, unhappy: dict[str, str]
) -> None:
    order = advance(placed(world), "verified")
    client.post(f"/o/{order.number}/rate", rating(order, **unhappy))
    order.refresh_from_db()
    assert (order.state, order.redone) == (State.HANDLING, 1)
    html = client.get(follow(order)).content.decode()
    assert "Opened again" in html


def test_an_incomplete_rating_is_asked_again_and_keeps_the_comment(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "verified")
    response = client.post(f"/o/{order.number}/rate", {"code": order.code, "comment": "很快"})
    assert response.status_code == 422
    assert "很快" in response.content.decode()
    order.refresh_from_db()
    assert order.state == State.VERIFIED


def test_rating_twice_or_too_early_is_refused_in_words(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "verified")
    client.post(f"/o/{order.number}/rate", rating(order))
    twice = client.post(f"/o/{order.number}/rate", rating(order))
    assert twice.status_code == 409
    assert "This result has been rated already." in twice.content.decode()
    fresh = placed(world)
    assert client.post(f"/o/{fresh.number}/rate", rating(fresh)).status_code == 409
    assert order.ratings.count() == 1


def test_nobody_rates_or_withdraws_without_the_code(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "verified")
    answer = client.post(f"/o/{order.number}/rate", rating(order, code=""))
    assert answer.status_code == 404
    other = placed(world)
    assert client.post(f"/o/{other.number}/withdraw", {"code": "AAAAAAAA"}).status_code == 404
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.state, other.state) == (State.VERIFIED, State.SUBMITTED)


def test_the_rating_form_is_gone_when_its_days_are_over(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "verified")
    assert "/rate" in client.get(follow(order)).content.decode()
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert "/rate" not in client.get(follow(order)).content.decode()


def test_an_order_is_withdrawn_until_somebody_takes_it_on(
    world: World, client: Client, advance: Advance
) -> None:
    order = placed(world)
    client.post(f"/o/{order.number}/withdraw", {"code": order.code, "reason": "已解决"})
    order.refresh_from_db()
    assert order.state == State.WITHDRAWN
    taken = advance(placed(world), "signed")
    response = client.post(f"/o/{taken.number}/withdraw", {"code": taken.code})
    assert response.status_code == 409
    taken.refresh_from_db()
    assert taken.state == State.CLAIMED


def test_an_account_follows_its_own_order_without_a_code(world: World, client: Client) -> None:
    volunteer = world.users["volunteer"]
    intake = services.Intake(text="路灯", cell="450312100012", contact=Contact("甲", "13800001234"))
    order = services.open_order(intake, actor=world.actor("volunteer"))
    assert client.get(f"/o/{order.number}").status_code == 404
    client.force_login(volunteer)
    assert client.get(f"/o/{order.number}").status_code == 200


def test_the_page_asks_for_number_and_code(client: Client, db: None) -> None:
    assert client.get("/o/").status_code == 200
    assert client.get("/o/", {"number": ""}).status_code == 422
    assert client.get("/o/", {"number": "LG2026/../x"}).status_code == 404

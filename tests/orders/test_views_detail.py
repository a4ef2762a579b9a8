"""The page of one order: who sees what of it, the reveal, the map data and the pictures."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from gridpact.audit.models import AuditRow
from gridpact.orders import services
from gridpact.orders.choices import MOVES, Priority, State
from gridpact.orders.models import Order, Photo
from gridpact.orders.tables.moves import FACES
from tests.factories.world import GRID, PERSONAS, World
from tests.orders.test_moves import bring, jpeg, proof
from tests.pages import browser, words

SIGHT = {"district", "township", "zhihe", "area", "building", "unit", "worker"}


@pytest.mark.parametrize("name", PERSONAS)
def test_only_the_staff_of_the_area_opens_an_order(world: World, name: str) -> None:
    order = bring(world, State.HANDLING)
    page = browser(world, name).get(f"/orders/{order.number}")
    assert page.status_code == (200 if name in SIGHT else 404)


def test_an_urgent_order_says_so_until_it_ends(world: World) -> None:
    order = bring(world, State.HANDLING)
    client = browser(world, "zhihe")
    assert not client.get(f"/orders/{order.number}").context["row"].urgent
    Order.objects.filter(pk=order.pk).update(priority=Priority.URGENT)
    page = client.get(f"/orders/{order.number}")
    assert page.context["row"].urgent
    assert str(Priority.URGENT.label) in words(page)
    Order.objects.filter(pk=order.pk).update(state=State.CLOSED)
    assert not client.get(f"/orders/{order.number}").context["row"].urgent


def test_out_of_sight_and_missing_look_the_same(world: World) -> None:
    order = bring(world, State.HANDLING)
    client = browser(world, "neighbour")
    hidden = client.get(f"/orders/{order.number}")
    missing = client.get("/orders/LG20990101000001")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert words(hidden) == words(missing)


def test_detail_names_class_reason_place_limits_and_every_step(world: World) -> None:
    order = bring(world, State.HANDLING)
    page = browser(world, "zhihe").get(f"/orders/{order.number}")
    detail = page.context["detail"]
    assert detail.place == "临桂镇 / 致和社区 / 第一网格 / 致和苑3栋 / 1单元"
    assert [entry.icon for entry in detail.entries] == [
        "inbox", "check", "arrows-split-2", "send", "signature", "player-play",
    ]  # fmt: skip
    assert any("社区可办" in str(value) for _label, value in detail.why)
    assert "3 个工作日" in [str(value) for _label, value in detail.clocks]
    assert page["Cache-Control"] == "no-store"


def test_actions_split_into_possible_now_and_the_others_with_a_reason(world: World) -> None:
    order = bring(world, State.SUBMITTED)
    actions = browser(world, "zhihe").get(f"/orders/{order.number}").context["detail"].actions
    possible = [action for action in actions if action.possible]
    shown = [action for action in possible if not action.aside]
    assert [(action.icon, action.method, action.primary) for action in shown] == [
        ("check", "post", True),
        ("x", "get", False),
    ]
    aside = {action.url.rsplit("/", 1)[1] for action in possible if action.aside}
    assert aside == {"merge", "urge", "supervise", "contact"}
    moves = len(set(FACES) & set(MOVES))
    assert len([action for action in actions if not action.possible]) == moves - 5
    assert all(action.reason for action in actions if not action.possible)
    worker = browser(world, "worker").get(f"/orders/{order.number}").context["detail"]
    assert [action for action in worker.actions if action.possible] == []


def test_reporter_is_masked_for_everybody(world: World) -> None:
    order = world.order()
    page = browser(world, "zhihe").get(f"/orders/{order.number}")
    assert "陈**" in words(page)
    assert "138****1234" in words(page)
    assert "13800001234" not in page.content.decode()
    assert "陈小明" not in page.content.decode()


def test_hall_sees_a_mask_and_no_reporter(world: World) -> None:
    order = world.order("灯坏了，电话13912345678", address="致和苑3栋1单元302室")
    zhihe = world.actor("zhihe")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="EASY", reason="内部理由")
    services.offer_order(order, actor=zhihe, slots=1)
    page = browser(world, "volunteer").get(f"/orders/{order.number}")
    detail, text = page.context["detail"], page.content.decode()
    assert (detail.sees_text, detail.reporter) == (False, None)
    for secret in ("13912345678", "138****1234", "302室", "1单元", "内部理由", "zhihe甲"):
        assert secret not in text


def test_reveal_shows_the_contact_once_for_a_reason_and_is_on_record(world: World) -> None:
    order = world.order()
    client = browser(world, "zhihe")
    empty = client.post(f"/orders/{order.number}/reveal", {"reason": ""})
    assert (empty.status_code, AuditRow.objects.filter(action="orders.reveal").count()) == (422, 0)
    shown = client.post(f"/orders/{order.number}/reveal", {"reason": "约时间上门"})
    assert "13800001234" in words(shown)
    assert AuditRow.objects.get(action="orders.reveal").why == "约时间上门"
    assert "13800001234" not in client.get(f"/orders/{order.number}").content.decode()


def test_reveal_is_refused_to_who_only_reads(world: World) -> None:
    order = world.order()
    client = browser(world, "unit")
    assert "/reveal" not in client.get(f"/orders/{order.number}").content.decode()
    answer = client.post(f"/orders/{order.number}/reveal", {"reason": "好奇"})
    assert answer.status_code == 403
    assert "13800001234" not in answer.content.decode()


def test_script_in_a_text_is_shown_as_text(world: World) -> None:
    order = world.order("<script>alert(1)</script> 灯坏了")
    text = browser(world, "zhihe").get(f"/orders/{order.number}").content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_detail_costs_the_same_queries_after_more_notes(world: World) -> None:
    order = bring(world, State.HANDLING)
    client = browser(world, "zhihe")
    client.get(f"/orders/{order.number}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/orders/{order.number}")
    for index in range(4):
        services.note_order(order, actor=world.actor("worker"), note=f"第{index}次")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/orders/{order.number}")
    assert len(many) == len(few)


def test_map_data_is_the_outline_of_the_grid_and_the_point_for_the_staff(world: World) -> None:
    order = world.order(lon=110.105, lat=25.11)
    client = browser(world, "zhihe")
    assert client.get(f"/orders/{order.number}").context["detail"].ground_href.endswith(GRID)
    ground = client.get(f"/orders/ground.geojson?cell={GRID}").json()["features"]
    assert [each["properties"]["name"] for each in ground] == ["第一网格", "致和苑3栋"]
    [point] = client.get(f"/orders/{order.number}/point.geojson").json()["features"]
    assert point["geometry"]["coordinates"] == [110.105, 25.11]
    assert (
        browser(world, "neighbour").get(f"/orders/{order.number}/point.geojson").status_code == 404
    )


def test_ground_without_a_cell_is_two_levels_below_the_post(world: World) -> None:
    found = {
        name: [
            each["properties"]["name"]
            for each in browser(world, name).get("/orders/ground.geojson").json()["features"]
        ]
        for name in ("zhihe", "unit", "volunteer")
    }
    assert found["zhihe"] == ["第一网格", "第二网格", "致和苑3栋"]
    assert found["unit"] == ["1单元"]
    assert set(found["volunteer"]) == {"临桂镇", "致和社区", "七里坪社区居委会"}


def attached(world: World, state: str, klass: str = "EASY") -> tuple[Order, Photo]:
    """An order with one picture of the reporter."""
    key = services.keep_upload(jpeg(), "a.jpg", actor=world.actor("resident")).pk
    order = world.order(photos=(key,))
    if state == State.TRIAGED:
        services.accept_order(order, actor=world.actor("zhihe"))
        services.triage_order(order, actor=world.actor("zhihe"), klass=klass, reason="可办")
    return order, Photo.objects.get(pk=key)


def fetch(world: World, name: str, photo: Photo, query: str = "") -> Any:
    return browser(world, name).get(f"/files/photo/{photo.pk}{query}")


def test_picture_is_a_private_jpeg_that_cannot_be_sniffed(world: World) -> None:
    _order, photo = attached(world, State.SUBMITTED)
    answer = fetch(world, "zhihe", photo, "?s=1")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as picture:
        assert picture.format == "JPEG"


def test_picture_of_an_untriaged_order_is_for_staff_and_the_holder_of_the_code(
    world: World,
) -> None:
    order, photo = attached(world, State.SUBMITTED)
    assert fetch(world, "neighbour", photo).status_code == 404
    assert fetch(world, "resident", photo).status_code == 404
    assert fetch(world, "resident", photo, "?code=WRONG234").status_code == 404
    assert fetch(world, "resident", photo, f"?code={order.code.lower()}").status_code == 200


def test_of_a_public_order_only_the_pictures_of_the_work_are_public(world: World) -> None:
    order, sent = attached(world, State.TRIAGED)
    assert fetch(world, "resident", sent).status_code == 404
    [work] = proof(world, "worker")
    Photo.objects.filter(pk=work.pk).update(order=order, role="AFTER")
    assert fetch(world, "resident", work).status_code == 200
    Order.objects.filter(pk=order.pk).update(is_public=False)
    assert fetch(world, "resident", work).status_code == 404


def test_picture_of_a_private_order_is_for_its_staff(world: World) -> None:
    _private, hidden = attached(world, State.TRIAGED, "PRIVATE")
    assert fetch(world, "resident", hidden).status_code == 404
    assert fetch(world, "neighbour", hidden).status_code == 404
    assert fetch(world, "worker", hidden).status_code == 200


def test_loose_upload_is_seen_by_its_owner_only(world: World) -> None:
    [photo] = proof(world, "worker")
    assert fetch(world, "worker", photo).status_code == 200
    assert fetch(world, "zhihe", photo).status_code == 404
    nobodys = services.keep_upload(jpeg(), "b.jpg", actor=world.actor("resident"))
    assert fetch(world, "resident", nobodys).status_code == 404


def test_missing_picture_is_not_found(world: World) -> None:
    assert browser(world, "zhihe").get(f"/files/photo/{uuid4()}").status_code == 404
    _order, photo = attached(world, State.SUBMITTED)
    photo.file.storage.delete(photo.file.name)
    assert fetch(world, "zhihe", photo).status_code == 404


def test_who_has_a_place_in_an_offered_order_is_not_asked_to_claim_again(world: World) -> None:
    order = bring(world, State.TRIAGED)
    order = services.offer_order(order, actor=world.actor("zhihe"), slots=2)
    services.claim_order(order, actor=world.actor("unit_liaison"))

    def possible(name: str) -> set[str]:
        page = browser(world, name).get(f"/orders/{order.number}")
        return {action.icon for action in page.context["detail"].actions if action.possible}

    assert "heart-handshake" not in possible("unit_liaison")
    assert "heart-handshake" in possible("volunteer")

"""Placing an order from the public form."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.accounts.models import IdempotencyKey
from gridpact.notices.forms import keep, kept
from gridpact.orders.models import Order, Photo
from tests.factories.world import UNIT, ZHIHE, World
from tests.notices.conftest import jpeg


def entry(**changed: Any) -> dict[str, Any]:
    """A complete form."""
    values = {
        "text": "路灯坏了\n晚上很黑", "kind": "HAZARD", "cell": ZHIHE, "name": "李大爷",
        "phone": "13800005678", "token": str(uuid.uuid4()),
    }  # fmt: skip
    return {**values, **changed}


def picture(name: str = "a.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or jpeg(), content_type="image/jpeg")


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None
    return found.group(1)


def test_the_form_works_without_script_and_offers_every_community(
    world: World, client: Client
) -> None:
    response = client.get("/o/new")
    html = response.content.decode()
    assert response.status_code == 200
    assert 'enctype="multipart/form-data"' in html
    assert f'<option value="{ZHIHE}">致和社区</option>' in html
    assert uuid.UUID(hidden(html, "token"))
    assert "no-store" in response["Cache-Control"]


def test_sending_the_form_makes_one_order_and_shows_its_receipt(
    world: World, client: Client
) -> None:
    response = client.post("/o/new", entry(photos=[picture("a.jpg"), picture("b.jpg")]))
    order = Order.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/o/{order.number}/receipt?code={order.code}"
    assert (order.channel, order.kind, order.cell.code) == ("WEB", "HAZARD", ZHIHE)
    assert (order.title, order.reporter_phone) == ("路灯坏了", "13800005678")
    assert order.photos.count() == 2
    html = client.get(response["Location"]).content.decode()
    assert order.number in html
    assert order.code in html
    assert "<svg" in html
    assert "13800005678" not in html


def test_a_point_wins_over_the_chosen_community(world: World, client: Client) -> None:
    client.post("/o/new", entry(lon="110.105", lat="25.11", datum="wgs84"))
    order = Order.objects.get()
    assert (order.cell.code, order.lon, order.placed_by) == (UNIT, 110.105, "polygon")


def test_the_same_form_sent_twice_is_one_order(world: World, client: Client) -> None:
    form = entry()
    first, second = client.post("/o/new", form), client.post("/o/new", form)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_another_text_under_the_same_token_asks_once_and_is_then_a_second_order(
    world: World, client: Client
) -> None:
    form = entry()
    client.post("/o/new", form)
    response = client.post("/o/new", {**form, "text": "井盖丢了"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "井盖丢了" in html
    assert Order.objects.count() == 1
    again = client.post("/o/new", {**form, "text": "井盖丢了", "token": hidden(html, "token")})
    assert again.status_code == 302
    assert set(Order.objects.values_list("title", flat=True)) == {"路灯坏了", "井盖丢了"}


def test_everything_missing_is_named_at_once_and_nothing_is_lost(
    world: World, client: Client
) -> None:
    form = entry(text="", cell="", phone="", name="李大爷")
    response = client.post("/o/new", form)
    html = response.content.decode()
    assert response.status_code == 422
    for target in ("#id_text", "#id_address", "#id_phone"):
        assert f'<a href="{target}">' in html
    assert 'value="李大爷"' in html
    assert hidden(html, "token") == form["token"]
    assert not Order.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_photos_survive_an_error_elsewhere(world: World, client: Client) -> None:
    form = entry(phone="", photos=[picture("a.jpg"), picture("bad.jpg", b"%PDF-1.4")])
    response = client.post("/o/new", form)
    html = response.content.decode()
    loose = Photo.objects.get()
    assert "bad.jpg" in html
    assert kept(hidden(html, "kept")) == [loose.pk]
    client.post("/o/new", entry(token=form["token"], kept=hidden(html, "kept")))
    loose.refresh_from_db()
    assert loose.order == Order.objects.get()


def test_a_forged_list_of_kept_photos_keeps_nothing(world: World, client: Client) -> None:
    assert kept(keep([uuid.uuid4()]) + "x") == []
    client.post("/o/new", entry(kept="['" + str(uuid.uuid4()) + "']"))
    assert Order.objects.get().photos.count() == 0


def test_a_tenth_photo_is_refused_and_the_nine_are_kept(world: World, client: Client) -> None:
    response = client.post("/o/new", entry(photos=[picture(f"{n}.jpg") for n in range(10)]))
    assert response.status_code == 422
    assert "At most 9 photos." in response.content.decode()
    assert len(kept(hidden(response.content.decode(), "kept"))) == 9
    assert not Order.objects.exists()


def test_a_program_that_fills_the_hidden_field_places_nothing(world: World, client: Client) -> None:
    response = client.post("/o/new", entry(website="http://spam.example"))
    assert response.status_code == 422
    assert not Order.objects.exists()


def test_too_many_sendings_wait_and_keep_the_text(
    world: World, client: Client, settings: Any
) -> None:
    settings.RATE_EXEMPT, settings.PUBLIC_WRITES_PER_MINUTE = [], 1
    client.post("/o/new", entry())
    response = client.post("/o/new", entry(text="第二件事"))
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert "第二件事" in response.content.decode()
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"text": "字" * 5001}, "id_text"),
        ({"lon": "10", "lat": "10"}, "id_address"),
        ({"lon": "nan", "lat": "25.11", "cell": ""}, "id_address"),
        ({"datum": "mars", "lon": "110.105", "lat": "25.11"}, "id_address"),
        ({"cell": "999"}, "id_cell"),
        ({"phone": "abc"}, "id_phone"),
        ({"kind": "REPORT"}, "id_kind"),
    ],
)
def test_wrong_values_are_named_at_their_field(
    world: World, client: Client, wrong: dict[str, str], field: str
) -> None:
    response = client.post("/o/new", entry(**wrong))
    assert response.status_code == 422
    assert f'href="#{field}"' in response.content.decode()
    assert not Order.objects.exists()


def test_anonymous_leaves_no_name_and_no_phone(world: World, client: Client) -> None:
    client.post("/o/new", entry(anonymous="on"))
    order = Order.objects.get()
    assert order.anonymous
    assert (order.reporter_name, order.reporter_phone) == ("", "")


def test_the_receipt_needs_the_code(world: World, client: Client) -> None:
    order = world.order()
    assert client.get(f"/o/{order.number}/receipt").status_code == 404
    assert client.get(f"/o/{order.number}/receipt?code=AAAAAAAA").status_code == 404

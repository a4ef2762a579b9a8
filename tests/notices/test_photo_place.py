"""Photos from a phone: their place is proposed, never taken unasked; bad files are named."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gridpact.orders.models import Order, Photo
from tests.factories.world import UNIT, ZHIHE, World
from tests.notices.conftest import jpeg
from tests.notices.test_views_place import entry, hidden, picture


def taken_at(lon: float, lat: float) -> SimpleUploadedFile:
    """A photo whose camera wrote its place (WGS-84)."""

    def degrees(value: float) -> tuple[float, float, float]:
        return float(int(value)), 0.0, (value - int(value)) * 3600

    image = Image.new("RGB", (64, 48), "green")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: degrees(lat), 3: "E", 4: degrees(lon)}
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return picture("place.jpg", buffer.getvalue())


INSIDE, OUTSIDE = (110.105, 25.11), (116.4, 39.9)


def nowhere(**changed: Any) -> dict[str, Any]:
    return entry(**{"cell": "", **changed})


@pytest.mark.parametrize("page", ["/o/new", "/care/new"])
def test_the_place_of_a_photo_is_proposed_and_used_when_agreed(
    world: World, client: Client, page: str
) -> None:
    first = client.post(page, nowhere(photos=[taken_at(*INSIDE)]))
    html = first.content.decode()
    assert first.status_code == 422
    assert "Your photo was taken here:" in html
    assert "致和苑3栋" in html
    assert not Order.objects.exists()
    again = nowhere(kept=hidden(html, "kept"), token=hidden(html, "token"), photo_place="on")
    assert client.post(page, again).status_code == 302
    order = Order.objects.get()
    assert order.cell.code == UNIT
    assert order.lon == pytest.approx(INSIDE[0], abs=1e-5)
    assert order.photos.count() == 1


def test_a_place_that_was_said_wins_over_the_photos(world: World, client: Client) -> None:
    sent = entry(photos=[taken_at(*INSIDE)], photo_place="on")
    assert client.post("/o/new", sent).status_code == 302
    order = Order.objects.get()
    assert (order.cell.code, order.lon) == (ZHIHE, None)


def test_a_photo_from_outside_is_kept_its_place_is_not_and_it_is_said(
    world: World, client: Client
) -> None:
    answer = client.post("/o/new", entry(photos=[taken_at(*OUTSIDE)]), follow=True)
    assert "taken outside the district" in answer.content.decode()
    order = Order.objects.get()
    assert (order.cell.code, order.lon, order.photos.count()) == (ZHIHE, None, 1)


def test_a_photo_from_outside_does_not_stand_for_a_missing_place(
    world: World, client: Client
) -> None:
    sent = nowhere(photos=[taken_at(*OUTSIDE)], photo_place="on")
    answer = client.post("/o/new", sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "taken outside the district" in html
    assert "Your photo was taken here:" not in html
    assert Photo.objects.count() == 1
    assert not Order.objects.exists()


def test_a_photo_without_place_asks_for_one(world: World, client: Client) -> None:
    html = client.post("/o/new", nowhere(photos=[picture()])).content.decode()
    assert "Please say where" in html
    assert "Your photo was taken here:" not in html


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (jpeg() + b"\0" * (50 * 1024 * 1024), "larger than 20 MB"),
        (b"no picture", "not a photo or PDF"),
    ],
    ids=["0 bytes", "50 MB", "text"],
)
def test_a_file_that_is_no_photo_is_named_and_nothing_typed_is_lost(
    world: World, client: Client, data: bytes, said: str
) -> None:
    file = SimpleUploadedFile("grave.jpg", data, content_type="image/jpeg")
    answer = client.post("/o/new", entry(photos=[file]))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert "晚上很黑" in html
    assert not Order.objects.exists()
    assert not Photo.objects.exists()

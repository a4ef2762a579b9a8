"""Staff enter orders for others: by point, cell or address, once, with what was typed kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gridpact.orders.models import Order
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, World
from tests.orders.test_moves import jpeg
from tests.pages import browser, words


def data(**given: Any) -> dict[str, Any]:
    return {
        "text": "井盖松动", "kind": "HAZARD", "channel": "PHONE", "cell": GRID, "address": "",
        "name": "", "phone": "", "token": "11111111-1111-4111-8111-111111111111", **given,
    }  # fmt: skip


def place(world: World, who: str, **given: Any) -> Any:
    return browser(world, who).post("/orders/new", data(**given))


def test_a_caller_is_entered_with_contact_and_channel(world: World) -> None:
    answer = place(world, "zhihe", name="李大明", phone="13800005678")
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}")
    assert (order.channel, order.kind, order.cell.code) == ("PHONE", "HAZARD", GRID)
    assert (order.reporter_phone, order.anonymous) == ("13800005678", False)
    assert order.taken_by == world.users["zhihe"]


def test_without_contact_it_is_anonymous(world: World) -> None:
    place(world, "worker")
    assert Order.objects.get().anonymous is True


def test_a_point_decides_the_cell_before_the_chosen_one(world: World) -> None:
    place(world, "worker", lon="110.105", lat="25.11", datum="wgs84", cell=GRID)
    order = Order.objects.get()
    assert (order.cell.code, order.placed_by) == (UNIT, "polygon")


def test_an_address_names_the_community(world: World) -> None:
    place(world, "zhihe", cell="", address="致和社区服务中心门口")
    assert Order.objects.get().placed_by == "address"


def test_photos_are_attached(world: World) -> None:
    place(world, "building", cell=MICRO, photos=[SimpleUploadedFile("a.jpg", jpeg())])
    assert Order.objects.get().photos.count() == 1


def test_the_same_form_sent_twice_makes_one_order(world: World) -> None:
    client = browser(world, "worker")
    first = client.post("/orders/new", data())
    second = client.post("/orders/new", data())
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert Order.objects.count() == 1


def test_two_people_may_happen_on_the_same_token(world: World) -> None:
    place(world, "worker")
    place(world, "zhihe")
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "长" * 5001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"kind": "NONSENSE"}, "kind"),
        ({"phone": "abc"}, "phone"),
        ({"cell": QILIPING}, "cell"),
        ({"cell": "", "address": ""}, "address"),
        ({"lon": "100.0", "lat": "20.0"}, "address"),
        ({"channel": "API"}, "channel"),
        ({"photos": SimpleUploadedFile("x.jpg", b"no picture")}, "photos"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(
    world: World, given: dict[str, Any], field: str
) -> None:
    answer = place(world, "zhihe", **given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert Order.objects.count() == 0


def test_a_refused_form_keeps_text_and_uploaded_photos(world: World) -> None:
    photo = SimpleUploadedFile("a.jpg", jpeg())
    answer = place(world, "worker", cell="", photos=photo, text="写了很久的话")
    assert answer.context["kept_count"] == 1
    assert "写了很久的话" in words(answer)
    kept = answer.context["form"]["kept"].value()
    place(world, "worker", kept=kept)
    assert Order.objects.get().photos.count() == 1


def test_form_offers_the_cells_below_my_post_and_fits_field_staff(world: World) -> None:
    page = browser(world, "worker").get("/orders/new")
    codes = [code for code, _label in page.context["form"].fields["cell"].choices]
    assert codes == ["", GRID, f"{GRID}001", UNIT]
    assert page.context["form"]["kind"].value() == "REPORT"
    assert browser(world, "zhihe").get("/orders/new").context["form"]["kind"].value() == "NEED"


def test_who_may_not_enter_for_others_is_refused(world: World) -> None:
    assert browser(world, "volunteer").get("/orders/new").status_code == 403
    assert place(world, "sysadmin").status_code == 403
    assert Order.objects.count() == 0


def test_an_order_outside_my_area_leads_to_my_list(world: World) -> None:
    answer = place(world, "worker", lon="110.25", lat="25.15", cell="")
    assert Order.objects.get().cell.code.startswith(QILIPING)
    assert answer["Location"] == "/orders/"

"""Chain texts by the API."""

from __future__ import annotations

import pytest

from gridpact.doors.models import Chain, ChainEntry
from gridpact.orders.models import Order
from tests.api import anyone, caller
from tests.doors.chains import WISHES, paste
from tests.factories.world import ZHIHE, World

URL = "/api/v1/orders/chain"


def test_a_dry_run_says_everything_and_saves_nothing(world: World) -> None:
    text = WISHES + "\n7. 跳号"
    response = caller(world, "zhihe").post(URL, {"text": text, "cell": ZHIHE, "dry_run": True})
    assert response.status_code == 200
    said = response.json()
    assert (said["id"], said["title"], said["kind"], said["dry_run"]) == (
        None,
        "微心愿",
        "WISH",
        True,
    )
    assert said["differences"] == {"new": [1, 2, 3], "changed": [], "same": [], "withdrawn": []}
    assert said["entries"][1]["phone"] == "138****1234"
    assert [each["why"] for each in said["not_understood"]] == ["number_inside"]
    assert not Chain.objects.exists() and not Order.objects.exists()


def test_saving_places_orders_once(world: World) -> None:
    program = caller(world, "zhihe")
    body = {"text": WISHES, "cell": ZHIHE}
    first = program.post(URL, body)
    assert first.status_code == 201
    assert len(first.json()["orders"]) == 3
    assert all(each["order"] for each in first.json()["entries"])
    again = program.post(URL, body).json()
    assert again["orders"] == [] and again["id"] == first.json()["id"]
    assert again["differences"]["same"] == [1, 2, 3]
    assert Order.objects.count() == 3


def test_a_withdrawn_entry_is_named_and_its_order_ended_on_request(world: World) -> None:
    saved = paste(world)
    shorter = "#接龙 微心愿\n1. 王芳 轮椅 13800001234\n2. 王芳 放大镜"
    program = caller(world, "zhihe")
    seen = program.post(URL, {"text": shorter, "cell": ZHIHE, "dry_run": True}).json()
    gone = seen["differences"]["withdrawn"]
    assert [(each["name"], each["order"]) for each in gone] == [("李明", saved.opened[0].number)]
    done = program.post(URL, {"text": shorter, "cell": ZHIHE, "withdraw": [gone[0]["id"]]}).json()
    assert done["withdrawn_orders"] == [saved.opened[0].number]


@pytest.mark.parametrize(
    "who, body, status",
    [
        ("neighbour", {"text": WISHES, "cell": ZHIHE}, 404),
        ("zhihe", {"text": WISHES, "cell": "nowhere"}, 404),
        ("volunteer", {"text": WISHES, "cell": ZHIHE}, 403),
        ("auditor", {"text": WISHES, "cell": ZHIHE}, 403),
        ("zhihe", {"text": "", "cell": ZHIHE}, 422),
        ("zhihe", {"text": "没有名单", "cell": ZHIHE, "dry_run": True}, 422),
        ("zhihe", {"cell": ZHIHE}, 422),
        ("zhihe", {"text": WISHES}, 422),
        ("zhihe", {"text": WISHES, "cell": ZHIHE, "kind": "X"}, 422),
        ("zhihe", {"text": WISHES, "cell": ZHIHE, "day": "soon"}, 422),
        ("zhihe", {"text": WISHES, "cell": ZHIHE, "day": "0001-01-01"}, 422),
        ("zhihe", {"text": WISHES, "cell": ZHIHE, "day": "9999-12-31"}, 422),
        ("zhihe", {"text": 5, "cell": ZHIHE}, 422),
    ],
)  # fmt: skip
def test_refusals_change_nothing(
    world: World, who: str, body: dict[str, object], status: int
) -> None:
    assert caller(world, who).post(URL, body).status_code == status
    assert not ChainEntry.objects.exists() and not Order.objects.exists()


def test_the_public_may_not_paste(world: World) -> None:
    assert anyone().post(URL, {"text": WISHES, "cell": ZHIHE}).status_code == 401


def test_odd_signs_do_not_break_it(world: World) -> None:
    text = "#接龙\n1. 李\x00明 \ud7ff\u200b灯坏了\n2. 王芳\u2005👨‍👩‍👧"
    response = caller(world, "zhihe").post(URL, {"text": text, "cell": ZHIHE, "kind": "NEED"})
    assert response.status_code == 201
    assert [each["name"] for each in response.json()["entries"]] == ["李明", "王芳"]


def test_the_name_of_a_source_system_with_signs_that_are_no_text_is_refused(world: World) -> None:
    answer = caller(world, "zhihe").get("/api/v1/orders/sources/12345%00/status")
    assert answer.status_code == 422

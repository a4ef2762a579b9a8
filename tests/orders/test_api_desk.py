"""The triage desk for programs."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from tests.api import anyone, caller
from tests.factories.world import PERSONAS, QILIPING, World

EASY = {"class": "EASY", "reason": "社区可办", "way": "offer", "slots": 2}


def decide(world: World, name: str, number: str, body: Any = None) -> Any:
    return caller(world, name).post(
        f"/api/v1/orders/{number}/decide", EASY if body is None else body
    )


def test_the_queue_has_what_waits_at_my_desk(world: World) -> None:
    order = world.order()
    world.order(cell=QILIPING)
    services.visit_order(order, actor=world.actor("area"))
    found = caller(world, "zhihe").get("/api/v1/orders/desk").json()
    assert [item["number"] for item in found["items"]] == [order.number]
    assert found["items"][0]["looker"]["name"] == "area甲"
    assert (found["items"][0]["light"], found["count"], found["next"]) == ("green", 1, None)
    below = caller(world, "township").get("/api/v1/orders/desk?tab=below").json()
    assert below["count"] == 2
    assert caller(world, "township").get("/api/v1/orders/desk").json()["count"] == 0


@pytest.mark.parametrize(
    ("name", "status"), [("worker", 403), ("dept", 403), ("volunteer", 403), ("auditor", 403)]
)
def test_whoever_decides_nowhere_has_no_queue(world: World, name: str, status: int) -> None:
    assert caller(world, name).get("/api/v1/orders/desk").status_code == status
    assert anyone().get("/api/v1/orders/desk").status_code == 401


def test_an_unknown_tab_is_refused(world: World) -> None:
    assert caller(world, "zhihe").get("/api/v1/orders/desk?tab=mine").status_code == 422


def test_one_call_decides_and_another_takes_it_back(world: World) -> None:
    order = world.order()
    answer = decide(world, "zhihe", order.number)
    assert (answer.status_code, answer.json()["state"]) == (200, "OFFERED")
    back = caller(world, "zhihe").post(f"/api/v1/orders/{order.number}/undo")
    assert (back.status_code, back.json()["state"]) == (200, "SUBMITTED")
    again = caller(world, "zhihe").post(f"/api/v1/orders/{order.number}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "undo_none")


@pytest.mark.parametrize("name", PERSONAS)
def test_refusals_come_in_the_usual_order(world: World, name: str) -> None:
    order = world.order()
    may = {"district", "township", "zhihe", "area"}
    sees = {*may, "building", "unit", "worker"}
    wanted = 200 if name in may else 403 if name in sees else 404
    assert decide(world, name, order.number).status_code == wanted
    if wanted == 200:
        late = decide(world, name, order.number, {"class": 7})
        assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("body", "code", "part"),
    [
        ({}, "unknown_class", "triage"),
        ({**EASY, "slots": 900}, "slots_range", "offer"),
        ({**EASY, "way": "dispatch"}, "one_target", "dispatch"),
        ({**EASY, "way": "guide"}, "way_wrong", None),
        ({**EASY, "category": "ZZZ"}, "category_unknown", None),
        ({**EASY, "way": "dispatch", "to": {"org": "nobody"}}, "unknown_target", None),
    ],
)
def test_a_wrong_body_says_which_part_refused_and_changes_nothing(
    world: World, body: dict[str, Any], code: str, part: str | None
) -> None:
    order = world.order()
    answer = decide(world, "zhihe", order.number, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json().get("part") == part
    assert Order.objects.get(pk=order.pk).state == State.SUBMITTED


def test_a_decision_sent_again_under_its_key_is_made_once(world: World) -> None:
    order = world.order()
    client = caller(world, "zhihe")
    key = {"Idempotency-Key": "desk-1"}
    answers = [client.post(f"/api/v1/orders/{order.number}/decide", EASY, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert order.decisions.count() == 1

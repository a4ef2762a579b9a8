"""The same by program: bodies, answers, and refusals in their order."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from gridpact.orders.schemas import acts as act_schemas
from gridpact.orders.schemas import base as schemas
from gridpact.orders.services import Part
from tests.api import Caller, caller
from tests.factories.world import World
from tests.orders.test_api import fits
from tests.orders.test_moves import bring
from tests.orders.test_whistle import department

URL = "/api/v1/orders"


def move(who: Caller, order: Order, verb: str, body: Any = None) -> Any:
    return who.post(f"{URL}/{order.number}/{verb}", body)


def test_a_hard_matter_goes_up_is_whistled_answered_and_rated(world: World) -> None:
    department(world, "water", "水务局")
    order = bring(world, State.TRIAGED, "HARD")
    zhihe, upper = caller(world, "zhihe"), caller(world, "township")
    up = move(zhihe, order, "escalate", {"reason": "多部门"})
    assert (up.status_code, up.json()["state"]) == (200, "ESCALATED")
    assert move(zhihe, order, "send_down", {"reason": "x"}).status_code == 403
    body = {"lead": "chengguan", "assist": ["water"], "days": 5, "note": "现场会商"}
    called = move(upper, order, "whistle", body)
    fits(schemas.OrderOut, called.json())
    assert [call["org"] for call in called.json()["assists"]] == ["城市管理局", "水务局"]
    again = move(upper, order, "whistle", body)
    assert (again.status_code, again.json()["code"]) == (409, "called_already")
    water = caller(world, "water")
    assert "report_in" in water.get(f"{URL}/{order.number}").json()["actions"]
    assert move(water, order, "report_in").status_code == 200
    assert move(water, order, "report_back", {"text": ""}).status_code == 422
    back = move(water, order, "report_back", {"text": "已接通"}).json()
    [call] = [each for each in back["assists"] if each["org"] == "水务局"]
    star = move(upper, order, "rate_assist", {"assist": call["id"], "stars": 5})
    assert star.json()["assists"][1]["stars"] == 5


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("escalate", {}, 422, "missing"),
        ("whistle", {"lead": "nobody"}, 403, "forbidden"),
        ("supervise", {"card": "PINK", "reason": "x"}, 422, "unknown_card"),
        ("merge", {"into": "LG20990101000001", "reason": "x"}, 422, "target_unknown"),
        ("guide", {"guide": 2**50}, 409, "only_private"),
        ("contact", {"way": "PIGEON"}, 422, "unknown_way"),
        ("report_in", {}, 403, "forbidden"),
    ],
)
def test_a_refused_act_says_why_and_changes_nothing(
    world: World, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    order = bring(world, State.TRIAGED, "PUBLIC")
    lines = order.log.count()
    answer = move(caller(world, "zhihe"), order, verb, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert order.log.count() == lines


@pytest.mark.parametrize(
    "verb",
    ["escalate", "whistle", "merge", "urge", "supervise", "contact", "report_in", "children"],
)
def test_out_of_sight_is_404_whatever_is_asked(world: World, verb: str) -> None:
    order = bring(world, State.TRIAGED, "HARD")
    body: Any = [{"text": "x"}] if verb == "children" else {"reason": "x"}
    assert move(caller(world, "neighbour"), order, verb, body).status_code == 404


def test_children_are_made_from_a_list_and_named_by_both(world: World) -> None:
    order = bring(world, State.TRIAGED)
    zhihe = caller(world, "zhihe")
    made = move(zhihe, order, "children", [{"title": "修灯", "text": "换灯泡"}, {"text": "换线"}])
    assert made.status_code == 201
    fits(act_schemas.ChildrenOut, made.json())
    numbers = [child["number"] for child in made.json()["children"]]
    parent = zhihe.get(f"{URL}/{order.number}").json()
    assert [child["number"] for child in parent["children"]] == numbers
    child = zhihe.get(f"{URL}/{numbers[0]}").json()
    assert (child["parent"]["number"], child["state"]) == (order.number, "ACCEPTED")
    assert child["reporter"] == {"name": "", "phone": "", "anonymous": False}
    assert move(caller(world, "worker"), order, "children", [{"text": "x"}]).status_code == 403
    assert move(zhihe, order, "children", []).status_code == 422
    assert move(zhihe, order, "children", {"text": "x"}).status_code == 422


def test_why_lists_every_decision_with_what_it_was_before(world: World) -> None:
    order = bring(world, State.TRIAGED)
    services.triage_order(order, actor=world.actor("zhihe"), klass="HARD", reason="牵涉多家")
    why = caller(world, "zhihe").get(f"{URL}/{order.number}/why").json()
    fits(schemas.WhyOut, why)
    decisions = why["triage"]["decisions"]
    assert [(each["before"], each["class"]) for each in decisions] == [
        (None, "EASY"), ("EASY", "HARD"),
    ]  # fmt: skip
    assert why["triage"]["reason"] == "牵涉多家"


def test_a_card_and_a_contact_are_in_the_order(world: World) -> None:
    order = bring(world, State.HANDLING)
    zhihe = caller(world, "zhihe")
    body = {"card": "yellow", "reason": "超期", "instruction": "三天内到场", "days": 3}
    carded = move(zhihe, order, "supervise", body).json()
    assert (carded["card"]["card"], carded["card"]["instruction"]) == ("YELLOW", "三天内到场")
    met = move(caller(world, "worker"), order, "contact", {"way": "visit", "note": "已见面"})
    assert met.json()["contacts"][0]["reached"] is True
    assert met.json()["contacted_at"] is not None
    lifted = move(zhihe, order, "unsupervise", {"reason": "已推进"}).json()
    assert lifted["card"] is None


def test_the_parts_of_an_order_are_made_once_under_one_key(world: World) -> None:
    order = bring(world, State.TRIAGED)
    services.split_order(order, actor=world.actor("zhihe"), parts=[Part("甲", "甲")])
    zhihe = caller(world, "zhihe")
    given = {"Idempotency-Key": "split-one"}
    first = zhihe.post(f"{URL}/{order.number}/children", [{"text": "乙"}], **given)
    second = zhihe.post(f"{URL}/{order.number}/children", [{"text": "乙"}], **given)
    assert first.json() == second.json()
    assert Order.objects.filter(parent=order).count() == 2

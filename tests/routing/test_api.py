"""Routing rules for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gridpact.accounts.services import issue_token
from gridpact.core.access import system
from gridpact.routing.models import RuleSet
from tests.api import caller
from tests.factories.rules import in_force, lamp
from tests.factories.world import World

BASE = "/api/v1/routing"
RULE = {
    "name": "路灯报镇", "stage": "INTAKE", "conditions": {"any_words": ["灯"]},
    "target": {"desk": "TOWNSHIP"},
}  # fmt: skip


def put(world: World, body: Any, who: str = "district") -> Any:
    token = issue_token(world.users[who], actor=system("tests")).secret
    headers = {"Authorization": f"Bearer {token}"}
    return Client().put(f"{BASE}/draft", body, content_type="application/json", headers=headers)


def test_rules_are_written_tried_published_and_read(world: World) -> None:
    order = world.order()
    draft = put(world, {"rules": [RULE]}).json()
    assert draft["version"] is None and len(draft["rules"]) == 1
    desk = caller(world, "district")
    tried = desk.get(f"{BASE}/draft/dry-run?last=10").json()
    assert [each["number"] for each in tried["moved"]] == [order.number]
    assert tried["moved"][0]["after"]["place"] == "临桂镇"
    body = {"revision": draft["revision"], "note": "试"}
    assert desk.post(f"{BASE}/draft/publish", body).json()["in_force"] is True
    live = desk.get(f"{BASE}/rules").json()
    assert live["findings"] == []
    assert live["rules"]["rules"] == draft["rules"]
    fresh = world.order()
    why = caller(world, "zhihe").get(f"/api/v1/orders/{fresh.number}/why").json()
    assert why["routing"]["desk"]["code"] == "450312100"
    assert why["routing"]["rules"][0]["matched"] == {"any_words": "灯"}


def test_what_is_read_can_be_sent_back_unchanged(world: World) -> None:
    in_force(world, lamp())
    desk = caller(world, "district")
    before = desk.post(f"{BASE}/draft").json()["rules"]
    assert put(world, {"rules": before}).json()["rules"] == before


def test_why_without_a_rule_says_none(world: World) -> None:
    order = world.order()
    why = caller(world, "zhihe").get(f"/api/v1/orders/{order.number}/why").json()
    assert why["routing"]["rules"] == []


def test_why_of_an_order_out_of_sight_is_not_found(world: World) -> None:
    order = world.order()
    assert caller(world, "neighbour").get(f"/api/v1/orders/{order.number}/why").status_code == 404


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({**RULE, "conditions": {"pattern": "(((a{30}){30}){30})"}}, "pattern"),
        ({**RULE, "conditions": {}}, "body"),
        ({**RULE, "conditions": {"kinds": 1}}, "kinds"),
        ({**RULE, "target": {"desk": 1}}, "desk"),
        ({**RULE, "name": ""}, "name"),
    ],
)
def test_a_wrong_rule_is_refused_and_nothing_is_kept(
    world: World, rule: dict[str, Any], field: str
) -> None:
    answer = put(world, {"rules": [RULE, rule]})
    assert answer.status_code == 422
    fields = [each["field"] for each in answer.json()["errors"]]
    assert fields in ([], [field])
    assert not RuleSet.objects.exists()


def test_publishing_again_with_an_old_revision_is_a_conflict(world: World) -> None:
    draft = put(world, {"rules": [RULE]}).json()
    put(world, {"rules": []})
    body = {"revision": draft["revision"]}
    answer = caller(world, "district").post(f"{BASE}/draft/publish", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_changed")


def test_versions_are_listed_and_restored(world: World) -> None:
    first = in_force(world, lamp())
    in_force(world, lamp(key=True))
    desk = caller(world, "district")
    assert [row["in_force"] for row in desk.get(f"{BASE}/versions").json()] == [True, False]
    one = desk.get(f"{BASE}/versions/{first.number}").json()
    assert one["rules"][0]["target"] == {"desk": "TOWNSHIP"}
    back = desk.post(f"{BASE}/versions/{first.number}/restore").json()
    assert back["in_force"] is True and back["rules"] == one["rules"]
    assert desk.get(f"{BASE}/versions/999").status_code == 404


def test_the_draft_is_thrown_away(world: World) -> None:
    put(world, {"rules": [RULE]})
    desk = caller(world, "district")
    assert desk.delete(f"{BASE}/draft").status_code == 204
    assert desk.get(f"{BASE}/draft").status_code == 404
    assert desk.delete(f"{BASE}/draft").status_code == 409


@pytest.mark.parametrize("who", ["township", "zhihe", "neighbour", "dept"])
def test_others_are_refused(world: World, who: str) -> None:
    in_force(world, lamp())
    assert put(world, {"rules": []}, who).status_code == 403
    other = caller(world, who)
    for path in ("rules", "draft", "draft/dry-run", "versions", "versions/1"):
        assert other.get(f"{BASE}/{path}").status_code == 403
    assert other.post(f"{BASE}/draft/publish", {"revision": 1}).status_code == 403
    assert other.post(f"{BASE}/versions/1/restore").status_code == 403


def test_a_wrong_number_of_orders_is_refused(world: World) -> None:
    put(world, {"rules": [RULE]})
    assert caller(world, "district").get(f"{BASE}/draft/dry-run?last=2001").status_code == 422

"""The log by API: for the audit administrator only, filtered and paged."""

from __future__ import annotations

import pytest

from gridpact.audit.api import AuditOut
from tests.api import anyone, caller
from tests.factories.world import PERSONAS, World

URL = "/api/v1/audit"


@pytest.mark.parametrize("name", [name for name in PERSONAS if name != "auditor"])
def test_only_the_audit_administrator_reads_the_log(world: World, name: str) -> None:
    assert caller(world, name).get(URL).status_code == 403


def test_the_public_does_not_read_the_log(world: World) -> None:
    assert anyone().get(URL).status_code == 401


def test_the_log_is_read_newest_first_page_by_page(world: World) -> None:
    numbers = [world.order(f"事项 {n}").number for n in range(3)]
    auditor = caller(world, "auditor")
    first = auditor.get(f"{URL}?action=orders.submit&limit=2").json()
    second = auditor.get(f"{URL}?action=orders.submit&limit=2&cursor={first['next']}").json()
    rows = [*first["items"], *second["items"]]
    assert [row["subject"] for row in rows] == numbers[::-1]
    assert second["next"] is None
    for row in rows:
        AuditOut.model_validate(row)


def test_the_log_is_filtered_by_subject_actor_and_time(world: World) -> None:
    order, other = world.order("一"), world.order("二")
    auditor = caller(world, "auditor")
    at = auditor.get(f"{URL}?subject={other.number}").json()["items"]
    assert [row["subject"] for row in at] == [other.number]
    assert auditor.get(f"{URL}?actor=nobody").json()["items"] == []
    until = order.created_at.isoformat().replace("+", "%2B")
    later = auditor.get(f"{URL}?action=orders.submit&since={until}").json()["items"]
    earlier = auditor.get(f"{URL}?action=orders.submit&until={until}").json()["items"]
    assert (len(later), len(earlier)) == (2, 0)


@pytest.mark.parametrize(
    "query", ["since=once", "cursor=x", "action=%00", "until=0001-01-01T00:00:00"]
)
def test_a_filter_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert caller(world, "auditor").get(f"{URL}?{query}").status_code == 422

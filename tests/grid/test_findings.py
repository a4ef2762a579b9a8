"""Findings of posts: each kind is found where it is, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.grid.findings import LABELS, Finding, findings
from gridpact.grid.models import Absence, Appointment, Cell, PostKind
from tests.api import caller
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World

SECOND = ZHIHE + "002"


def found(world: World, kind: str, code: str = ZHIHE) -> list[Finding]:
    return findings(world.cells[code])[kind]


def _give(world: World, name: str, kind: str, code: str, ends: date | None = None) -> Appointment:
    return Appointment.objects.create(
        user=world.users[name], kind=PostKind.objects.get(code=kind), cell=world.cells[code],
        starts=clock.today(), ends=ends,
    )  # fmt: skip


def test_a_vacancy_appears_when_a_term_is_over_and_goes_with_a_deputy(world: World) -> None:
    assert [each.cell_code for each in found(world, "vacancies")] == [SECOND]
    post = world.post("area")
    post.ends = clock.today() - timedelta(days=1)
    post.save()
    assert [each.cell_code for each in found(world, "vacancies")] == [GRID, SECOND]
    deputy = _give(world, "dept", "area_head", GRID)
    deputy.acting_for = post
    deputy.save()
    assert [each.cell_code for each in found(world, "vacancies")] == [SECOND]


def test_a_closed_account_holds_no_post(world: World) -> None:
    world.users["building"].is_active = False
    world.users["building"].save()
    assert MICRO in [each.cell_code for each in found(world, "vacancies")]


def test_a_term_that_ends_within_thirty_days_is_found_unless_somebody_follows(world: World) -> None:
    post, day = world.post("worker"), clock.today() + timedelta(days=30)
    post.ends = day
    post.save()
    assert [(each.who, each.day) for each in found(world, "expiring")] == [("worker甲", day)]
    later = _give(world, "dept", "grid_worker", GRID)
    later.starts = day + timedelta(days=1)
    later.save()
    assert found(world, "expiring") == []
    later.delete()
    post.ends = day + timedelta(days=1)
    post.save()
    assert found(world, "expiring") == []


def test_doors_beyond_the_limit_of_the_kind_are_found_and_shared_doors_are_halved(
    world: World,
) -> None:
    Cell.objects.filter(code=MICRO).update(doors=301)
    (line,) = found(world, "overloaded")
    assert (line.who, line.number, line.limit) == ("building甲", 301, 300)
    _give(world, "dept", "building_leader", MICRO)
    assert found(world, "overloaded") == []
    PostKind.objects.filter(code="building_leader").update(door_limit=100)
    assert {line.who for line in found(world, "overloaded")} == {"building甲", "dept甲"}


def test_two_heads_are_found_and_a_deputy_beside_the_head_is_none(world: World) -> None:
    second = _give(world, "dept", "area_head", GRID)
    assert [each.cell_code for each in found(world, "two_heads")] == [GRID]
    second.acting_for = world.post("area")
    second.save()
    assert found(world, "two_heads") == []


def test_a_head_who_is_away_needs_a_deputy(world: World) -> None:
    today, post = clock.today(), world.post("area")
    Absence.objects.create(post=post, first_day=today, last_day=today + timedelta(days=3))
    (line,) = found(world, "no_deputy")
    assert line.fix == f"/cells/{GRID}/appoint?acting_for={post.pk}"
    deputy = _give(world, "dept", "area_head", GRID, today)
    deputy.acting_for = post
    deputy.save()
    assert found(world, "no_deputy") == []
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert len(found(world, "no_deputy")) == 1


def test_one_person_with_two_administrators_posts_is_found(world: World) -> None:
    _give(world, "sysadmin", "grid_worker", GRID)
    assert found(world, "admin_posts", "450312") == []
    _give(world, "sysadmin", "audit_admin", "450312")
    assert [each.who for each in found(world, "admin_posts", "450312")] == ["sysadmin甲"]


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    counts = []
    for code in (SECOND, "450312"):
        with CaptureQueriesContext(connection) as queries:
            findings(world.cells[code])
        counts.append(len(queries))
    assert counts == [4, 4]


def test_the_api_lists_the_findings_of_the_own_ground_only(world: World) -> None:
    answer = caller(world, "zhihe").get(f"/api/v1/cells/{ZHIHE}/gaps")
    body = answer.json()
    assert set(LABELS) <= set(body)
    assert [each["cell"]["code"] for each in body["vacancies"]] == [SECOND]
    assert body["vacancies"][0]["href"] == f"/cells/{SECOND}/appoint"
    assert caller(world, "zhihe").get(f"/api/v1/cells/{QILIPING}/gaps").status_code == 404
    assert caller(world, "neighbour").get(f"/api/v1/cells/{ZHIHE}/gaps").status_code == 404


@pytest.mark.parametrize(("name", "fixes"), [("zhihe", True), ("orgdept", False)])
def test_the_page_leads_to_the_fix_for_those_who_may(world: World, name: str, fixes: bool) -> None:
    client = Client()
    client.force_login(world.users[name], "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/cells/{ZHIHE}/gaps").content.decode()
    assert (f'href="/cells/{SECOND}/appoint"' in page) is fixes
    assert "第二网格" in page

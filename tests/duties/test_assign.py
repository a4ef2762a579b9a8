"""Filling the matrix by hand, by kinds of posts and from a table; who may, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, WorkItem
from gridpact.duties.services import assign, fill_matrix, load_matrix, unassign
from gridpact.grid.models import Appointment, PostKind
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World


def item(code: str = "patrol") -> WorkItem:
    return WorkItem.objects.get(code=code)


def standing() -> list[tuple[str, str, str, str]]:
    rows = Assignment.objects.filter(valid_until=None).values_list(
        "cell__code", "item__code", "role", "post__user__username"
    )
    return sorted(rows)


def test_a_head_assigns_a_post_of_the_cell(world: World) -> None:
    row = assign(
        item(), world.cells[GRID], Role.LEAD, world.post("worker"), actor=world.actor("zhihe")
    )
    assert (row.valid_from, row.valid_until) == (clock.today(), None)
    assert standing() == [(GRID, "patrol", "LEAD", "worker")]


def test_a_new_lead_ends_the_old_one_the_day_before(world: World) -> None:
    actor, cell = world.actor("zhihe"), world.cells[GRID]
    old = assign(item(), cell, Role.LEAD, world.post("worker"), actor=actor)
    Assignment.objects.filter(pk=old.pk).update(valid_from=clock.today() - timedelta(days=9))
    assign(item(), cell, Role.LEAD, world.post("area"), actor=actor)
    old.refresh_from_db()
    assert old.valid_until == clock.today() - timedelta(days=1)
    assert standing() == [(GRID, "patrol", "LEAD", "area")]
    assert Assignment.objects.on().filter(role=Role.LEAD).count() == 1


def test_an_assignment_that_began_today_leaves_no_row_when_it_is_taken_back(world: World) -> None:
    actor = world.actor("zhihe")
    row = assign(item(), world.cells[GRID], Role.ASSIST, world.post("area"), actor=actor)
    unassign(row, actor=actor)
    assert not Assignment.objects.exists()
    with pytest.raises(Refused) as refusal:
        unassign(row, actor=actor)
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("who", ["neighbour", "worker", "area", "dept", "orgdept", "resident"])
def test_assigning_is_refused_to_others_and_changes_nothing(world: World, who: str) -> None:
    with pytest.raises(Refused) as refusal:
        assign(item(), world.cells[GRID], Role.LEAD, world.post("worker"), actor=world.actor(who))
    assert refusal.value.code == "forbidden"
    assert standing() == []


def test_a_post_of_another_ground_a_wrong_level_and_an_ended_term_are_refused(
    world: World,
) -> None:
    actor, cell = world.actor("township"), world.cells[GRID]
    ended = world.post("area")
    Appointment.objects.filter(pk=ended.pk).update(ends=clock.today() - timedelta(days=1))
    ended.refresh_from_db()
    cases = [
        (cell, world.post("neighbour"), "post_elsewhere"),
        (world.cells[MICRO], world.post("building"), "item_not_here"),
        (cell, ended, "post_not_in_term"),
    ]
    for where, post, code in cases:
        with pytest.raises(Refused) as refusal:
            assign(item(), where, Role.LEAD, post, actor=actor)
        assert refusal.value.code == code
    assert standing() == []


def test_the_same_post_twice_in_one_role_is_refused(world: World) -> None:
    actor, cell = world.actor("zhihe"), world.cells[GRID]
    assign(item(), cell, Role.LEAD, world.post("worker"), actor=actor)
    with pytest.raises(Refused) as refusal:
        assign(item(), cell, Role.LEAD, world.post("worker"), actor=actor)
    assert refusal.value.code == "already_assigned"
    assert standing() == [(GRID, "patrol", "LEAD", "worker")]


def test_filling_takes_the_default_posts_nearest_to_each_cell(world: World) -> None:
    made = fill_matrix(world.cells[ZHIHE], level="GRID", items=[item()], actor=world.actor("zhihe"))
    assert made == 4  # no worker and no area head in the second grid
    assert standing() == [
        (GRID, "patrol", "ASSIST", "area"),
        (GRID, "patrol", "LEAD", "worker"),
        (GRID, "patrol", "SUPERVISE", "zhihe"),
        (f"{ZHIHE}002", "patrol", "SUPERVISE", "zhihe"),
    ]
    again = fill_matrix(
        world.cells[ZHIHE], level="GRID", items=[item()], actor=world.actor("zhihe")
    )
    assert again == 0


def test_filling_keeps_what_is_taken_unless_told_to_replace(world: World) -> None:
    actor, cell = world.actor("zhihe"), world.cells[GRID]
    assign(item(), cell, Role.LEAD, world.post("area"), actor=actor)
    kinds = {Role.LEAD.value: ["grid_worker"]}
    assert fill_matrix(cell, level="GRID", items=[item()], kinds=kinds, actor=actor) == 0
    made = fill_matrix(cell, level="GRID", items=[item()], kinds=kinds, actor=actor, replace=True)
    assert made == 1
    assert standing() == [(GRID, "patrol", "LEAD", "worker")]


def test_filling_prefers_the_holder_to_the_deputy(world: World) -> None:
    chief = world.post("worker")
    Appointment.objects.create(
        user=world.users["building"], kind=PostKind.objects.get(code="grid_worker"),
        cell=world.cells[GRID], starts=clock.today() - timedelta(days=90), acting_for=chief,
    )  # fmt: skip
    fill_matrix(world.cells[GRID], level="GRID", items=[item()], actor=world.actor("zhihe"))
    assert (GRID, "patrol", "LEAD", "worker") in standing()


def test_filling_another_community_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        fill_matrix(world.cells[QILIPING], level="GRID", items=[item()], actor=world.actor("zhihe"))
    assert refusal.value.code == "forbidden"
    assert standing() == []


def row(**given: str) -> dict[str, str]:
    return {"cell": GRID, "item": "patrol", "lead": "", "assist": "", "supervise": "", **given}


def test_a_table_sets_roles_and_the_same_table_again_changes_nothing(world: World) -> None:
    table = [(2, row(lead="worker", assist="area", supervise="zhihe"))]
    report = load_matrix(table, actor=world.actor("zhihe"))
    assert (report.accepted, report.unchanged, report.saved) == (1, 0, True)
    again = load_matrix(table, actor=world.actor("zhihe"))
    assert (again.accepted, again.unchanged) == (0, 1)
    cleared = load_matrix([(2, row(assist="-"))], actor=world.actor("zhihe"))
    assert cleared.accepted == 1
    assert [each[2] for each in standing()] == ["LEAD", "SUPERVISE"]


def test_one_wrong_row_of_a_table_and_nothing_is_saved(world: World) -> None:
    table = [
        (2, row(lead="worker")),
        (3, row(item="nothing", lead="worker")),
        (4, row(cell=f"{QILIPING}001", lead="neighbour")),
        (5, row(lead="area")),
        (6, row(item="publicity", lead="neighbour")),
        (7, row(item="data", lead="worker、area")),
    ]
    report = load_matrix(table, actor=world.actor("zhihe"))
    assert [number for number, _why in report.rejected] == [3, 4, 5, 6, 7]
    assert not report.saved
    assert standing() == []


def test_a_dry_run_saves_nothing(world: World) -> None:
    report = load_matrix([(2, row(lead="worker"))], actor=world.actor("zhihe"), dry_run=True)
    assert (report.accepted, report.saved) == (1, False)
    assert standing() == []

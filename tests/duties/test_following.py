"""Roles and tasks follow splits and mergers of their cells, and come back with them."""

from __future__ import annotations

from datetime import timedelta

from gridpact.core import clock
from gridpact.duties.models import Assignment, Task, WorkItem
from gridpact.grid.models import Appointment
from gridpact.grid.services.redraw import undo_redraw
from gridpact.grid.tree import tree
from tests.factories.world import GRID, World
from tests.grid.redraws import FOURTH, LINE, SECOND, THIRD, WITH_SECOND, cell, make


def role(world: World, who: str, code: str = GRID, kind: str = "LEAD", item: int = 0) -> Assignment:
    return Assignment.objects.create(
        item=WorkItem.objects.all()[item], cell=cell(code), role=kind, post=world.post(who),
        valid_from=clock.today() - timedelta(days=9),
    )  # fmt: skip


def task(world: World, who: str) -> Task:
    post = world.post(who)
    return Task.objects.create(
        title="巡查", item=WorkItem.objects.first(), period="2026-M11", post=post, user=post.user,
        due_on=clock.today(), made_at=clock.now(), **tree().by_code[post.cell.code].scope,
    )  # fmt: skip


def standing(code: str) -> list[tuple[str, str]]:
    rows = Assignment.objects.on().filter(cell__code=code).select_related("post__user")
    return sorted((row.role, row.post.user.username) for row in rows)


def test_in_a_split_own_posts_go_on_first_and_posts_from_above_everywhere(world: World) -> None:
    role(world, "area")
    role(world, "zhihe", kind="SUPERVISE")
    mine = task(world, "area")
    make(world, "SPLIT", GRID, line=LINE)
    assert standing(THIRD) == [("LEAD", "area"), ("SUPERVISE", "zhihe")]
    assert standing(FOURTH) == [("SUPERVISE", "zhihe")]
    assert standing(GRID) == []
    mine.refresh_from_db()
    assert mine.post is not None
    assert (mine.post.cell.code, mine.user) == (THIRD, world.users["area"])


def test_a_merger_keeps_the_lead_of_the_cell_that_stays(world: World) -> None:
    kind = world.post("area").kind
    other = Appointment.objects.create(
        user=world.users["unit"], kind=kind, cell=cell(SECOND), starts=clock.today()
    )
    role(world, "area")
    lead = role(world, "zhihe", SECOND)
    Assignment.objects.filter(pk=lead.pk).update(post=other)
    make(world, "MERGE", GRID, **WITH_SECOND)
    assert standing(GRID) == [("LEAD", "area")]
    assert standing(SECOND) == []


def test_two_cells_with_the_same_task_may_join(world: World) -> None:
    one = task(world, "area")
    two = Task.objects.create(
        title="巡查", item=one.item, period=one.period, cell=cell(SECOND), due_on=one.due_on,
        made_at=clock.now(), grid_id=cell(SECOND).pk,
    )  # fmt: skip
    make(world, "MERGE", GRID, **WITH_SECOND)
    two.refresh_from_db()
    assert two.cell.code == SECOND


def test_taken_back_roles_and_tasks_stand_as_before(world: World) -> None:
    role(world, "area")
    role(world, "worker", kind="ASSIST", item=1)
    task(world, "area")
    before = picture()
    redraw = make(world, "SPLIT", GRID, line=LINE)
    assert picture() != before
    undo_redraw(redraw, actor=world.actor("township"))
    assert picture() == before


def picture() -> tuple[object, ...]:
    return (
        list(Assignment.objects.order_by("pk").values()),
        list(Task.objects.order_by("pk").values()),
    )

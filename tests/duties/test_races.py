"""Two at once: rounds make each task once, and only one of two ends counts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

from django.db import connection

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, Task, WorkItem
from gridpact.duties.services import assign, climb_overdue, finish_task, generate_tasks, open_task
from tests.factories.world import GRID, World

TUESDAY = date(2026, 11, 24)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answers, or the code of its refusal, when all start together."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=20)
            return call()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_workers_make_each_task_once(real_world: World) -> None:
    item = WorkItem.objects.get(code="patrol")
    cell, post = real_world.cells[GRID], real_world.post("worker")
    assign(item, cell, Role.LEAD, post, actor=real_world.actor("zhihe"))
    Assignment.objects.update(valid_from=date(2026, 1, 1))
    at_once(*[lambda: generate_tasks(TUESDAY, actor=system("clock"))] * 3)
    assert Task.objects.filter(item=item, cell=cell).count() == 1


def test_an_overdue_task_climbs_once_for_two_workers(real_world: World) -> None:
    cell, post = real_world.cells[GRID], real_world.post("worker")
    task = open_task("清点", cell, post, clock.today(), actor=real_world.actor("zhihe"))
    Task.objects.filter(pk=task.pk).update(due_on=date(2026, 1, 5))
    made = at_once(*[lambda: climb_overdue(clock.today(), actor=system("clock"))] * 3)
    assert sorted(made) == [0, 0, 1]
    assert Task.objects.count() == 2


def test_one_of_two_ends_counts(real_world: World) -> None:
    cell, post = real_world.cells[GRID], real_world.post("worker")
    task = open_task("清点", cell, post, clock.today(), actor=real_world.actor("zhihe"))
    actor = real_world.actor("worker")
    said = at_once(
        lambda: finish_task(task, actor=actor, note="甲").note,
        lambda: finish_task(task, actor=actor, note="乙").note,
    )
    assert "task_ended" in said
    task.refresh_from_db()
    assert task.note in {"甲", "乙"}


def test_one_of_two_new_leads_stands(real_world: World) -> None:
    item = WorkItem.objects.get(code="patrol")
    cell, actor = real_world.cells[GRID], real_world.actor("zhihe")
    posts = [real_world.post("worker"), real_world.post("area")]
    at_once(*[lambda post=post: assign(item, cell, Role.LEAD, post, actor=actor) for post in posts])  # type: ignore[misc]
    assert Assignment.objects.on().filter(role=Role.LEAD).count() == 1


def test_rounds_without_anything_to_do_are_quiet(world: World) -> None:
    assert generate_tasks(TUESDAY, actor=system("clock")) == 0
    assert climb_overdue(TUESDAY, actor=system("clock")) == 0
    assert not AuditRow.objects.filter(action__startswith="duties.").exists()

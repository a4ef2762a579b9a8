"""The clock's rounds: tasks by cadence, deputies, climbing, hand-over; nothing happens twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.duties.choices import Role, TaskState
from gridpact.duties.models import Assignment, Task, WorkItem
from gridpact.duties.services import (
    assign,
    climb_overdue,
    fill_matrix,
    generate_tasks,
    hand_over,
    open_task,
)
from gridpact.grid.models import Absence, Appointment, PostKind
from gridpact.grid.services import end_term
from gridpact.notify.models import Notification
from gridpact.notify.services import deliver_batch
from tests.factories.world import GRID, ZHIHE, World

CLOCK = system("clock")


@pytest.fixture
def led(world: World) -> World:
    """致和's first grid, patrolled by its worker."""
    item = WorkItem.objects.get(code="patrol")
    actor = world.actor("zhihe")
    row = assign(item, world.cells[GRID], Role.LEAD, world.post("worker"), actor=actor)
    Assignment.objects.filter(pk=row.pk).update(valid_from=clock.today() - timedelta(days=30))
    return world


def working_day() -> date:
    """A Tuesday on which the calendar works: today may be a day off."""
    day = clock.today()
    while day.weekday() != 1:
        day -= timedelta(days=1)
    return day


def test_a_task_is_made_once_a_cell_and_period_for_the_holder(led: World) -> None:
    day = working_day()
    assert generate_tasks(day, actor=CLOCK) == 1
    assert generate_tasks(day, actor=CLOCK) == 0
    task = Task.objects.get()
    assert (task.user.username, task.due_on, task.period) == ("worker", day, day.isoformat())  # type: ignore[union-attr]
    assert (task.cell.code, task.community_id) == (GRID, led.cells[ZHIHE].pk)


def test_a_daily_item_rests_on_a_day_off(led: World) -> None:
    assert generate_tasks(date(2026, 10, 1), actor=CLOCK) == 0
    assert not Task.objects.exists()


def test_a_deputy_gets_the_task_while_acting(led: World) -> None:
    chief = led.post("worker")
    Appointment.objects.create(
        user=led.users["building"], kind=chief.kind, cell=chief.cell, acting_for=chief,
        starts=clock.today() - timedelta(days=10), ends=clock.today(),
    )  # fmt: skip
    generate_tasks(working_day(), actor=CLOCK)
    assert Task.objects.get().user == led.users["building"]


def test_the_successor_gets_the_task_after_the_term_and_the_head_above_where_nobody_is(
    led: World,
) -> None:
    day = working_day()
    Appointment.objects.filter(pk=led.post("worker").pk).update(ends=day - timedelta(days=1))
    generate_tasks(day, actor=CLOCK)
    assert Task.objects.get().user == led.users["zhihe"]
    Task.objects.all().delete()
    Appointment.objects.create(
        user=led.users["unit"], kind=PostKind.objects.get(code="grid_worker"),
        cell=led.cells[GRID], starts=day,
    )  # fmt: skip
    generate_tasks(day, actor=CLOCK)
    assert Task.objects.get().user == led.users["unit"]


def test_an_item_whose_cadence_is_gone_makes_no_tasks(led: World) -> None:
    WorkItem.objects.filter(code="patrol").update(cadence="NONE")
    assert generate_tasks(working_day(), actor=CLOCK) == 0


def test_an_overdue_task_climbs_once_a_level_and_ends_as_missed_at_the_top(led: World) -> None:
    day = working_day()
    generate_tasks(day, actor=CLOCK)
    assert climb_overdue(day, actor=CLOCK) == 0  # its day is not over
    assert climb_overdue(day + timedelta(days=1), actor=CLOCK) == 1
    assert climb_overdue(day + timedelta(days=1), actor=CLOCK) == 0
    first, second = Task.objects.order_by("level")
    assert (first.state, first.ended_at is not None) == (TaskState.CLIMBED, True)
    assert (second.user, second.climbed_from) == (led.users["zhihe"], first)
    climb_overdue(second.due_on + timedelta(days=1), actor=CLOCK)
    third = Task.objects.get(level=2)
    assert third.user == led.users["township"]
    climb_overdue(third.due_on + timedelta(days=1), actor=CLOCK)
    third.refresh_from_db()
    assert third.state == TaskState.MISSED
    assert Task.objects.count() == 3


def test_whoever_gets_a_climbed_task_finds_a_message(led: World) -> None:
    day = working_day()
    generate_tasks(day, actor=CLOCK)
    climb_overdue(day + timedelta(days=1), actor=CLOCK)
    while deliver_batch():
        pass
    task = Task.objects.get(level=1)
    message = Notification.objects.get(template="task_climbed")
    assert (message.user, message.link) == (led.users["zhihe"], f"/tasks/{task.pk}")


def test_open_tasks_and_roles_of_an_ended_term_go_to_the_successor(led: World) -> None:
    day = clock.today()
    generate_tasks(working_day(), actor=CLOCK)
    new = Appointment.objects.create(
        user=led.users["unit"], kind=PostKind.objects.get(code="grid_worker"),
        cell=led.cells[GRID], starts=day,
    )  # fmt: skip
    end_term(led.post("worker"), day - timedelta(days=1), actor=led.actor("zhihe"))
    assert hand_over(day, actor=CLOCK) == 0  # the end of the term has moved them already
    assert Task.objects.get().post == new
    assert Assignment.objects.on(day).get().post == new
    assert Assignment.objects.on(day - timedelta(days=1)).get().post == led.post("worker")


def test_the_worker_hands_over_what_a_term_left_that_ran_out_by_itself(led: World) -> None:
    generate_tasks(working_day(), actor=CLOCK)
    post = led.post("worker")
    Appointment.objects.filter(pk=post.pk).update(ends=clock.today() - timedelta(days=1))
    assert hand_over(clock.today(), actor=CLOCK) == 1
    assert hand_over(clock.today(), actor=CLOCK) == 0
    assert Task.objects.get().user == led.users["zhihe"]


def test_without_a_successor_tasks_go_to_the_head_above_and_the_role_stays_a_finding(
    led: World,
) -> None:
    day = clock.today()
    generate_tasks(working_day(), actor=CLOCK)
    end_term(led.post("worker"), day - timedelta(days=1), actor=led.actor("zhihe"))
    hand_over(day, actor=CLOCK)
    assert Task.objects.get().user == led.users["zhihe"]
    assert Assignment.objects.on(day).get().post == led.post("worker")


def test_a_head_gives_a_task_of_its_own_and_others_may_not(led: World) -> None:
    due = clock.today() + timedelta(days=3)
    cell, post = led.cells[GRID], led.post("worker")
    task = open_task("清点消防器材", cell, post, due, actor=led.actor("zhihe"))
    assert (task.user, task.item, task.state) == (led.users["worker"], None, TaskState.OPEN)
    for who, when, code in (
        ("neighbour", due, "forbidden"),
        ("zhihe", clock.today() - timedelta(days=1), "task_due_past"),
    ):
        with pytest.raises(Refused) as refusal:
            open_task("清点消防器材", cell, post, when, actor=led.actor(who))
        assert refusal.value.code == code
    assert Task.objects.count() == 1


@pytest.mark.parametrize("verb", [generate_tasks, climb_overdue, hand_over])
def test_only_the_clock_makes_its_rounds(led: World, verb: object) -> None:
    with pytest.raises(Refused):
        verb(clock.today(), actor=led.actor("district"))  # type: ignore[operator]
    assert not Task.objects.exists()


def test_a_round_takes_as_many_queries_for_two_cells_as_for_one(led: World) -> None:
    day = working_day()
    with CaptureQueriesContext(connection) as one:
        generate_tasks(day, actor=CLOCK)
    Task.objects.all().delete()
    fill_matrix(
        led.cells[ZHIHE], level="GRID", items=[WorkItem.objects.get(code="patrol")],
        kinds={"LEAD": ["general_head"]}, actor=led.actor("zhihe"),
    )  # fmt: skip
    Assignment.objects.update(valid_from=day)
    with CaptureQueriesContext(connection) as two:
        generate_tasks(day, actor=CLOCK)
    assert (Task.objects.count(), len(two)) == (2, len(one))


def _away(world: World, *, first: date, last: date) -> None:
    Absence.objects.create(post=world.post("worker"), first_day=first, last_day=last)


def _deputy(world: World) -> Appointment:
    chief = world.post("worker")
    return Appointment.objects.create(
        user=world.users["building"], kind=chief.kind, cell=chief.cell, acting_for=chief,
        starts=clock.today() - timedelta(days=10),
    )  # fmt: skip


def test_during_an_absence_the_task_goes_to_the_deputy_else_to_the_head_above(led: World) -> None:
    day = working_day()
    _away(led, first=day, last=day)
    generate_tasks(day, actor=CLOCK)
    assert Task.objects.get().user == led.users["zhihe"]
    Task.objects.all().delete()
    deputy = _deputy(led)
    generate_tasks(day, actor=CLOCK)
    assert Task.objects.get().post == deputy
    Task.objects.all().delete()
    Absence.objects.create(post=deputy, first_day=day, last_day=day)
    generate_tasks(day, actor=CLOCK)
    assert Task.objects.get().user == led.users["zhihe"]


def test_where_the_deputy_is_away_the_holder_works_again(led: World) -> None:
    day = working_day()
    Absence.objects.create(post=_deputy(led), first_day=day, last_day=day)
    generate_tasks(day, actor=CLOCK)
    assert Task.objects.get().user == led.users["worker"]


def test_tasks_that_end_during_an_absence_pass_to_the_deputy_and_later_ones_stay(
    led: World,
) -> None:
    today, actor = clock.today(), led.actor("zhihe")
    cell, post = led.cells[GRID], led.post("worker")
    soon = open_task("清点消防器材", cell, post, today + timedelta(days=1), actor=actor)
    later = open_task("入户走访", cell, post, today + timedelta(days=9), actor=actor)
    deputy = _deputy(led)
    _away(led, first=today, last=today + timedelta(days=3))
    assert hand_over(today, actor=CLOCK) == 1
    assert hand_over(today, actor=CLOCK) == 0
    soon.refresh_from_db()
    later.refresh_from_db()
    assert (soon.post, later.post) == (deputy, post)


def test_a_task_of_its_own_may_wait_for_the_return_but_not_end_before_it(led: World) -> None:
    today, actor = clock.today(), led.actor("zhihe")
    _away(led, first=today, last=today + timedelta(days=3))
    cell, post = led.cells[GRID], led.post("worker")
    task = open_task("入户走访", cell, post, today + timedelta(days=9), actor=actor)
    assert task.user == led.users["worker"]
    with pytest.raises(Refused) as refusal:
        open_task("入户走访", cell, post, today + timedelta(days=2), actor=actor)
    assert refusal.value.code == "post_away"
    assert Task.objects.count() == 1


def test_a_head_who_is_away_is_passed_over_when_tasks_climb(led: World) -> None:
    day = working_day()
    generate_tasks(day, actor=CLOCK)
    Absence.objects.create(post=led.post("zhihe"), first_day=day, last_day=day + timedelta(days=1))
    climb_overdue(day + timedelta(days=1), actor=CLOCK)
    assert Task.objects.get(level=1).user == led.users["township"]

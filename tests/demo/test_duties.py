"""The demo's matrix and its last days of tasks, on a small district."""

from __future__ import annotations

from datetime import date, timedelta

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.demo.duties import build_duties
from gridpact.duties.choices import TaskState
from gridpact.duties.models import Assignment, Task
from gridpact.grid.models import Appointment
from tests.factories.world import World


def test_the_last_days_leave_tasks_in_every_hand_and_each_end_in_the_log(world: World) -> None:
    Appointment.objects.update(starts=date(clock.today().year - 1, 7, 1))
    build_duties(7)
    assert Assignment.objects.filter(role="LEAD").exists()
    done = Task.objects.filter(state=TaskState.DONE)
    assert done.exists()
    assert not done.filter(note="").exists()
    assert not done.filter(ended_by=None).exists()
    ends = AuditRow.objects.filter(action="duties.finish_task")
    assert sorted(ends.values_list("subject_id", flat=True)) == sorted(
        done.values_list("pk", flat=True)
    )
    assert not done.filter(ended_at__gte=clock.now()).exists()


def test_the_demo_worker_has_something_overdue(world: World) -> None:
    Appointment.objects.update(starts=date(clock.today().year - 1, 7, 1))
    build_duties(7)
    mine = Task.objects.of(world.users["worker"].pk)
    assert mine.overdue().filter(item__code="patrol").count() == 1
    later = mine.open().filter(due_on__gt=clock.today() - timedelta(days=1))
    assert later.exists()

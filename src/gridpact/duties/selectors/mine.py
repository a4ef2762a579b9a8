"""Tasks of a person: what is overdue, for today, later, and what was done of late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.duties.choices import TaskState
from gridpact.duties.models import Duty, Task, TaskQuerySet
from gridpact.grid.choices import Level
from gridpact.grid.tree import tree

DONE_DAYS = 14
SHOWN_DONE = 20


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's open tasks by urgency, and those that ended in the last 14 days."""

    overdue: list[Task]
    today: list[Task]
    later: list[Task]
    done: list[Task]


def seen_tasks(actor: Actor) -> TaskQuerySet:
    """Tasks in sight with what lists name."""
    return Task.objects.visible_to(actor).select_related("user", "post__kind", "item")


def one_task(actor: Actor, key: int) -> Task:
    """The task in sight with this key, or `Refused` not_found (404)."""
    rows = seen_tasks(actor).select_related(
        "order", "post__cell", "climbed_from__user", "ended_by", "cell"
    )
    rows = rows.defer("cell__boundary", "post__cell__boundary")
    task = rows.filter(pk=key).first() if key < 2**63 else None
    if task is None:
        raise Refused("not_found", 404)
    return task


def mine(actor: Actor) -> Mine:
    """The tasks in the actor's own hands (two queries)."""
    rows = Task.objects.of(actor.user_id).select_related("user", "item")
    day = clock.today()
    open_rows = list(rows.open().order_by("due_on", "pk"))
    done = rows.exclude(state=TaskState.OPEN).filter(
        ended_at__gte=clock.now() - timedelta(days=DONE_DAYS)
    )
    return Mine(
        [task for task in open_rows if task.due_on < day],
        [task for task in open_rows if task.due_on == day],
        [task for task in open_rows if task.due_on > day],
        list(done.order_by("-ended_at", "-pk")[:SHOWN_DONE]),
    )


def due_count(actor: Actor) -> tuple[int, int]:
    """(due today or overdue, of these overdue) in the actor's own hands, for the workbench."""
    day = clock.today()
    due = Task.objects.of(actor.user_id).open().filter(due_on__lte=day)
    days = list(due.order_by().values_list("due_on", flat=True))
    return len(days), sum(each < day for each in days)


def cell_names(tasks: Iterable[Task]) -> dict[int, str]:
    """Names of the tasks' cells by id, from the township down."""
    snapshot = tree()
    ids = {task.cell_id for task in tasks}
    return {cell_id: snapshot.names(cell_id, Level.TOWNSHIP) for cell_id in ids}


def nine_duties(actor: Actor) -> Sequence[Duty]:
    """The duties of a grid worker, for the page of one."""
    if not any(grant.kind == "grid_worker" for grant in actor.grants):
        return ()
    return list(Duty.objects.filter(is_active=True))

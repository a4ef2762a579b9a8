"""What the clock does with tasks: make those of a day's periods, let overdue ones climb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.duties.choices import Cadence, Role, TaskState, period_of
from gridpact.duties.models import Assignment, Task, WorkItem
from gridpact.duties.selectors.holders import Chain, in_office, is_away, stand_ins
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.selectors import calendar
from gridpact.grid.tree import Tree, tree_at
from gridpact.notify.models import Outbox
from gridpact.notify.services import draft

BATCH = 500
CLIMB_DAYS = 2  # days a climbed task has on every level
MOST_CLIMBS = 2  # e.g. from the grid to the community and to the township; then it was missed


@transaction.atomic
def open_task(
    title: str, cell: Cell, post: Appointment, due_on: date, *, actor: Actor, note: str = ""
) -> Task:
    """Give somebody a task of its own, outside any cadence, until `due_on` (the last day).

    Whoever is away gets it only when back by that day, without a deputy.
    Raises `Refused`: forbidden, task_due_past, post_not_in_term, post_away.
    """
    require(actor, "duties.open_task", cell)
    if due_on < clock.today():
        raise Refused("task_due_past", 422, field="due_on")
    holder = stand_ins([post], clock.today()).get(post.pk) or _back_by(post, due_on)
    ref = tree_at(None).by_id[cell.pk]
    task = Task(title=" ".join(title.split())[:80], post=holder, user_id=holder.user_id,
                due_on=due_on, made_at=clock.now(), note=note, **ref.scope)  # fmt: skip
    task.save(force_insert=True)
    audit.record(actor, "duties.open_task", task, after=audit.fingerprint(holder.pk, due_on))
    message = _message("task_given", task, ref.name)
    message.save(force_insert=True)
    return task


def _back_by(post: Appointment, due_on: date) -> Appointment:
    """The post itself, whose holder is away today but not on the task's last day."""
    if not in_office(post, clock.today()):
        raise Refused("post_not_in_term", 422, name=post.user, day=clock.today())
    if is_away(post, due_on):
        raise Refused("post_away", 422, name=post.user, day=due_on)
    return post


@transaction.atomic
def generate_tasks(day: date, *, actor: Actor) -> int:
    """Make the tasks of the periods that hold `day`, for whoever does the work of the post then.

    One a work item, cell and period, however often it runs and by how many workers; a daily item
    rests on days off. Returns how many are new. Nobody in office = the head above gets it.
    """
    require(actor, "duties.generate_tasks")
    made = 0
    for item in WorkItem.objects.filter(is_active=True).exclude(cadence=Cadence.NONE):
        span = period_of(item.cadence, day)
        if span is not None and not (item.cadence == Cadence.DAILY and _is_off(day)):
            made += _generate(item, span[0], span[2], day)
    if made:
        audit.record(actor, "duties.generate_tasks", label=f"{day} +{made}")
    return made


def _is_off(day: date) -> bool:
    return not calendar().get(day, day.weekday() < 5)


def _generate(item: WorkItem, period: str, due_on: date, day: date) -> int:
    """The missing tasks of one item and period: four queries and one INSERT."""
    there = Task.objects.filter(item=item, period=period).values("cell")
    leads = Assignment.objects.on(day).filter(item=item, role=Role.LEAD).exclude(cell__in=there)
    rows = list(leads.select_related("post__kind", "post__user").order_by("cell_id", "-valid_from"))
    if not rows:
        return 0
    snapshot = tree_at(day)
    holders = stand_ins([row.post for row in rows], day)
    lost = [row.post.cell_id for row in rows if row.post_id not in holders]
    chain = Chain(lost, day, snapshot)
    now = clock.now()
    tasks = []
    for row in rows:
        ref = snapshot.by_id.get(row.cell_id)
        if ref is None or ref.level not in item.levels:
            continue
        holder = holders.get(row.post_id) or chain.above(row.post.cell_id)
        tasks.append(
            Task(title=item.name, item=item, period=period, post=holder,
                 user_id=holder.user_id if holder else None, due_on=due_on, made_at=now,
                 **ref.scope)
        )  # fmt: skip
    before = Task.objects.filter(item=item, period=period).count()
    Task.objects.bulk_create(tasks, batch_size=2000, ignore_conflicts=True)
    return Task.objects.filter(item=item, period=period).count() - before


@transaction.atomic
def climb_overdue(day: date, *, actor: Actor) -> int:
    """Pass up to 500 tasks overdue on `day` one level up, once per level; returns how many.

    The old task ends as CLIMBED and the head (else the desk) of the parent cell gets a new one with
    a message. Above the last level, or with nobody there, it ends as MISSED. Safe with several
    workers (SKIP LOCKED).
    """
    require(actor, "duties.climb_overdue")
    rows = list(
        Task.objects.overdue(day).select_for_update(skip_locked=True, of=("self",))
        .select_related("post", "item").order_by("due_on", "pk")[:BATCH]
    )  # fmt: skip
    if not rows:
        return 0
    snapshot = tree_at(day)
    chain = Chain([_stands(task) for task in rows], day, snapshot)
    made, missed = [], []
    for task in rows:
        above = chain.above(_stands(task), but=task.user_id) if task.level < MOST_CLIMBS else None
        if above is None:
            missed.append(task)
        else:
            made.append(_risen(task, above, day))
    _end(missed, TaskState.MISSED)
    _end([task.climbed_from for task in made if task.climbed_from], TaskState.CLIMBED)
    Task.objects.bulk_create(made, batch_size=BATCH)
    tell_holders("task_climbed", made, snapshot)
    audit.record(actor, "duties.climb_overdue", label=f"{day} {len(made)}, {len(missed)} missed")
    return len(rows)


def _stands(task: Task) -> int:
    """The cell from which a task climbs: where its holder's post stands."""
    return task.post.cell_id if task.post is not None else task.cell_id


def _risen(task: Task, above: Appointment, day: date) -> Task:
    columns = ("cell_id", "district_id", "township_id", "community_id", "grid_id")
    scope: dict[str, Any] = {name: getattr(task, name) for name in columns}
    return Task(
        title=task.title, item=task.item, period=task.period, post=above, user_id=above.user_id,
        due_on=day + timedelta(days=CLIMB_DAYS), level=task.level + 1, climbed_from=task,
        made_at=clock.now(), **scope,
    )  # fmt: skip


def _end(tasks: Sequence[Task], state: TaskState) -> None:
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(
        state=state, ended_at=clock.now()
    )


def _message(template: str, task: Task, place: str) -> Outbox:
    params = {"title": task.title, "cell": place, "day": task.due_on.isoformat()}
    audience = {"rule": "users", "ids": [task.user_id]}
    return draft(template, params, audience, f"/tasks/{task.pk}", can_wait=True)


def tell_holders(template: str, tasks: Iterable[Task], snapshot: Tree) -> None:
    """Leave a message with each new holder."""
    Outbox.objects.bulk_create(
        [
            _message(template, task, snapshot.names(task.cell_id))
            for task in tasks
            if task.user_id is not None
        ],
        batch_size=1000,
    )

"""When a term ends, its open tasks and its roles in the matrix go on with somebody in office."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, require, system
from gridpact.duties.models import Assignment, Task
from gridpact.duties.selectors.gaps import in_office_q
from gridpact.duties.selectors.holders import Chain, stand_ins
from gridpact.duties.services.assign import end_rows
from gridpact.duties.services.rounds import BATCH, tell_holders
from gridpact.grid.events import TermEnded
from gridpact.grid.models import Absence, Appointment
from gridpact.grid.tree import tree_at


@transaction.atomic
def hand_over(day: date, *, actor: Actor, post_id: int | None = None) -> int:
    """Move what posts out of office on `day` still have; returns how many tasks moved.

    Open tasks go to the deputy or the successor of the same post, else to the head above; roles in
    the matrix go to the successor only, since a role without one is a finding. Tasks that end while
    their holder is away go to the deputy, too. Nothing happens twice; a task that nobody can take
    stays where it is. With `post_id` only that post's.
    """
    require(actor, "duties.hand_over")
    which = Q() if post_id is None else Q(post_id=post_id)
    moved = _tasks(day, which)
    renewed = _roles(day, which)
    if moved or renewed:
        audit.record(actor, "duties.hand_over", label=f"{day} {moved}, {renewed} roles")
    return moved


def on_term_ended(event: TermEnded) -> None:
    """The same at once for one post, in the transaction that ended its term."""
    hand_over(clock.today(), actor=system("handover"), post_id=event.appointment_id)


def _tasks(day: date, which: Q) -> int:
    away = Absence.objects.on(day).filter(post=OuterRef("post"), last_day__gte=OuterRef("due_on"))
    left = ~Q(in_office_q(day)) | Q(post=None) | Exists(away)
    rows = list(
        Task.objects.open().filter(left, which).select_for_update(skip_locked=True, of=("self",))
        .select_related("post__kind", "post__user").order_by("pk")[:BATCH]
    )  # fmt: skip
    if not rows:
        return 0
    snapshot = tree_at(day)
    holders = stand_ins({task.post_id: task.post for task in rows if task.post}.values(), day)
    stands = {task.pk: task.post.cell_id if task.post else task.cell_id for task in rows}
    chain = Chain(stands.values(), day, snapshot)
    changed = []
    for task in rows:
        holder: Appointment | None = holders.get(task.post_id) if task.post_id else None
        holder = holder or chain.above(stands[task.pk])
        if holder is not None:
            task.post, task.user_id = holder, holder.user_id
            changed.append(task)
    Task.objects.bulk_update(changed, ["post", "user"])
    tell_holders("task_handed", changed, snapshot)
    return len(changed)


def _roles(day: date, which: Q) -> int:
    """Roles of posts that ended pass to whoever holds the same post on the same cell now."""
    rows = list(
        Assignment.objects.on(day).filter(~Q(in_office_q(day)), which, valid_until=None)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("post__kind", "post__user").order_by("pk")[: BATCH * 4]
    )  # fmt: skip
    holders = stand_ins({row.post_id: row.post for row in rows}.values(), day)
    ended, made = [], []
    for row in rows:
        new = holders.get(row.post_id)
        if new is None or new.acting_for_id is not None or new.pk == row.post_id:
            continue
        ended.append(row)
        made.append(Assignment(item_id=row.item_id, cell_id=row.cell_id, role=row.role, post=new,
                               valid_from=day))  # fmt: skip
    end_rows(ended, day)
    Assignment.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    return len(made)

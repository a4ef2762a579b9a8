"""Who keeps work items, assigns posts and ends tasks."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.duties.models import Task
from gridpact.grid.models import Cell
from gridpact.grid.policies import covers


@policy("duties.keep")
def may_keep(actor: Actor, obj: object) -> bool:
    """The district desk keeps the work items and the duties of grid workers."""
    return actor.has("grid.load")


@policy("duties.assign", "duties.unassign", "duties.open_task")
def may_assign(actor: Actor, cell: Cell) -> bool:
    """Desks and general heads fill the matrix of the cells below their own."""
    return covers(actor, "grid.edit", cell)


@policy("duties.finish_task")
def may_finish(actor: Actor, task: Task) -> bool:
    """The person who has the task in hand."""
    return actor.user_id is not None and task.user_id == actor.user_id


@policy("duties.generate_tasks", "duties.climb_overdue", "duties.hand_over")
def may_run(actor: Actor, obj: object) -> bool:
    """Nobody but the worker, which acts as the system."""
    return False

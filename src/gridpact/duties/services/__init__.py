"""The verbs on work items, assignments and tasks."""

from gridpact.duties import policies as policies  # registers who may do what
from gridpact.duties.services.assign import assign, fill_matrix, unassign
from gridpact.duties.services.finish import finish_task
from gridpact.duties.services.handover import hand_over
from gridpact.duties.services.items import load_work_items, save_duty, save_work_item
from gridpact.duties.services.load import load_matrix
from gridpact.duties.services.rounds import climb_overdue, generate_tasks, open_task

__all__ = [
    "assign",
    "climb_overdue",
    "fill_matrix",
    "finish_task",
    "generate_tasks",
    "hand_over",
    "load_matrix",
    "load_work_items",
    "open_task",
    "save_duty",
    "save_work_item",
    "unassign",
]

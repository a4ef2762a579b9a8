"""What the pages of the grid show of duties: the card of a cell, the tasks of somebody's day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.duties.models import Task
from gridpact.duties.selectors.gaps import counts
from gridpact.duties.selectors.matrix import cells_of, items_of, level_of
from gridpact.grid.cards import CardLine, CellCard
from gridpact.grid.models import Cell
from gridpact.grid.today import TodayLine, TodayList
from gridpact.grid.tree import Tree

MOST = 8


def duties_card(actor: Actor, cell: Cell, snapshot: Tree) -> CellCard:
    """How much of the required work has a lead in term here, and the open tasks (four queries).

    On another day than today: who led on that day what is required today, and no tasks.
    """
    level = level_of(cell)
    if not snapshot.is_today:
        return _card_of_day(cell, level, snapshot)
    keys = list(cells_of(actor, cell, level).order_by().values_list("pk", flat=True))
    needed = items_of(level).filter(required=True).count() * len(keys)
    if not needed:
        return CellCard(_("Duties"), ())
    wrong = sum(blank + ended for blank, ended in counts(keys).values())
    matrix = f"{reverse('duties:matrix')}?cell={cell.code}"
    led = gettext("%(n)s of %(all)s") % {"n": needed - wrong, "all": needed}
    lines = [CardLine(_("Work with a lead in term"), led, href=matrix, wanting=bool(wrong))]
    rows = Task.objects.visible_to(actor).under(cell).open()
    late = Q(due_on__lt=clock.today())
    tasks = rows.aggregate(open=Count("pk"), late=Count("pk", filter=late))
    if tasks["open"]:
        note = gettext("%(n)s overdue") % {"n": tasks["late"]} if tasks["late"] else ""
        below = f"{reverse('duties:below')}?cell={cell.code}"
        lines.append(CardLine(_("Open tasks"), str(tasks["open"]), note, below))
    return CellCard(_("Duties"), tuple(lines))


def _card_of_day(cell: Cell, level: str, snapshot: Tree) -> CellCard:
    keys = [ref.id for ref in snapshot.under(cell.pk) if ref.level == level]
    needed = items_of(level).filter(required=True).count() * len(keys)
    if not needed:
        return CellCard(_("Duties"), ())
    wrong = sum(blank + ended for blank, ended in counts(keys, snapshot.day).values())
    led = gettext("%(n)s of %(all)s") % {"n": needed - wrong, "all": needed}
    line = CardLine(_("Work with a lead in term"), led, wanting=bool(wrong))
    return CellCard(_("Duties"), (line,))


def tasks_today(actor: Actor, cells: Sequence[Cell]) -> TodayList:
    """The open tasks in the actor's own hands, the most urgent first."""
    rows = Task.objects.of(actor.user_id).open().order_by("due_on", "pk")
    lines = tuple(
        TodayLine(
            task.title,
            reverse("duties:task", args=(task.pk,)),
            task.get_state_display(),
            task.made_at,
            datetime.combine(task.due_on, time(23, 59), clock.LOCAL),
        )
        for task in rows[:MOST]
    )
    return TodayList(_("My tasks"), reverse("duties:tasks"), lines)

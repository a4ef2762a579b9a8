"""What the pages of matrix and tasks show: squares, lists of holders, rows of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.duties.choices import Role, TaskState
from gridpact.duties.models import Assignment, Task, TaskPhoto, WorkItem
from gridpact.duties.selectors.matrix import Field, Line, Matrix
from gridpact.grid.models import Cell
from gridpact.ui import parts

CELL = parts.Column(_("Cell"), "main")
LEAD = parts.Column(_("Lead"))
ASSIST = parts.Column(_("Assist"))
SUPERVISE = parts.Column(_("Supervise"))


_SQUARE = '<td><a class="{}" href="{}">{}</a></td>'


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of the matrix page: its name leads to what lies below.

    squares: its fields as HTML; a template would take three times as long for some thousand.
    """

    name: str
    href: str
    squares: SafeString


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A work item in the list that phones show instead of the matrix."""

    name: str
    href: str
    blanks: int
    ended: int


def letters() -> dict[str, str]:
    """One letter a role: 主, 配, 督."""
    return {
        Role.LEAD.value: pgettext("role letter", "L"),
        Role.ASSIST.value: pgettext("role letter", "A"),
        Role.SUPERVISE.value: pgettext("role letter", "S"),
    }


def matrix_rows(found: Matrix) -> list[Row]:
    """The lines of the matrix, ready to be drawn."""
    looks: dict[Field, tuple[str, str]] = {}
    signs = letters()
    fields = reverse("duties:matrix") + "fields/"
    rows = []
    for line in found.lines:
        base = f"{fields}{line.cell.code}/"
        squares: list[tuple[str, str, str]] = []
        for item, one in zip(found.items, line.fields, strict=True):
            look = looks.get(one)
            if look is None:
                look = looks[one] = _look(one, signs)
            squares.append((look[1], f"{base}{item.code}", look[0]))
        drawn = format_html_join("", _SQUARE, squares)
        rows.append(Row(line.cell.name, f"?cell={line.cell.code}", drawn))
    return rows


def _look(one: Field, signs: dict[str, str]) -> tuple[str, str]:
    """Words and look of a field; what is wrong is said in a word, not by colour alone."""
    words = "".join(signs[role] for role in one.roles)
    if one.blank:
        return f"{words} {gettext('missing')}".strip(), "gp-sq gp-sq-blank"
    if one.ended:
        return f"{words} {gettext('term over')}", "gp-sq gp-sq-ended"
    return words or "·", "gp-sq" if words else "gp-sq gp-sq-none"


def item_lines(found: Matrix, query: str) -> list[ItemLine]:
    """Work items with their findings, each leading to its list of cells."""
    lines = []
    for index, item in enumerate(found.items):
        fields = [line.fields[index] for line in found.lines]
        lines.append(
            ItemLine(
                item.name,
                f"?{query}&item={item.code}" if query else f"?item={item.code}",
                sum(each.blank for each in fields),
                sum(each.ended for each in fields),
            )
        )
    return lines


def holders_table(
    item: WorkItem, lines: Sequence[Line], rows: Iterable[Assignment], day: date
) -> parts.Table:
    """One work item: its cells with the people of each role; missing leads are amber."""
    people: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        name = str(row.post.user)
        if row.post.ends is not None and row.post.ends < day:
            name = gettext("%(name)s (term over)") % {"name": name}
        people.setdefault((row.cell_id, row.role), []).append(name)
    columns = (CELL, LEAD, ASSIST, SUPERVISE)
    made = []
    for line in lines:
        cell, field = line.cell, line.fields[0]
        href = reverse("duties:field", args=(cell.code, item.code))
        names = ["、".join(people.get((cell.pk, role), ())) or None for role in Role.values]
        lead = names[0] or (gettext("missing") if field.blank else None)
        shown = (cell.name, lead, names[1], names[2])
        cells = tuple(
            parts.Cell(column, value, href if column is CELL else "")
            for column, value in zip(columns, shown, strict=True)
        )
        made.append(parts.Row(cell.code, cells, "amber" if field.is_finding else ""))
    return parts.Table(columns, tuple(made), item.name)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One assignment on the page of a field."""

    key: int
    role: str | Promise
    who: str
    post: str
    since: date
    until: date | None
    stands: bool
    ended: bool


def role_lines(rows: Iterable[Assignment]) -> list[RoleLine]:
    """Assignments of a field; `ended` marks a standing one whose holder's term is over."""
    today = clock.today()
    lines = []
    for row in rows:
        stands = row.valid_until is None
        over = row.post.ends is not None and row.post.ends < today
        lines.append(
            RoleLine(row.pk, Role(row.role).label, str(row.post.user), row.post.label,
                     row.valid_from, row.valid_until, stands, stands and over)
        )  # fmt: skip
    return lines


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a list."""

    href: str
    title: str
    cell: str
    due_on: date
    state: str | Promise
    tone: parts.Tone
    who: str
    climbed: bool


_TONES: dict[str, parts.Tone] = {
    TaskState.DONE: "green",
    TaskState.MISSED: "red",
    TaskState.CLIMBED: "amber",
    TaskState.OPEN: "blue",
}


def task_rows(tasks: Iterable[Task], names: dict[int, str]) -> list[TaskRow]:
    """Tasks by title, place, last day and state; `names` are cell names by id."""
    return [
        TaskRow(
            reverse("duties:task", args=(task.pk,)),
            task.title,
            names.get(task.cell_id, ""),
            task.due_on,
            _("overdue") if task.is_overdue else TaskState(task.state).label,
            "red" if task.is_overdue else _TONES[task.state],
            str(task.user) if task.user is not None else "",
            task.level > 0,
        )
        for task in tasks
    ]


def photo_parts(photos: Iterable[TaskPhoto]) -> list[parts.Photo]:
    """Thumbnails that open the big picture; documents have none and are listed as links."""
    shown = []
    for photo in photos:
        full = reverse("duties:photo", args=(photo.pk,))
        thumb = f"{full}?s=1" if photo.thumb else full
        shown.append(parts.Photo(thumb, full, _("photo of the work")))
    return shown


def matrix_crumbs(chain: Sequence[Cell], roots: frozenset[int]) -> list[parts.Crumb]:
    """From the top of the tree to the shown cell; cells above the actor's own are not opened."""
    crumbs = [parts.Crumb(_("Responsibility matrix"), reverse("duties:matrix"))]
    for step in chain:
        inside = bool(roots & set(step.path_ids)) and step is not chain[-1]
        crumbs.append(parts.Crumb(step.name, f"?cell={step.code}" if inside else ""))
    return crumbs

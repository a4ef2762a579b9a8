"""The matrix as Excel: one row a cell and work item; the same columns are read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Refused
from gridpact.core.loads import Row
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, WorkItem
from gridpact.grid.models import Cell
from gridpact.ui import sheets

LABELS = {
    "cell": _("Cell code"),
    "cell_name": _("Cell"),
    "item": _("Work item code"),
    "item_name": _("Work item"),
    "lead": _("Lead"),
    "assist": _("Assist"),
    "supervise": _("Supervise"),
    "lead_name": _("Name of the lead"),
}
NEEDED = ("cell", "item")


def columns() -> list[sheets.SheetColumn]:
    """The columns of the file; roles are given by username."""
    return [sheets.SheetColumn(label, 20) for label in LABELS.values()]


def rows(items: Sequence[WorkItem], cells: Sequence[Cell], day: date) -> Iterator[tuple[Any, ...]]:
    """A row for every cell and item, empty where nobody is assigned (one query)."""
    taken: dict[tuple[int, int, str], list[tuple[str, str]]] = {}
    found = Assignment.objects.on(day).filter(
        cell__in=[cell.pk for cell in cells], item__in=[item.pk for item in items]
    )
    for cell_id, item_id, role, username, name in found.order_by("pk").values_list(
        "cell_id", "item_id", "role", "post__user__username", "post__user__name"
    ):
        taken.setdefault((cell_id, item_id, role), []).append((username, name))
    for cell in cells:
        for item in items:
            people = [taken.get((cell.pk, item.pk, role), []) for role in Role.values]
            users = ["、".join(username for username, _n in each) for each in people]
            names = "、".join(name for _u, name in people[0])
            yield (cell.code, cell.name, item.code, item.name, *users, names)


def read(file: IO[bytes], name: str) -> tuple[list[Row], dict[int, str], list[str]]:
    """Rows by field name, flaws by row number, and columns that were not read.

    Raises `Refused`: import_columns_missing, and what `sheets.read_table` refuses.
    """
    sheet = sheets.read_table(file, name)
    known: dict[str, set[str]] = {key: {key} for key in LABELS}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for key, label in LABELS.items():
                known[key].add(str(label))
    used = sheets.header_names(sheet.header, known)
    missing = [str(LABELS[key]) for key in NEEDED if key not in used]
    if missing:
        raise Refused("import_columns_missing", 400, columns="、".join(missing))
    table = list(_taken(sheet.rows, used))
    unused = [text for text in sheet.header if text and text not in used.values()]
    return table, sheet.flaws, unused


def _taken(lines: Iterable[tuple[int, dict[str, str]]], used: dict[str, str]) -> Iterator[Row]:
    for number, cells in lines:
        yield number, {key: cells[text] for key, text in used.items()}

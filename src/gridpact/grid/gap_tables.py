"""Columns of the findings of a cell, each line with the way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.grid.choices import Level
from gridpact.grid.findings import (
    ADMIN_POSTS,
    EXPIRING,
    NO_DEPUTY,
    OVERLOADED,
    TWO_HEADS,
    VACANCIES,
    Finding,
    cell_href,
)
from gridpact.grid.gaps import GapList
from gridpact.grid.models import Cell
from gridpact.ui import parts

MOST_LINES = 100  # of one kind on the page; the API gives all
CELL = parts.Column(_("Cell"), "main")
LEVEL = parts.Column(_("Level"))
POST = parts.Column(_("Post"))
NAME = parts.Column(_("Name"))
WHAT = parts.Column(_("What is wrong"))
FIX = parts.Column(_("Mend it"))

FIXES: dict[str, parts.Text] = {
    VACANCIES: _("Appoint"),
    NO_DEPUTY: _("Appoint a deputy"),
    TWO_HEADS: _("See both terms"),
    OVERLOADED: _("See the cells"),
    EXPIRING: _("Prolong the term"),
    ADMIN_POSTS: _("See all posts"),
}


@dataclass(frozen=True, slots=True)
class GapSection:
    """One kind of finding on the page: its first lines, and how many more there are."""

    kind: str
    label: parts.Text
    count: int
    table: parts.Table
    more: int


def gap_sections(lists: Sequence[GapList], *, may_fix: bool) -> list[GapSection]:
    """The kinds that were found, each as a table."""
    return [
        GapSection(
            one.kind,
            one.label,
            one.count,
            _table(one, may_fix=may_fix),
            max(len(one.findings) - MOST_LINES, 0),
        )
        for one in lists
        if one.count
    ]


def _table(one: GapList, *, may_fix: bool) -> parts.Table:
    """The first findings of a kind, without the columns that say nothing of this kind."""
    rows = [
        _line(number, found, may_fix=may_fix)
        for number, found in enumerate(one.findings[:MOST_LINES])
    ]
    every = (CELL, LEVEL, POST, NAME, WHAT, FIX)
    kept = [at for at in range(len(every)) if any(row.cells[at].shown for row in rows)]
    return parts.Table(
        tuple(every[at] for at in kept),
        tuple(parts.Row(row.key, tuple(row.cells[at] for at in kept), row.tone) for row in rows),
        one.label,
    )


def _line(number: int, found: Finding, *, may_fix: bool) -> parts.Row:
    own = found.kind in FIXES
    fix = found.fix if may_fix or not own else ""
    return parts.Row(
        f"{found.cell_code}-{number}",
        (
            parts.Cell(CELL, found.cell_name, cell_href(found.cell_code)),
            parts.Cell(LEVEL, Level(found.level).label),
            parts.Cell(POST, found.post or None),
            parts.Cell(NAME, found.who or None),
            parts.Cell(WHAT, told(found) or None),
            parts.Cell(FIX, FIXES.get(found.kind, _("Open")) if fix else None, fix),
        ),
    )


def told(found: Finding) -> str:
    """The finding in a few words: days, doors, or how many."""
    facts: dict[str, Any] = {"day": found.day, "number": found.number, "limit": found.limit}
    if found.kind == VACANCIES:
        return gettext("nobody holds the post")
    if found.kind == EXPIRING:
        return gettext("ends on %(day)s") % facts
    if found.kind == NO_DEPUTY:
        return gettext("away until %(day)s") % facts
    if found.kind == OVERLOADED:
        return gettext("%(number)s doors, limit %(limit)s") % facts
    return found.detail or (str(found.count) if found.count > 1 else "")


def gap_stats(cell: Cell, lists: Sequence[GapList]) -> list[parts.Stat]:
    """What was found as numbers, each leading to its lines."""
    base = reverse("grid:gaps", kwargs={"code": cell.code})
    return [
        parts.Stat(
            one.label,
            f"{base}#{one.kind}",
            one.count,
            icon="user-question" if one.kind == VACANCIES else "alert-triangle",
            tone="amber",
        )
        for one in lists
        if one.count
    ]

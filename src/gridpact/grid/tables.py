"""Columns of the lists of cells and of those who answer for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gridpact.core.masking import mask_phone
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.territory import VACANT, CellLine
from gridpact.ui import icons, parts

NAME = parts.Column(_("Cell"), "main")
CODE = parts.Column(_("Code"), "code")
LEVEL = parts.Column(_("Level"))
HEAD = parts.Column(_("Head"))
DOORS = parts.Column(_("Doors"), "number")
POST = parts.Column(_("Post"), "main")
HOLDER = parts.Column(_("Name"))
PHONE = parts.Column(_("Phone"))
UNTIL = parts.Column(_("Until"))
SINCE = parts.Column(_("Since"))


def cell_href(cell: Cell) -> str:
    """The page of a cell."""
    return reverse("grid:cell", kwargs={"code": cell.code})


def cell_table(
    lines: Sequence[CellLine], caption: parts.Text, *, with_level: bool = True, query: str = ""
) -> parts.Table:
    """Cells by name with head (a vacancy is a finding), doors and figures.

    Without `with_level` the columns that say the same in every row of one parent are left out;
    `query` is added to the address of each cell's page.
    """
    figures = [parts.Column(one.label, "number") for one in lines[0].figures] if lines else []
    level = (CODE, LEVEL) if with_level else ()
    columns = (NAME, *level, HEAD, DOORS, *figures)
    return parts.Table(columns, tuple(_line(columns, line, query) for line in lines), caption)


def _line(columns: Sequence[parts.Column], line: CellLine, query: str) -> parts.Row:
    cell = line.cell
    own: dict[parts.Column, tuple[object, str]] = {
        NAME: (cell.name, cell_href(cell) + query),
        CODE: (cell.code, ""),
        LEVEL: (cell.get_level_display(), ""),
        HEAD: (head_text(line), ""),
        DOORS: (cell.doors or None, ""),
    }
    shown = [own[column] for column in columns if column in own]
    shown += [(one.shown, one.href) for one in line.figures]
    cells = tuple(
        parts.Cell(column, value, href)
        for column, (value, href) in zip(columns, shown, strict=False)
    )
    return parts.Row(cell.code, cells, "amber" if line.is_vacant else "")


def head_text(line: CellLine) -> str | None:
    """The heads by name, `vacant` with the post that is due, or nothing where none is due."""
    if line.is_vacant:
        return f"{VACANT}（{line.head_kind}）"
    return "、".join(str(one.user) for one in line.heads) or None


def posts_table(posts: Sequence[Appointment], *, may_call: bool) -> parts.Table:
    """Who answers: post and cell, name, masked phone (with a call link if they may), until when."""
    columns = (POST, HOLDER, PHONE, UNTIL)
    return parts.Table(
        columns,
        tuple(
            parts.Row(
                str(one.pk),
                (
                    parts.Cell(POST, f"{one.kind.name} · {one.cell.name}"),
                    parts.Cell(HOLDER, _name(one)),
                    _phone(one, may_call=may_call),
                    parts.Cell(UNTIL, one.ends.isoformat() if one.ends else None),
                ),
            )
            for one in posts
        ),
        _("Who answers"),
    )


def _name(post: Appointment) -> str:
    name = str(post.user)
    return str(_("%(name)s (acting)")) % {"name": name} if post.acting_for_id else name


def _phone(post: Appointment, *, may_call: bool) -> parts.Cell:
    phone = post.user.phone
    if not phone:
        return parts.Cell(PHONE, None)
    masked = mask_phone(phone)
    if not may_call:
        return parts.Cell(PHONE, masked, masked=True)
    call = format_html('<span class="gp-call">{}{}</span>', icons.svg("phone"), masked)
    return parts.Cell(PHONE, call, f"tel:{phone}")


def finding_stats(cell: Cell, found: dict[str, int]) -> list[parts.Stat]:
    """Vacancies by level, each opening its list."""
    base = reverse("grid:cells")
    return [
        parts.Stat(
            _("Without a head"), f"{base}?vacant=on&level={level}&under={cell.code}", count,
            icon="user-question", tone="amber", hint=Level(level).label,
        )
        for level, count in found.items()
    ]  # fmt: skip


def past_table(posts: Sequence[Appointment]) -> parts.Table:
    """Who held a post here before, last first: post, name, first and last day."""
    columns = (POST, HOLDER, SINCE, UNTIL)
    rows = [
        (str(one.pk), "", (one.kind.name, _name(one), one.starts.isoformat(), one.ends.isoformat()))
        for one in posts
        if one.ends is not None
    ]
    return parts.Table.of(columns, rows, _("Held posts before"))

"""Columns of the lists of cells and of those who answer for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.masking import mask_phone
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.territory import VACANT, CellLine
from gridpact.ui import parts

LEVEL = parts.Column(_("Level"))
HEAD = parts.Column(_("Head"))
DOORS = parts.Column(_("Doors"), "number")
POST = parts.Column(_("Post"), "main")
HOLDER = parts.Column(_("Name"))
PHONE = parts.Column(_("Phone"))
WHERE = parts.Column(_("Cell"))
UNTIL = parts.Column(_("Until"))


def cell_href(cell: Cell) -> str:
    """The page of a cell."""
    return reverse("grid:cell", kwargs={"code": cell.code})


def cell_table(lines: Sequence[CellLine], caption: parts.Text) -> parts.Table:
    """Cells by name with level, head (a vacancy is a finding), doors and figures."""
    names = [one.label for one in lines[0].figures] if lines else []
    columns = (
        parts.Column(_("Cell"), "main"), parts.Column(_("Code"), "code"), LEVEL, HEAD, DOORS,
        *(parts.Column(name, "number") for name in names),
    )  # fmt: skip
    return parts.Table(columns, tuple(_line(columns, line) for line in lines), caption)


def _line(columns: Sequence[parts.Column], line: CellLine) -> parts.Row:
    cell = line.cell
    shown: list[tuple[object, str]] = [
        (cell.name, cell_href(cell)),
        (cell.code, ""),
        (cell.get_level_display(), ""),
        (head_text(line), ""),
        (cell.doors or None, ""),
        *((one.shown, one.href) for one in line.figures),
    ]
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
    """Who answers: post, name, masked phone with a call link for staff of the cell, until when."""
    columns = (POST, HOLDER, PHONE, WHERE, UNTIL)
    return parts.Table(
        columns,
        tuple(
            parts.Row(
                str(one.pk),
                (
                    parts.Cell(POST, one.kind.name),
                    parts.Cell(HOLDER, _name(one)),
                    _phone(one, may_call=may_call),
                    parts.Cell(WHERE, one.cell.name),
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
    return parts.Cell(PHONE, mask_phone(phone), f"tel:{phone}" if may_call else "", masked=True)


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

"""What the pages of redraws show: cards of kinds, what moves, and the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.grid.choices import RedrawKind
from gridpact.grid.models import Cell, Redraw
from gridpact.grid.services.redraw import Line
from gridpact.grid.tables import cell_href
from gridpact.ui import parts

_ABOUT: dict[str, tuple[str, Promise]] = {
    RedrawKind.RENAME: (
        "pencil",
        gettext_lazy("The code stays, the old name keeps its days."),
    ),
    RedrawKind.MOVE: ("route", gettext_lazy("With everything inside; both outlines above follow.")),
    RedrawKind.SPLIT: (
        "scissors",
        gettext_lazy("By a line or by areas; parts get new codes."),
    ),
    RedrawKind.MERGE: ("arrows-join", gettext_lazy("With neighbours under the same parent.")),
    RedrawKind.CLOSE: ("square-x", gettext_lazy("It ends; what lies in it goes elsewhere.")),
    RedrawKind.BOUNDARY: (
        "polygon",
        gettext_lazy("Move the border; neighbours give or get the ground."),
    ),
}


def kind_cards(cell: Cell) -> list[dict[str, Any]]:
    """The kinds of redraw as links: label, what it does, icon, address."""
    base = reverse("grid:redraw", kwargs={"code": cell.code})
    return [
        {
            "label": RedrawKind(kind).label,
            "text": about,
            "icon": icon,
            "href": f"{base}?kind={RedrawKind(kind).value}",
        }
        for kind, (icon, about) in _ABOUT.items()
    ]


def line_table(lines: Sequence[Line], caption: str) -> parts.Table:
    """What is moved: what, how many, the first names; a number with a list opens it."""
    kept = ({"label": one.label, "count": one.count, "names": one.names, "href": one.href}
            for one in lines)  # fmt: skip
    return kept_table(kept, caption)


def kept_table(lines: Iterable[Mapping[str, Any]], caption: str) -> parts.Table:
    """The same from what was kept with a redraw."""
    what, number = parts.Column(_("What"), "main"), parts.Column(_("How many"), "number")
    names = parts.Column(_("Which"))
    rows = [
        parts.Row(
            str(at),
            (
                parts.Cell(what, line["label"]),
                parts.Cell(number, line["count"], line.get("href", "")),
                parts.Cell(names, _listed(line)),
            ),
        )
        for at, line in enumerate(lines)
    ]
    return parts.Table((what, number, names), rows, caption)


def _listed(line: Mapping[str, Any]) -> str | None:
    names = list(line.get("names", ()))
    more = line["count"] - len(names)
    if names and more > 0:
        names.append(_("and %(count)s more") % {"count": more})
    return "、".join(names) or None


def redraw_table(rows: Sequence[Redraw]) -> parts.Table:
    """Redraws by code, kind, cell, day, state and who made them."""
    columns = (
        parts.Column(_("Redraw"), "main"), parts.Column(_("Kind")), parts.Column(_("Cell")),
        parts.Column(_("Takes effect")), parts.Column(_("State")), parts.Column(_("By")),
        parts.Column(_("Reason")),
    )  # fmt: skip
    return parts.Table.of(
        columns,
        (
            (
                row.code, reverse("grid:redraw_page", kwargs={"code": row.code}),
                (row.code, row.get_kind_display(), row.cell.name, row.effective_on.isoformat(),
                 row.get_state_display(), str(row.made_by or ""), row.reason),
            )
            for row in rows
        ),
        _("Redraws"),
    )  # fmt: skip


def redraw_facts(row: Redraw) -> list[tuple[str, str, str]]:
    """Label, value and link of what a redraw is."""
    facts = [
        (_("Kind"), row.get_kind_display(), ""),
        (_("Cell"), f"{row.cell.name} {row.cell.code}", f"{cell_href(row.cell)}?as_of="
         + row.made_at.date().isoformat()),
        (_("Takes effect"), row.effective_on.isoformat(), ""),
        (_("State"), row.get_state_display(), ""),
        (_("By"), str(row.made_by or ""), ""),
        (_("Reason"), row.reason, ""),
    ]  # fmt: skip
    made = [f"{each['name']} {each['code']}" for each in row.moves.get("becomes", ())]
    return [*facts, (_("New cells"), "、".join(made), "")] if made else facts

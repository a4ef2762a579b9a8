"""A second line of bodies over the same ground, e.g. the Party's; listed in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.findings import cell_href
from gridpact.grid.models import Cell
from gridpact.ui import parts

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one cell: its name, who leads it (or nobody), and its page."""

    name: str
    leader: str
    href: str


@dataclass(frozen=True, slots=True)
class SecondLine:
    """A line that the pages of the net can be switched to. `bodies` answers by cell id.

    `tiers` are the levels where a body is due: there its absence is amber. `since` tells the first
    day that the line's records know; `bodies` takes a day, or None for today.
    """

    key: str
    label: Text
    body: Text
    leader: Text
    tiers: frozenset[str]
    bodies: Callable[[Actor, Sequence[Cell], date | None], Mapping[int, Body]]
    since: Callable[[], date | None]

    def unknown_on(self, day: date) -> date | None:
        """The day from which records are kept, if `day` lies before it."""
        first = self.since()
        return first if first is not None and day < first else None


@cache
def second_lines() -> tuple[SecondLine, ...]:
    """All lines beside the administrative one."""
    paths: tuple[str, ...] = import_string(settings.CELL_LINES)
    return tuple(import_string(path) for path in paths)


def line_named(key: str) -> SecondLine | None:
    """The line `key`, or None for the administrative one."""
    return next((line for line in second_lines() if line.key == key), None)


def _query(key: str, day: date | None) -> str:
    """What keeps line and day when a link is followed."""
    given = {"line": key, "as_of": day.isoformat() if day else ""}
    return f"?{urlencode({name: value for name, value in given.items() if value})}"


def line_tabs(key: str, day: date | None = None) -> list[parts.Tab]:
    """The switch between the lines, on a day; empty while there is only one."""
    others = [
        parts.Tab(line.label, _query(line.key, day), active=line.key == key)
        for line in second_lines()
    ]
    own = parts.Tab(
        _("Administration"), _query("", day), active=not any(tab.active for tab in others)
    )
    return [own, *others] if others else []


def line_table(
    line: SecondLine, actor: Actor, cells: Sequence[Cell], caption: Text, day: date | None = None
) -> parts.Table:
    """The cells with their body of the line and its leader, today or on `day`."""
    bodies, known = line.bodies(actor, cells, day), _known(line, day)
    name, body, leader = (
        parts.Column(_("Cell"), "main"),
        parts.Column(line.body),
        parts.Column(line.leader),
    )
    rows = []
    for cell in cells:
        found = bodies.get(cell.pk)
        shown = (
            parts.Cell(name, cell.name, f"{cell_href(cell.code)}{_query(line.key, day)}"),
            parts.Cell(body, found.name if found else None, found.href if found else ""),
            parts.Cell(leader, (found.leader or None) if found else None),
        )
        rows.append(parts.Row(cell.code, shown, _tone(line, cell, found, known=known)))
    return parts.Table((name, body, leader), tuple(rows), caption)


def _known(line: SecondLine, day: date | None) -> bool:
    """Records reach back to the day, so that what is missing was missing."""
    return day is None or line.unknown_on(day) is None


def _tone(line: SecondLine, cell: Cell, found: Body | None, *, known: bool) -> parts.Tone:
    due = known and cell.level in line.tiers
    return "amber" if due and (found is None or not found.leader) else ""


def draw_line(
    line: SecondLine,
    actor: Actor,
    cells: Sequence[Cell],
    collection: dict[str, Any],
    day: date | None = None,
) -> dict[str, Any]:
    """The collection of cells with the line's bodies for facts, green where one is led."""
    bodies, known = line.bodies(actor, cells, day), _known(line, day)
    by_code = {cell.code: (cell, bodies.get(cell.pk)) for cell in cells}
    for feature in collection["features"]:
        kept = feature["properties"]
        cell, found = by_code[kept["code"]]
        facts = (
            [[str(line.body), found.name], [str(line.leader), found.leader or "–"]] if found else []
        )
        tone = _tone(line, cell, found, known=known) or ("green" if found else "")
        href = f"{cell_href(cell.code)}{_query(line.key, day)}"
        feature["properties"] = {
            "code": cell.code, "name": cell.name, "facts": facts, "href": href, "tone": tone,
        }  # fmt: skip
    return collection

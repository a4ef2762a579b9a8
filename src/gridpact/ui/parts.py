"""What the components draw: small frozen records that views build and templates only show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

Text = str | Promise
Tone = Literal["", "green", "amber", "red", "grey", "blue", "gold"]


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of a cell path; the last one carries no link."""

    label: Text
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view. `count` None shows no number; a text may be capped, such as 99+."""

    label: Text
    href: str
    count: int | str | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class Pill:
    """An active filter and the address of the same list without it."""

    label: Text
    value: Text
    remove_href: str


@dataclass(frozen=True, slots=True)
class Action:
    """A verb the page may offer. When `possible` is false, `reason` says why not.

    `method` get is a link to a form page; post submits at once with `name=value`. `aside` folds it
    behind "more".
    """

    label: Text
    url: str = ""
    icon: str = ""
    method: Literal["get", "post"] = "get"
    primary: bool = False
    danger: bool = False
    possible: bool = True
    reason: Text = ""
    name: str = ""
    value: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A thumbnail that opens the big picture; `label` is e.g. before or after."""

    thumb: str
    full: str
    alt: Text
    label: Text = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an append-only timeline: when, who as which post, what was done."""

    at: datetime
    title: Text
    who: Text = ""
    post: Text = ""
    text: Text = ""
    icon: str = "point"
    tone: Tone = ""
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the parcel view: done, now, next or failed."""

    label: Text
    state: Literal["done", "now", "next", "failed"]
    at: datetime | None = None
    who: Text = ""
    text: Text = ""
    limit: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that is a link to its list. A rate gives `numerator` and `denominator` (counts)."""

    label: Text
    href: str
    value: int | float | str | None = None
    numerator: int | None = None
    denominator: int | None = None
    unit: Text = ""
    icon: str = ""
    tone: Tone = ""
    hint: Text = ""

    @property
    def is_rate(self) -> bool:
        """True when the figure is a share of something."""
        return self.denominator is not None

    @property
    def shown(self) -> str:
        """The figure as text; a rate is a whole percentage, a zero denominator an en dash."""
        if self.denominator is not None:
            if not self.denominator:
                return "–"
            return f"{round(100 * (self.numerator or 0) / self.denominator)}%"
        if self.value is None:
            return "–"
        return f"{self.value:,}" if isinstance(self.value, int | float) else self.value


@dataclass(frozen=True, slots=True)
class Column:
    """A table head: `kind` number aligns right, main is the card title on phones."""

    label: Text
    kind: Literal["text", "number", "main", "code"] = "text"
    sort_href: str = ""
    sorted: Literal["", "asc", "desc"] = ""

    @property
    def aria_sort(self) -> str:
        """The value of aria-sort for this head."""
        return {"asc": "ascending", "desc": "descending"}.get(self.sorted, "none")


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: its shown value (text or safe markup) and the column it belongs to."""

    column: Column
    shown: object
    href: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One table row; `key` is the stable code used by bulk choice."""

    key: str
    cells: Sequence[Cell]
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of a list; `pickable` shows the boxes of the bulk bar."""

    columns: Sequence[Column]
    rows: Sequence[Row] = field(default_factory=tuple)
    caption: Text = ""
    pickable: bool = False

    @classmethod
    def of(
        cls,
        columns: Sequence[Column],
        rows: Iterable[tuple[str, str, Sequence[object]]],
        caption: Text = "",
    ) -> Table:
        """Build from plain tuples `(key, href, values)`; the first cell links to `href`."""
        made = tuple(
            Row(
                key,
                tuple(
                    Cell(column, value, href if index == 0 else "")
                    for index, (column, value) in enumerate(zip(columns, values, strict=True))
                ),
            )
            for key, href, values in rows
        )
        return cls(columns, made, caption)

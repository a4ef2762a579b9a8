"""Shapes of the territory calls. Points are `[longitude, latitude]` in WGS-84 degrees."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field

from gridpact.core.words import Words


class CellQuery(Schema):
    """Filters of the list of cells; `as_of` asks for the tree of that day."""

    level: Words = ""
    parent: Words = ""
    q: Words = ""
    as_of: date | None = None
    cursor: Words = ""
    limit: int = Field(default=100, ge=1, le=2000)


class CellRefOut(Schema):
    """A cell as lists name it."""

    code: str
    name: str
    level: str


class CellItem(CellRefOut):
    """A cell of the list; `parent` is a code."""

    parent: str | None
    kind: str
    doors: int
    point: tuple[float, float] | None


class CellPage(Schema):
    """Cells in the order of their codes."""

    items: list[CellItem]
    count: int
    next: str | None


class CellPostOut(Schema):
    """A post on the cell; `holder` is masked for the public."""

    kind: str
    name: str
    holder: str
    is_head: bool


class CellOut(CellItem):
    """One cell: `path` from the district down, `point` lies inside it."""

    path: list[CellRefOut]
    children: int
    opened_on: date
    closed_on: date | None
    posts: list[CellPostOut]


class GapOut(Schema):
    """One finding: `count` may stand for several, `until` is a term's or an absence's last day."""

    cell: CellRefOut
    post: str
    holder: str
    until: date | None
    doors: int | None
    limit: int | None
    count: int
    href: str


class GapsOut(Schema):
    """What is wrong under a cell. Kinds of other apps follow as further lists of the same shape."""

    model_config = {"extra": "allow"}

    cell: CellRefOut
    count: int
    vacancies: list[GapOut]
    no_deputy: list[GapOut]
    two_heads: list[GapOut]
    overloaded: list[GapOut]
    expiring: list[GapOut]
    admin_posts: list[GapOut]

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


class LocateQuery(Schema):
    """A point in degrees of `datum`: wgs84, gcj02 or bd09."""

    lon: float
    lat: float
    datum: Words = "wgs84"


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


class LocateOut(Schema):
    """The deepest cell at a point and how it was found: `polygon`, or `nearest` within 50 m."""

    cell: CellRefOut
    path: list[CellRefOut]
    reason: str
    distance_m: float

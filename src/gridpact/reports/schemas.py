"""Shapes of the calls about figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from gridpact.core.words import Words


class FrameQuery(Schema):
    """A period of local days (`from` and `to` included), a cell code, a day for the registers."""

    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")
    cell: Words = ""
    as_of: date | None = None


class RecordQuery(FrameQuery):
    """The list behind a figure; `part` is `counted`, or `all` for what a rate is measured on."""

    part: Words = "counted"
    cursor: Words = ""
    limit: int = Field(default=50, ge=1, le=200)


class FigureOut(Schema):
    """A count, or a rate with numerator and denominator; `value` null when there is nothing."""

    value: float | int | None
    numerator: float | int
    denominator: int | None


class RecordPage(Schema):
    """Records behind a figure, as their list shows them."""

    items: list[dict[str, Any]]
    count: int
    next: str | None

"""Shapes of orders as they stood on a past day."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from gridpact.orders.schemas.base import CategoryOut, OrderCellOut, StepOut, TimelineOut


class PastItem(Schema):
    """An order at the end of a past day; class and category are today's.

    `owner` answered for the step. `in_sight` false: it lay in the caller's cells then, is out of
    sight today and therefore masked.
    """

    number: str
    state: str
    klass: str | None = Field(alias="class")
    kind: str
    title: str
    category: CategoryOut | None
    cell: OrderCellOut
    step: str | None
    owner: str
    due_at: datetime | None
    light: str
    overdue: bool
    created_at: datetime
    promised_at: datetime
    in_sight: bool


class PastPage(Schema):
    """A page of what was open that day; `count` is null where more than 999 match."""

    as_of: date
    items: list[PastItem]
    count: int | None
    next: str | None


class PastOut(PastItem):
    """One order as it was at the end of the day."""

    as_of: date
    text: str
    timeline: list[TimelineOut]
    steps: list[StepOut]

"""Shapes of the calls of the other doors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import BaseModel, Field

from gridpact.core.words import Moment, Words

Short = Annotated[Words, Field(max_length=40)]


class ChainIn(BaseModel):
    """A pasted chain text of a `cell` (code).

    `kind` is WISH, NEED or SIGN_UP (empty: as title and entries sound), `day` the day of the
    chain (today), `withdraw` ids of withdrawn entries whose open orders shall be withdrawn too.
    """

    text: str
    cell: Short
    dry_run: bool = False
    group: Short = ""
    kind: Short = ""
    day: date | None = None
    withdraw: list[int] = Field(default_factory=list, max_length=10_000)


class EntryOut(Schema):
    """One entry; `status` is new, changed, back or same; `known_as` empty means to confirm.

    `phone` is masked. `doubts` are codes: name_missing, name_long, several_counts, count_odd,
    several_phones, phone_odd, number_inside.
    """

    number: int
    line: int
    name: str
    phone: str
    place: str
    count: int
    remark: str
    doubts: list[str]
    known_as: str
    status: str
    order: str | None


class GoneOut(Schema):
    """An entry that is no longer in the list; `id` may be named in `withdraw`."""

    id: int
    number: int
    name: str
    remark: str
    order: str | None


class DifferencesOut(Schema):
    """Numbers of entries that are new, changed (or back) and the same; entries that are gone."""

    new: list[int]
    changed: list[int]
    same: list[int]
    withdrawn: list[GoneOut]


class UnreadOut(Schema):
    """A line that was not understood; `why` is empty, number_inside, between or other_chain."""

    line: int
    text: str
    why: str


class ChainOut(Schema):
    """What a chain says; `id` is null until it is saved, `orders` are those just placed."""

    id: int | None
    title: str
    kind: str
    day: date
    example: list[str]
    tail: list[str]
    entries: list[EntryOut]
    differences: DifferencesOut
    not_understood: list[UnreadOut]
    orders: list[str]
    withdrawn_orders: list[str]
    kept_orders: list[str]
    dry_run: bool


class SourceOrderOut(Schema):
    """How an order of another system stands here."""

    source_number: str
    number: str
    state: str
    unit: str
    answer: str
    created_at: datetime
    finished_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime


class SourceStatusOut(Schema):
    """A page of them, the first that came first."""

    items: list[SourceOrderOut]
    next: str | None


class StatusQuery(Schema):
    """`since`: only what changed after it; `cursor` as the page before said."""

    since: Moment | None = None
    cursor: Short = ""
    limit: int = Field(50, ge=1, le=200)

"""Bodies and shapes of the moves between offices, of ties between orders and of supervision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import BaseModel, Field, RootModel

from gridpact.core.words import Words

Short = Annotated[Words, Field(max_length=200)]
Key = Annotated[int, Field(ge=1, lt=2**63)]


class GuideBody(BaseModel):
    """`guide` is the appointment id of a post of the area; see `/orders/{number}/receivers`."""

    guide: Key
    note: Words = ""


class WhistleBody(BaseModel):
    """`lead` and `assist` are departments, by id or code; `days` working days until they report."""

    lead: Key | Short
    assist: list[Key | Short] = Field(default_factory=list, max_length=20)
    days: int = 10
    note: Words = ""


class MergeBody(BaseModel):
    """`into` is the number of the order that goes on."""

    into: Short = ""
    reason: Words = ""


class SuperviseBody(BaseModel):
    """`card` is NORMAL, YELLOW or RED; `days` working days until it is answered, 0 for none."""

    card: Short = ""
    reason: Words = ""
    instruction: Words = ""
    days: int = 0


class ReportBody(BaseModel):
    """What the called department did."""

    text: Words = ""


class RateAssistBody(BaseModel):
    """`assist` is the id of the call, see the order's `assists`; stars go from 1 to 5."""

    assist: Key
    stars: int
    comment: Words = ""


class ContactBody(BaseModel):
    """`way` is PHONE, VISIT or MESSAGE; `reached` says whether the reporter was spoken to."""

    way: Short = ""
    reached: bool = True
    note: Words = ""


class PartIn(BaseModel):
    """A child: what is to be done; `cell` is a code, absent means where the parent lies."""

    title: Short = ""
    text: Words = ""
    cell: Short = ""


class ChildrenBody(RootModel[Annotated[list[PartIn], Field(max_length=20)]]):
    """The parts an order is split into."""


class AssistOut(Schema):
    """A call: who, until when, reported in and back; `result` and stars when they are there."""

    id: int
    org: str
    is_lead: bool
    task: str
    called_at: datetime
    due_at: datetime
    here_at: datetime | None
    back_at: datetime | None
    closed_at: datetime | None
    result: str
    stars: int | None
    comment: str


class TieOut(Schema):
    """Another order that belongs to this one."""

    number: str
    title: str
    state: str


class CardOut(Schema):
    """Supervision in force: card, why, what is to be done, until when."""

    card: str
    reason: str
    instruction: str
    given_at: datetime
    limit_at: datetime | None


class DecisionOut(Schema):
    """One triage: the class it got, what it was before, why, by whom."""

    klass: str = Field(alias="class")
    before: str | None
    reason: str
    by: str
    post: str
    at: datetime


class ContactOut(Schema):
    """A contact with the reporter."""

    at: datetime
    way: str
    reached: bool
    text: str


class ChildrenOut(Schema):
    """The children that were made, accepted by the desk that split."""

    children: list[TieOut]


class DaysBody(BaseModel):
    """How many working days more, and why; both are required."""

    days: int = 0
    reason: Words = ""


class SuspendBody(BaseModel):
    """Why it waits, and the day on which it is looked at again (in 30 days when absent)."""

    reason: Words = ""
    review_on: date | None = None

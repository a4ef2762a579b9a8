"""Shapes of the order calls. Times are UTC; points are WGS-84 degrees unless a datum is given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, Field

from gridpact.core.words import Moment, Words
from gridpact.orders.schemas.acts import AssistOut, CardOut, ContactOut, DecisionOut, TieOut

Short = Annotated[Words, Field(max_length=200)]


class LocationIn(BaseModel):
    """A point in degrees of `datum`: wgs84 (also cgcs2000), gcj02 or bd09."""

    lon: float
    lat: float
    datum: Short = "wgs84"


class ContactIn(BaseModel):
    """How to reach the resident."""

    name: Short = ""
    phone: Short = ""


class PublicOrderIn(BaseModel):
    """What a resident says, and where: a point, else a cell code, else an address.

    A phone number is needed unless `anonymous`; `photos` are ids from `/uploads`.
    """

    text: str
    kind: Short = "NEED"
    title: Short = ""
    location: LocationIn | None = None
    address: Short = ""
    cell: Short = ""
    contact: ContactIn = ContactIn()
    anonymous: bool = False
    photos: list[UUID] = Field(default_factory=list, max_length=9)


class StaffOrderIn(PublicOrderIn):
    """An order entered on a resident's behalf; `channel` says by which door it came.

    `created_at` is when it was said, today at the latest; absent means now.
    """

    channel: Short = "STAFF"
    created_at: Moment | None = None


class NoteBody(BaseModel):
    """Nothing is required."""

    note: Words = ""
    reason: Words = ""


class ReasonBody(BaseModel):
    """The reason is required."""

    reason: Words = ""


class TriageBody(BaseModel):
    """`class` is PUBLIC, PRIVATE, HARD or EASY; `category` a code of the list of categories."""

    klass: Short = Field(default="", alias="class")
    reason: Words = ""
    category: Short = ""


class OfferBody(BaseModel):
    """Places in the claim hall (1–200), until when, and which skill is wanted."""

    slots: int = 1
    until: Moment | None = None
    skill: Short = ""
    note: Words = ""


class TargetIn(BaseModel):
    """Exactly one receiver: a post (appointment id), an organisation (id or code), an officer.

    An officer is one of a department's network at the order's place; ids are in the receivers.
    """

    post: int | None = Field(default=None, ge=1, lt=2**63)
    org: Annotated[int, Field(ge=1, lt=2**63)] | Short | None = None
    officer: int | None = Field(default=None, ge=1, lt=2**63)


class DispatchBody(BaseModel):
    """Who receives the order; see `/orders/{number}/receivers`."""

    to: TargetIn = TargetIn()
    note: Words = ""


class ClaimBody(BaseModel):
    """`org` is needed only by people who speak for several units."""

    org: int | None = Field(default=None, ge=1, lt=2**63)
    note: Words = ""


class FinishBody(BaseModel):
    """A plain answer and at least one upload as proof; `before` are photos from before the work.

    What can be seen outdoors (a point on the map) needs a photo among the proofs.
    """

    answer: Words = ""
    proof: list[UUID] = Field(default_factory=list, max_length=9)
    before: list[UUID] = Field(default_factory=list, max_length=9)
    reason: Words = ""


class RateBody(BaseModel):
    """The resident's word: `satisfaction` is satisfied, basically or unsatisfied.

    Speed, effect, attitude and clarity of the answer are optional marks from 1 (bad) to 5.
    """

    solved: bool
    satisfaction: Short
    comment: Words = ""
    speed: int | None = Field(default=None, ge=1, le=5)
    effect: int | None = Field(default=None, ge=1, le=5)
    attitude: int | None = Field(default=None, ge=1, le=5)
    clarity: int | None = Field(default=None, ge=1, le=5)


class RevealBody(BaseModel):
    """Why the contact is needed; kept in the log."""

    reason: Words = ""


class OrderCellOut(Schema):
    """A cell and the names above it, e.g. `临桂镇 / 致和社区`."""

    code: str
    name: str
    path: str


class CategoryOut(Schema):
    """What an order is about."""

    code: str
    name: str


class HandlerOut(Schema):
    """Who has it: `kind` is post, org or user, and `id` its number."""

    kind: str
    id: int
    label: str


class OrderItem(Schema):
    """An order as lists show it. People of the claim hall get a masked title.

    `light` is what the clock of the step has reached: green, warned, yellow or red.
    """

    number: str
    state: str
    klass: str | None = Field(alias="class")
    kind: str
    title: str
    category: CategoryOut | None
    cell: OrderCellOut
    priority: str
    step: str | None
    due_at: datetime | None
    light: str
    overdue: bool
    handler: HandlerOut | None
    slots: int
    slots_free: int
    offered_until: datetime | None
    created_at: datetime
    promised_at: datetime
    satisfaction: str | None
    is_public: bool


class OrderPage(Schema):
    """A page of orders; `count` is null where more than 999 match."""

    items: list[OrderItem]
    count: int | None
    next: str | None


class PointOut(Schema):
    """WGS-84 degrees; rounded to about 100 m for the claim hall."""

    lon: float
    lat: float


class ReporterOut(Schema):
    """The reporter, masked; see `/orders/{number}/reveal`."""

    name: str
    phone: str
    anonymous: bool


class PhotoOut(Schema):
    """A picture or document; `role` is REPORT, BEFORE, AFTER or DOCUMENT."""

    id: UUID
    kind: str
    role: str
    url: str
    taken_at: datetime | None
    uploaded_at: datetime


class TimelineOut(Schema):
    """One line of the timeline; `text` is for colleagues, `told` for the resident."""

    at: datetime
    verb: str
    before: str
    after: str
    by: str
    post: str
    text: str
    told: str


class StepOut(Schema):
    """One run of a clock."""

    step: str
    owner: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None


class ClaimOut(Schema):
    """A place taken in an offered order."""

    by: str
    org: str | None
    by_member: bool
    at: datetime
    released_at: datetime | None


class OrderOut(OrderItem):
    """One order in full; `actions` are the verbs the caller may use now."""

    text: str
    address: str
    channel: str
    point: PointOut | None
    reporter: ReporterOut | None
    answer: str
    solved: bool | None
    skill: str
    photos: list[PhotoOut]
    timeline: list[TimelineOut]
    steps: list[StepOut]
    claims: list[ClaimOut]
    actions: list[str]
    card: CardOut | None
    returns: int
    urged: int
    affected: int
    review_on: date | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    parent: TieOut | None
    merged_into: TieOut | None
    children: list[TieOut]
    merged: list[TieOut]
    assists: list[AssistOut]
    decisions: list[DecisionOut]
    contacts: list[ContactOut]


class EnteredOut(OrderOut):
    """An order entered by staff, with the code to hand to the resident."""

    code: str


class WhyOut(Schema):
    """How the order came where it is: `routing`, `triage` (null before it), `clock`, `promise`."""

    number: str
    routing: dict[str, Any]
    triage: dict[str, Any] | None
    clock: dict[str, Any] | None
    promise: dict[str, Any]


class SimilarItem(Schema):
    """A solved order like the one asked about; `likeness` is 0 to 1, `answer` is masked."""

    number: str
    title: str
    likeness: float
    klass: str = Field(alias="class")
    category: str | None
    solved_by: str | None
    hours: float | None
    satisfaction: str | None
    near: bool
    answer: str


class SimilarPage(Schema):
    """The most alike first."""

    items: list[SimilarItem]


class PostReceiver(Schema):
    """A post that can receive the order."""

    id: int
    label: str
    holder: str


class OrgReceiver(Schema):
    """An organisation that can receive the order."""

    id: int
    code: str
    name: str
    kind: str


class OfficerReceiver(Schema):
    """An officer of a department's network: `network` and `cell` are names."""

    id: int
    network: str
    cell: str
    holder: str
    org: str


class ReceiversOut(Schema):
    """Whom the order can be dispatched to."""

    posts: list[PostReceiver]
    orgs: list[OrgReceiver]
    officers: list[OfficerReceiver]


class RevealOut(Schema):
    """The reporter in clear."""

    name: str
    phone: str

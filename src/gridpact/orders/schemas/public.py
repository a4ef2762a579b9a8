"""Shapes of what residents' programs get: a placed order, its masked progress, an upload."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, Field

from gridpact.orders.schemas.base import OrderCellOut, PhotoOut, Short


class JoinBody(BaseModel):
    """The phone of somebody whom the matter affects too; counted once."""

    phone: Short = ""


class AffectedOut(Schema):
    """How many other people the matter affects, as far as they said so."""

    number: str
    affected: int


class PlacedOut(Schema):
    """A new order: keep `number` and `code` to follow it."""

    number: str
    code: str
    cell: OrderCellOut
    state: str
    created_at: datetime
    promised_at: datetime


class LightOut(Schema):
    """A clock in words: `colour` is green, amber, red, grey, done, late or paused."""

    colour: str
    text: str


class PublicStepOut(Schema):
    """One run of a clock, without names; `on_time` is null while it runs."""

    step: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    on_time: bool | None


class ToldOut(Schema):
    """Something the resident was told."""

    at: datetime
    verb: str
    text: str


class MergedOut(Schema):
    """The order that goes on in place of a merged one."""

    number: str
    state: str
    promised_at: datetime
    answer: str


class PublicOrderOut(Schema):
    """Masked progress; what the resident may do and was told only with the right code.

    `affected` counts others who said the matter affects them too; `redone` how often it was done
    again; `urge_from` is when it may be urged again (null: now).
    """

    number: str
    state: str
    klass: str | None = Field(alias="class")
    kind: str
    title: str
    cell: OrderCellOut
    handler: str
    created_at: datetime
    promised_at: datetime
    light: LightOut
    extension: ToldOut | None
    step: str | None
    due_at: datetime | None
    steps: list[PublicStepOut]
    answer: str
    told: list[ToldOut]
    photos: list[PhotoOut]
    satisfaction: str | None
    affected: int
    redone: int
    merged_into: MergedOut | None
    can_withdraw: bool
    can_rate: bool
    can_urge: bool
    urge_from: datetime | None


class UploadOut(Schema):
    """A kept file: `kind` is image or pdf, `sha256` of the bytes that were sent."""

    id: UUID
    kind: str
    sha256: str

"""Shapes of the calls of the triage desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import BaseModel, Field

from gridpact.core.words import Moment, Words
from gridpact.orders.schemas.base import OrderItem, TargetIn

Short = Annotated[Words, Field(max_length=200)]


class TriageQuery(Schema):
    """`tab`: own (my desk), below (lower desks too) or again (classed anew in 30 days)."""

    tab: Words = "own"
    q: Words = ""
    cursor: Words = ""
    limit: int = 50


class LookerOut(Schema):
    """Who else opened the order within the last five minutes."""

    name: str
    at: datetime


class TriageItemOut(OrderItem):
    """A waiting order."""

    looker: LookerOut | None = None


class TriageQueueOut(Schema):
    """One page of the queue, the most urgent first; `count` is null from 1,000 on."""

    items: list[TriageItemOut]
    count: int | None
    next: str | None


class DecideBody(BaseModel):
    """Class, reason, and how the order goes on: offer, dispatch, guide, escalate or keep.

    `to` is for dispatch and guide (a post); slots, until and skill are for offer. `seen`: id of the
    last timeline line that was looked at; a later one by somebody else is answered with 409.
    """

    klass: Short = Field(default="", alias="class")
    reason: Words = ""
    way: Short = "keep"
    category: Short = ""
    to: TargetIn = TargetIn()
    slots: int = 1
    until: Moment | None = None
    skill: Short = ""
    note: Words = ""
    seen: int | None = Field(default=None, ge=0, lt=2**63)

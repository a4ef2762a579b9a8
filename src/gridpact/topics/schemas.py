"""Shapes of hot topics and of similar matters in the API."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema
from pydantic import BaseModel

from gridpact.core.words import Words


class TopicOut(Schema):
    """A topic; counts and times are those of orders in sight."""

    id: int
    name: str
    words: list[str]
    heat: float
    people: int
    orders: int
    where: str
    days: int
    first: datetime
    last: datetime
    made_at: datetime


class TopicsOut(Schema):
    """Topics of the caller's area, hottest first."""

    days: int
    items: list[TopicOut]


class TopicWeekOut(Schema):
    """Orders of one week."""

    monday: date
    orders: int


class TopicDetailOut(TopicOut):
    """A topic with the numbers of its orders."""

    numbers: list[str]
    weeks: list[TopicWeekOut]


class UniteBody(BaseModel):
    """`numbers` are merged into `into`, all of the topic; `preview`: only what that would do."""

    into: Words = ""
    numbers: list[Words] = []
    reason: Words = ""
    preview: bool = False


class NotUnitedOut(Schema):
    """An order that was not merged, and why."""

    number: str
    why: str


class UnitedOut(Schema):
    """What became of it, or would; `people` is how many the answer then reaches."""

    into: str
    done: int
    merged: list[str]
    refused: list[NotUnitedOut]
    people: int


class SimilarMatterOut(Schema):
    """A matter of the public board that may be the same; metres are rounded to 100."""

    number: str
    title: str
    place: str
    created_at: datetime
    is_solved: bool
    affected: int
    likeness: float
    metres: int | None

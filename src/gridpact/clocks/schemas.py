"""Shapes of calendars, limits, thresholds and quiet hours in JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, BaseModel, Field


def _local(at: dt.time) -> dt.time:
    """Office hours are local: an offset would say something else."""
    if at.tzinfo is not None:
        raise ValueError(_("must be a local time such as 08:30"))
    return at


LocalTime = Annotated[dt.time, AfterValidator(_local)]


class LimitIn(BaseModel):
    """A limit; empty texts fit everybody. `cell` is a code, `unit` DAY, HOUR, CLOCK or DATE."""

    step: str = Field(max_length=9)
    klass: str = Field(default="", max_length=7)
    kind: str = Field(default="", max_length=12)
    channel: str = Field(default="", max_length=8)
    category: str = Field(default="", max_length=20)
    cell: str = Field(default="", max_length=30)
    amount: int = Field(ge=1, le=32767)
    unit: str = Field(max_length=5)
    source: str = Field(default="", max_length=80)
    is_active: bool = True


class LimitOut(Schema):
    """A limit with its code."""

    key: str
    step: str
    klass: str
    kind: str
    channel: str
    category: str
    cell: str
    amount: int
    unit: str
    source: str
    is_active: bool


class LimitPage(Schema):
    """A page of limits by code."""

    items: list[LimitOut]
    count: int
    next: str | None


class HoursIn(BaseModel):
    """Office hours in two half-days, local time."""

    name: str = Field(max_length=40)
    opens: LocalTime
    noon: LocalTime
    back: LocalTime
    closes: LocalTime


class CalendarOut(Schema):
    """A calendar, its hours as HH:MM, and the cells that keep it (with all below them)."""

    code: str
    name: str
    opens: str
    noon: str
    back: str
    closes: str
    cells: list[str]


class CalendarList(Schema):
    """All calendars; `base` is the district's."""

    items: list[CalendarOut]
    count: int


class DayIn(BaseModel):
    """Whether the office is open on a day."""

    date: dt.date
    is_working: bool


class DaysIn(BaseModel):
    """Days to say something about, and why."""

    days: list[DayIn] = Field(max_length=366)
    note: str = Field(default="", max_length=60)


class DayOut(Schema):
    """A day on which the office is open or closed against the days of the week."""

    date: dt.date
    is_working: bool
    note: str


class YearOut(Schema):
    """A year of a calendar: `days` differ from Monday to Friday; a year not `known` has none."""

    calendar: str
    year: int
    known: bool
    working: int
    days: list[DayOut]


class ChangedOut(Schema):
    """How many rows changed; running clocks are counted anew then."""

    changed: int


class AreaIn(BaseModel):
    """Which calendar an area keeps."""

    calendar: str = Field(max_length=20)


class AreaOut(Schema):
    """An area with a calendar of its own."""

    cell: str
    name: str
    calendar: str


class AreaList(Schema):
    """All areas with a calendar of their own; everybody else keeps `base`."""

    items: list[AreaOut]
    count: int


class ThresholdOut(Schema):
    """A number beside the limits, between `least` and `most`."""

    key: str
    number: int
    least: int
    most: int
    source: str


class ThresholdList(Schema):
    """All thresholds."""

    items: list[ThresholdOut]
    count: int


class ThresholdsIn(BaseModel):
    """New numbers by key; those not named stay."""

    numbers: dict[str, int] = Field(max_length=50)


class QuietIn(BaseModel):
    """Quiet hours, local time; `ends` may lie on the next day."""

    is_on: bool
    begins: LocalTime
    ends: LocalTime


class QuietOut(Schema):
    """Quiet hours as HH:MM, whether it is quiet now, and how many messages wait."""

    is_on: bool
    begins: str
    ends: str
    quiet_now: bool
    held: int

"""Working-time arithmetic: limits run only while the district office is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from gridpact.core.clock import LOCAL

# Two half-days as Guangxi offices keep them; 7 hours make one working day.
HALVES = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
DAY_MINUTES = 420


class Limit(NamedTuple):
    """How long a step may take: working minutes, or plain clock minutes when `clock` is True."""

    minutes: int
    clock: bool = False


def is_working(day: date, calendar: Mapping[date, bool]) -> bool:
    """Is `day` a working day by the calendar; a missing year falls back to Monday–Friday."""
    known = calendar.get(day)
    return day.weekday() < 5 if known is None else known


def due(start: datetime, limit: Limit, calendar: Mapping[date, bool]) -> datetime:
    """The instant (UTC) at which `limit` is used up when the clock starts at `start` (aware).

    Minutes outside office hours and on days off do not count; a limit of whole working days
    therefore ends at the same time of day it began, when it began in office hours.
    """
    if limit.clock:
        return start + timedelta(minutes=limit.minutes)
    left = limit.minutes
    moment = start.astimezone(LOCAL)
    for _ in range(2000):  # five years of days: longer limits are a configuration error
        if is_working(moment.date(), calendar):
            for opens, closes in HALVES:
                begin = max(moment, datetime.combine(moment.date(), opens, LOCAL))
                end = datetime.combine(moment.date(), closes, LOCAL)
                if begin >= end:
                    continue
                span = (end - begin).total_seconds() / 60
                if span >= left:
                    return (begin + timedelta(minutes=left)).astimezone(UTC)
                left -= int(span)
        moment = datetime.combine(moment.date() + timedelta(days=1), time(0), LOCAL)
    raise ValueError("limit is longer than the calendar can be walked")

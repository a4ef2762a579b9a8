"""Working-time arithmetic: limits run only while the office that keeps them is open."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridpact.core.clock import LOCAL

Halves = tuple[tuple[time, time], ...]
Seconds = NDArray[np.float64]

# Two half-days as Guangxi offices keep them; 7 hours make one working day.
HALVES: Halves = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
DAY_MINUTES = 420
# The line of working time is drawn over these years: what lies outside is a configuration error.
FIRST, LAST = date(2005, 1, 1), date(2050, 12, 31)
_EPOCH = date(1970, 1, 1).toordinal()
_SHIFT = 8 * 3600  # China keeps one time all year round (since 1991)


class Limit(NamedTuple):
    """How long a step may take: working minutes, or plain clock minutes when `clock` is True."""

    minutes: int
    clock: bool = False


def is_working(day: date, calendar: Mapping[date, bool]) -> bool:
    """Is `day` a working day by the calendar; a missing year falls back to Monday–Friday."""
    known = calendar.get(day)
    return day.weekday() < 5 if known is None else known


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


class Office:
    """The hours and days of one office, as one rising line: working seconds over real seconds.

    Every half-day is a piece of the line; adding a limit is a walk up and back down it, for one
    instant (`add`) or for many at once (`add_many`). Instants are seconds since 1970, UTC.
    """

    def __init__(self, days: Mapping[date, bool], halves: Halves = HALVES) -> None:
        self.days, self.halves = days, halves
        self._pieces = tuple((_second(opens), _second(closes)) for opens, closes in halves)
        self.day_minutes = sum(closes - opens for opens, closes in self._pieces) // 60

    def is_working(self, day: date) -> bool:
        """Is the office open on `day`."""
        return is_working(day, self.days)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years of which a day is known; all others count Monday to Friday."""
        return frozenset(day.year for day in self.days)

    @cached_property
    def _line(self) -> tuple[list[int], list[int], list[int]]:
        """(opening, closing, working seconds up to the closing) of every half-day, rising."""
        opens, closes, sums, total = [], [], [], 0
        for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
            if not self.is_working(date.fromordinal(ordinal)):
                continue
            midnight = (ordinal - _EPOCH) * 86400 - _SHIFT
            for begin, end in self._pieces:
                total += end - begin
                opens.append(midnight + begin)
                closes.append(midnight + end)
                sums.append(total)
        return opens, closes, sums

    @cached_property
    def _arrays(self) -> tuple[Any, Any, Any]:
        opens, closes, sums = self._line
        return np.array(opens, float), np.array(closes, float), np.array(sums, float)

    def worked(self, instant: float) -> float:
        """Working seconds on the line up to `instant`."""
        opens, closes, sums = self._line
        place = bisect_left(closes, instant)
        if place == len(closes):
            return float(sums[-1])
        before = sums[place - 1] if place else 0
        return before + max(0.0, instant - opens[place])

    def add(self, instant: float, seconds: float) -> float:
        """The instant at which `seconds` of working time are used up, begun at `instant`."""
        opens, closes, sums = self._line
        target = self.worked(instant) + seconds
        place = bisect_left(sums, target) if seconds > 0 else bisect_right(sums, target)
        if place >= len(sums) or not opens[0] <= instant:
            raise ValueError("limit is longer than the calendar can be walked")
        if seconds <= 0:
            return max(instant, float(opens[place]))
        return closes[place] - (sums[place] - target)

    def worked_many(self, instants: Seconds) -> Seconds:
        """`worked` for many instants, shape (n,)."""
        opens, closes, sums = self._arrays
        place = np.minimum(np.searchsorted(closes, instants, side="left"), len(closes) - 1)
        before = np.where(place > 0, sums[place - 1], 0.0)
        inside = np.clip(instants - opens[place], 0.0, closes[place] - opens[place])
        return np.asarray(before + inside)

    def add_many(self, instants: Seconds, seconds: Seconds) -> Seconds:
        """`add` for many instants with positive `seconds`, shape (n,); NaN beyond the line."""
        _opens, closes, sums = self._arrays
        target = self.worked_many(instants) + seconds
        place = np.searchsorted(sums, target, side="left")
        beyond = place >= len(sums)
        place = np.minimum(place, len(sums) - 1)
        found = closes[place] - (sums[place] - target)
        return np.where(beyond, np.nan, found)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from `start` to `end` (both aware); 0 when it runs backwards."""
        span = self.worked(end.timestamp()) - self.worked(start.timestamp())
        return max(0, round(span / 60))

    def closed_days(self, start: datetime, end: datetime) -> list[date]:
        """Days between two instants on which the office is closed, in order."""
        first, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
        span = range((last - first).days + 1)
        days = (first + timedelta(days=each) for each in span)
        return [day for day in days if not self.is_working(day)]


def due(start: datetime, limit: Limit, office: Office) -> datetime:
    """The instant (UTC) at which `limit` is used up when the clock starts at `start` (aware).

    Minutes outside office hours and on days off do not count; a limit of whole working days
    therefore ends at the same time of day it began, when it began in office hours.
    """
    if limit.clock:
        return start.astimezone(UTC) + timedelta(minutes=limit.minutes)
    return datetime.fromtimestamp(office.add(start.timestamp(), limit.minutes * 60), UTC)

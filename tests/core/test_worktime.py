"""Limits run in office hours only; expected instants were counted by hand on the calendar of 2026."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gridpact.core.clock import LOCAL
from gridpact.core.worktime import DAY_MINUTES, Limit, due, is_working

CALENDAR = {
    date(2026, 10, 1): False, date(2026, 10, 2): False, date(2026, 10, 5): False,
    date(2026, 10, 6): False, date(2026, 10, 7): False, date(2026, 10, 10): True,
}  # fmt: skip


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at(8, 9), 120, at(8, 11)),  # within a morning
        (at(8, 11), 120, at(8, 15, 30)),  # over the noon break
        (at(8, 17), 120, at(9, 9, 30)),  # over the night
        (at(8, 20), 120, at(9, 10, 30)),  # placed in the evening
        (at(9, 17), 120, at(10, 9, 30)),  # Saturday the 10th is a swapped working day
        (at(10, 17), 120, at(12, 9, 30)),  # Sunday is off
        (at(30, 17, month=9), 120, at(8, 9, 30)),  # over National Day, 1–7 October
        (at(8, 9), DAY_MINUTES, at(9, 9)),  # one working day
        (at(8, 9), 3 * DAY_MINUTES, at(12, 9)),  # Friday, swapped Saturday, Monday
        (at(8, 18), 60, at(9, 9, 30)),  # at closing time
    ],
)
def test_due_counts_office_hours(start: datetime, minutes: int, end: datetime) -> None:
    assert due(start, Limit(minutes), CALENDAR) == end


def test_due_by_the_clock_ignores_the_calendar() -> None:
    assert due(at(1, 23), Limit(24 * 60, clock=True), CALENDAR) == at(2, 23)


def test_is_working_falls_back_to_weekdays() -> None:
    assert is_working(date(2031, 1, 6), {})
    assert not is_working(date(2031, 1, 5), {})


def test_due_refuses_an_endless_limit() -> None:
    with pytest.raises(ValueError, match="longer than the calendar"):
        due(at(8, 9), Limit(10_000 * DAY_MINUTES), {})

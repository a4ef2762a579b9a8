"""Limits run in office hours only; expected instants were counted by hand on the calendar of 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridpact.core.clock import LOCAL
from gridpact.core.worktime import DAY_MINUTES, HALVES, Limit, Office, due, is_working

DAYS = {
    date(2026, 10, 1): False, date(2026, 10, 2): False, date(2026, 10, 5): False,
    date(2026, 10, 6): False, date(2026, 10, 7): False, date(2026, 10, 10): True,
}  # fmt: skip
OFFICE = Office(DAYS)
LONG_DAY = Office(DAYS, ((time(9), time(12)), (time(13), time(18))))


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
        (at(8, 8, 30), 210, at(8, 12)),  # a whole half-day ends when it closes
        (datetime(2026, 12, 31, 17, tzinfo=LOCAL), 120, datetime(2027, 1, 1, 9, 30, tzinfo=LOCAL)),
    ],
)
def test_due_counts_office_hours(start: datetime, minutes: int, end: datetime) -> None:
    assert due(start, Limit(minutes), OFFICE) == end


def test_due_by_the_clock_ignores_the_calendar() -> None:
    assert due(at(1, 23), Limit(24 * 60, clock=True), OFFICE) == at(2, 23)


def test_other_hours_make_another_day() -> None:
    assert LONG_DAY.day_minutes == 480
    assert due(at(8, 17), Limit(120), LONG_DAY) == at(9, 10)


def test_is_working_falls_back_to_weekdays() -> None:
    assert is_working(date(2031, 1, 6), {})
    assert not is_working(date(2031, 1, 5), {})
    assert OFFICE.years == {2026}


def test_due_refuses_an_endless_limit() -> None:
    with pytest.raises(ValueError, match="longer than the calendar"):
        due(at(8, 9), Limit(10_000 * DAY_MINUTES), OFFICE)
    beyond = OFFICE.add_many(np.array([at(8, 9).timestamp()]), np.array([1e9]))
    assert np.isnan(beyond[0])


def test_closed_days_are_named() -> None:
    found = OFFICE.closed_days(at(30, 9, month=9), at(12, 9))
    assert [day.day for day in found] == [1, 2, 3, 4, 5, 6, 7, 11]


def by_minutes(start: datetime, minutes: int, office: Office) -> datetime:
    """The same by counting minute after minute, the slow way that nobody can get wrong."""
    moment, left = start, minutes
    while True:
        local = moment.astimezone(LOCAL)
        opened = any(opens <= local.time() < closes for opens, closes in office.halves)
        if opened and office.is_working(local.date()):
            left -= 1
            if not left:
                return moment + timedelta(minutes=1)
        moment += timedelta(minutes=1)


STARTS = st.integers(0, 60 * 24 * 45).map(
    lambda minute: datetime(2026, 9, 10, tzinfo=LOCAL) + timedelta(minutes=minute)
)


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 2 * DAY_MINUTES), st.sampled_from([OFFICE, LONG_DAY]))
def test_due_is_what_counting_every_minute_gives(
    start: datetime, minutes: int, office: Office
) -> None:
    assert due(start, Limit(minutes), office) == by_minutes(start, minutes, office)


@settings(max_examples=200, deadline=None)
@given(STARTS, st.integers(1, 30 * DAY_MINUTES), st.integers(1, 3 * DAY_MINUTES))
def test_due_walks_back_and_limits_add_up(start: datetime, first: int, second: int) -> None:
    end = due(start, Limit(first), OFFICE)
    assert OFFICE.minutes_between(start, end) == first
    assert due(end, Limit(second), OFFICE) == due(start, Limit(first + second), OFFICE)
    assert OFFICE.minutes_between(end, start) == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(STARTS, st.integers(1, 20 * DAY_MINUTES)), min_size=1, max_size=20))
def test_many_at_once_are_what_each_gives_alone(rows: list[tuple[datetime, int]]) -> None:
    instants = np.array([start.timestamp() for start, _ in rows])
    seconds = np.array([minutes * 60.0 for _, minutes in rows])
    found = [datetime.fromtimestamp(each, UTC) for each in OFFICE.add_many(instants, seconds)]
    assert found == [due(start, Limit(minutes), OFFICE) for start, minutes in rows]
    assert len(HALVES) == 2

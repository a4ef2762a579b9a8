"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from gridpact.core import clock
from gridpact.ui import times

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def _light(start: float, due: float) -> times.Light:
    with clock.frozen(NOW), translation.override("en"):
        return times.light(NOW + timedelta(hours=due), NOW + timedelta(hours=start))


@pytest.mark.parametrize(
    ("start", "due", "colour", "word"),
    [
        (0, 10, "green", "10 hours left"),
        (-6.9, 3.1, "green", "3 hours left"),
        (-7, 3, "amber", "3 hours left"),
        (-10, 0.5, "amber", "30 minutes left"),
        (-10, 0, "amber", "1 minute left"),
        (-10, -2.1, "red", "2 hours overdue"),
        (-100, -72, "red", "3 days overdue"),
    ],
)
def test_the_light_is_amber_from_seventy_percent_and_red_past_the_limit(
    start: float, due: float, colour: str, word: str
) -> None:
    light = _light(start, due)
    assert (light.colour, light.word) == (colour, word)


def test_a_finished_clock_says_whether_it_kept_its_limit() -> None:
    with translation.override("en"):
        assert times.light(NOW, finished_at=NOW).colour == "done"
        assert times.light(NOW, finished_at=NOW + timedelta(seconds=1)).colour == "late"
        assert times.light(NOW, paused=True).word == "Paused"
        assert times.light(None).word == "No limit"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "just now"),
        (185, "3 minutes ago"),
        (7200, "2 hours ago"),
        (3 * 86400, "3 days ago"),
        (9 * 86400, "Nov 14, 14:00"),
        (400 * 86400, "Oct 19, 2025, 14:00"),
    ],
)
def test_ago_counts_in_the_unit_people_would_use(seconds: int, said: str) -> None:
    with clock.frozen(NOW), translation.override("en"):
        assert times.ago(NOW - timedelta(seconds=seconds)) == said


def test_machine_time_is_utc_iso() -> None:
    assert times.machine(NOW.astimezone(clock.LOCAL)) == "2026-11-23T06:00:00+00:00"

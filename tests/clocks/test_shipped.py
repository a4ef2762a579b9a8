"""What is shipped: working days of the years known, the region's own days, limits to switch on."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest

from gridpact.clocks.book import Subject, book
from gridpact.clocks.models import Limit
from gridpact.clocks.shipped import local_days, write_earlier_days
from gridpact.grid.models import WorkDay
from tests.factories.world import World


@pytest.mark.parametrize("year", range(2015, 2027))
def test_a_known_year_is_whole_and_differs_from_the_nation_by_the_region_s_days_only(
    world: World, year: int
) -> None:
    kept = dict(WorkDay.objects.filter(day__year=year).values_list("day", "is_working"))
    assert len(kept) == (date(year, 12, 31) - date(year, 1, 1)).days + 1
    other = {day for day, works in kept.items() if works is not chinese_calendar.is_workday(day)}
    named = set(WorkDay.objects.filter(day__year=year, note="三月三").values_list("day", flat=True))
    assert other == named
    assert 2 <= len(other) <= 4


def test_days_worked_in_exchange_are_worked(world: World) -> None:
    for day, works in local_days().items():
        assert WorkDay.objects.get(pk=day).is_working is works, day
        assert chinese_calendar.is_workday(day) is not works, day


def test_what_somebody_entered_stays(world: World) -> None:
    WorkDay.objects.filter(pk=date(2020, 3, 26)).update(is_working=True, note="照常上班")
    WorkDay.objects.filter(pk=date(2026, 4, 17)).update(is_working=True, note="照常上班")
    write_earlier_days(WorkDay)
    for day in (date(2020, 3, 26), date(2026, 4, 17)):
        assert WorkDay.objects.get(pk=day).is_working


def test_limits_of_the_city_wait_to_be_switched_on(world: World) -> None:
    rows = Limit.objects.filter(key__startswith="city.")
    assert {(row.key, row.category, row.amount, row.unit) for row in rows} == {
        ("city.06001", "06001", 15, "DAY"), ("city.06010", "06010", 1, "DAY"),
        ("city.06011", "06011", 4, "DAY"), ("city.06012", "06012", 5, "HOUR"),
    }  # fmt: skip
    subject = Subject(klass="EASY", categories=("06010", "06"))
    assert book().rule("handle", subject).key == "case.handle.easy"

"""Writes the calendars, limits and thresholds that every installation starts with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import chinese_calendar

from gridpact.clocks.choices import BASE, LIMITS, THRESHOLDS


def write_shipped(model: Any) -> None:
    """Add what is missing. `model(name)` gives the model class, also inside a migration."""
    model("Calendar").objects.get_or_create(code=BASE, defaults={"name": "全区工作日历"})
    for limit in LIMITS:
        facts = limit._asdict()
        model("Limit").objects.get_or_create(key=facts.pop("key"), defaults=facts)
    for threshold in THRESHOLDS:
        facts = threshold._asdict()
        model("Threshold").objects.get_or_create(key=facts.pop("key"), defaults=facts)
    model("ClockVersion").objects.get_or_create(pk=1)


# The calendar of the grid begins with 2024; these years stand before it.
EARLIER = (date(2015, 1, 1), date(2023, 12, 31))
FESTIVAL = "三月三"
# Guangxi's own holiday: two days at lunar 3/3 since 2014, with the exchanges that the yearly notice
# of the region's government names. True = works in exchange. Only where it differs from the nation.
_OFF = {
    2015: ("04-20", "04-21"),
    2016: ("04-08", "04-11"),
    2017: ("03-30", "03-31", "04-01"),
    2018: ("04-18", "04-19", "04-20"),
    2019: ("04-04", "04-08"),
    2020: ("03-26", "03-27"),
    2021: ("04-14", "04-15", "04-16"),
    2022: ("04-06", "04-07"),
    2023: ("04-21", "04-23"),
    2026: ("04-17", "04-20"),
}
_ON = {2017: ("04-08",), 2018: ("04-15",), 2021: ("04-18",)}


def local_days() -> dict[date, bool]:
    """Whether the office is open on the days that are other in Guangxi than in the nation."""
    return {
        date.fromisoformat(f"{year}-{day}"): works
        for works, years in ((False, _OFF), (True, _ON))
        for year, days in years.items()
        for day in days
    }


def write_earlier_days(days: Any) -> None:
    """Add the working days of 2015–2023, and what 2026 lacks; what somebody entered stays.

    days: the model class of working days, also inside a migration.
    """
    first, last = EARLIER
    local = local_days()
    span = (first + timedelta(days=step) for step in range((last - first).days + 1))
    days.objects.bulk_create(
        [
            days(
                day=day,
                is_working=local.get(day, chinese_calendar.is_workday(day)),
                note=FESTIVAL if day in local else "",
            )
            for day in span
        ],
        ignore_conflicts=True,
    )
    newer = [day for day, works in local.items() if day > last and not works]
    days.objects.filter(day__in=newer, is_working=True, note="").update(
        is_working=False, note=FESTIVAL
    )

"""Writes the calendars, limits and thresholds that every installation starts with."""

from __future__ import annotations

from typing import Any

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

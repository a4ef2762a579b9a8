"""Cadences, roles and states of the responsibility matrix (domain.md §1), and what a period is."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What a work item belongs to."""

    PARTY = "PARTY", _("Party building")
    SERVICE = "SERVICE", _("Public services")
    DISPUTES = "DISPUTES", _("Disputes")
    EMERGENCY = "EMERGENCY", _("Epidemics and emergencies")
    PATROL = "PATROL", _("Patrol")
    ENVIRONMENT = "ENVIRONMENT", _("Environment")
    SAFETY = "SAFETY", _("Safety")
    CARE = "CARE", _("Care")
    DATA = "DATA", _("Data collection")
    PUBLICITY = "PUBLICITY", _("Publicity work")


class Cadence(models.TextChoices):
    """How often a work item becomes a task."""

    NONE = "NONE", _("when needed")
    DAILY = "DAILY", _("every working day")
    WEEKLY = "WEEKLY", _("weekly")
    MONTHLY = "MONTHLY", _("monthly")
    QUARTERLY = "QUARTERLY", _("quarterly")
    HALF_YEARLY = "HALF_YEARLY", _("half-yearly")
    YEARLY = "YEARLY", _("yearly")


class Role(models.TextChoices):
    """Part of a post in a work item: it answers 主责, helps 配合, or supervises 督导."""

    LEAD = "LEAD", _("lead")
    ASSIST = "ASSIST", _("assist")
    SUPERVISE = "SUPERVISE", _("supervise")


class TaskState(models.TextChoices):
    """OPEN ends as DONE, as CLIMBED (somebody above has it now) or as MISSED (nobody was left)."""

    OPEN = "OPEN", _("to be done")
    DONE = "DONE", _("completed")
    MISSED = "MISSED", _("missed")
    CLIMBED = "CLIMBED", _("climbed")


_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}


def period_of(cadence: str, day: date) -> tuple[str, date, date] | None:
    """Key, first and last day of the period that holds `day`; None without a cadence.

    Weeks run from Monday to Sunday (ISO 8601), the others with the calendar year.
    """
    if cadence == Cadence.DAILY:
        return day.isoformat(), day, day
    if cadence == Cadence.WEEKLY:
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return f"{year}-W{week:02d}", first, first + timedelta(days=6)
    months = _MONTHS.get(Cadence(cadence))
    if months is None:
        return None
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    month = (number + 1) * months
    last = date(day.year, month, monthrange(day.year, month)[1])
    return f"{day.year}-{cadence[0]}{number + 1:02d}", first, last

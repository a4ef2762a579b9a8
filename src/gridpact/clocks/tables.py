"""The year of a calendar as plain records: twelve months of weeks, days with their words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.clocks.book import Book, book, missing_years
from gridpact.clocks.choices import BASE, NOTICE
from gridpact.clocks.models import Calendar, CalendarDay, Recount
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.worktime import Office
from gridpact.grid.models import WorkDay
from gridpact.ui import parts, times

RECENT = 5
WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


@dataclass(frozen=True, slots=True)
class Day:
    """A day: whether the office is open, whether that differs from the week, and the note."""

    day: date
    works: bool
    differs: bool
    picked: bool
    words: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday; None pads the first and the last week."""

    name: str
    weeks: list[list[Day | None]]
    working: int


def months(calendar: Calendar, year: int, picked: Collection[date] = ()) -> list[Month]:
    """The year of a calendar as it stands now; `picked` days are those somebody means to change."""
    office, said = office_of(calendar), notes(calendar, year)
    return [_month(office, year, month, said, picked) for month in range(1, 13)]


def notes(calendar: Calendar, year: int) -> dict[date, str]:
    """What is noted of the days of a year; a calendar's own word goes before the district's."""
    said = dict(WorkDay.objects.filter(day__year=year).values_list("day", "note"))
    own: QuerySet[CalendarDay] = calendar.days.filter(day__year=year)
    said.update(own.values_list("day", "note"))
    return said


def office_of(calendar: Calendar) -> Office:
    """Days and hours of one calendar, read from the database."""
    days = dict(WorkDay.objects.values_list("day", "is_working"))
    if calendar.code != BASE:
        days.update(calendar.days.values_list("day", "is_working"))
    return Office(days, calendar.halves)


def _month(
    office: Office, year: int, month: int, notes: dict[date, str], picked: Collection[date]
) -> Month:
    day, cells = date(year, month, 1), []
    padding: list[Day | None] = [None] * day.weekday()
    while day.month == month:
        works = office.is_working(day)
        words = " ".join(
            filter(
                None,
                (
                    date_format(day, "MONTH_DAY_FORMAT"),
                    gettext("working day") if works else gettext("day off"),
                    notes.get(day, ""),
                ),
            )
        )
        cells.append(Day(day, works, works is not (day.weekday() < 5), day in picked, words))
        day += timedelta(days=1)
    row: list[Day | None] = [*padding, *cells]
    row += [None] * (-len(row) % 7)
    weeks = [row[at : at + 7] for at in range(0, len(row), 7)]
    name = date_format(date(year, month, 1), "F")
    return Month(name, weeks, sum(each.works for each in cells))


def gaps(today: date, pages: Book | None = None) -> list[int]:
    """Years the calendar lacks: this one, and the next from three months ahead."""
    pages = pages or book()
    return missing_years(pages.base.years, today, pages.thresholds[NOTICE])


def findings(actor: Actor) -> list[parts.Stat]:
    """The missing years as loud cards on the workbench of those who keep calendars."""
    if not actor.has("clocks.edit"):
        return []
    return [
        parts.Stat(
            _("Working calendar missing"),
            f"{reverse('clocks:load')}?year={year}",
            str(year),
            icon="calendar-exclamation",
            tone="red",
            hint=_("Limits count Monday to Friday until it is entered."),
        )
        for year in gaps(clock.today())
    ]


def recounts() -> parts.Table:
    """The latest jobs that count running clocks anew, and how far they are."""
    columns = [
        parts.Column(_("Because"), "main"),
        parts.Column(_("Since")),
        parts.Column(_("Checked"), "number"),
        parts.Column(_("Moved"), "number"),
        parts.Column(_("State")),
    ]
    rows = [
        (
            str(job.pk),
            "",
            (
                job.why,
                times.moment(job.at),
                str(job.checked),
                str(job.moved),
                gettext("finished") if job.finished_at else gettext("under way"),
            ),
        )
        for job in Recount.objects.all()[:RECENT]
    ]
    return parts.Table.of(columns, rows, caption=gettext("Clocks counted anew"))

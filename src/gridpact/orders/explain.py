"""Why a deadline is when it is: limit, office hours, days off jumped over, waiting, more time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from gridpact.clocks.book import book
from gridpact.orders.limits import Marks, cells_of, marks_of
from gridpact.orders.models import Order, OrderStep

SHOWN_DAYS = 12


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How the due instant of a running step comes about. `certain` is False beyond the calendar."""

    row: OrderStep
    marks: Marks
    hours: tuple[str, ...]
    days_off: tuple[date, ...]
    day_minutes: int
    certain: bool

    @property
    def limit_words(self) -> str:
        """`3 working days`, `2 working hours`, `24 hours`."""
        return span_words(self.row.minutes, self.day_minutes, by_clock=self.row.by_clock)

    @property
    def days_off_words(self) -> str:
        """The days jumped over, the first dozen by name."""
        named = [date_format(day, "MONTH_DAY_FORMAT") for day in self.days_off[:SHOWN_DAYS]]
        return gettext(", ").join(named) + ("…" if len(self.days_off) > SHOWN_DAYS else "")


def span_words(minutes: int, day_minutes: int, *, by_clock: bool) -> str:
    """Minutes as people say them."""
    if by_clock:
        hours = minutes // 60
        if hours % 24 == 0 and hours > 48:
            return gettext("%(n)s days by the clock") % {"n": hours // 24}
        return gettext("%(n)s hours by the clock") % {"n": hours}
    if minutes >= day_minutes:
        return gettext("%(n)s working days") % {"n": f"{minutes / day_minutes:g}"}
    return gettext("%(n)s working hours") % {"n": f"{minutes / 60:g}"}


def reckon(order: Order, row: OrderStep) -> Reckoning:
    """The reckoning of a running step."""
    pages = book()
    office = pages.office(cells_of(order))
    marks = marks_of(row, office, pages)
    days_off = () if row.by_clock else tuple(office.closed_days(row.started_at, marks.due))
    return Reckoning(
        row,
        marks,
        tuple(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in office.halves),
        days_off,
        office.day_minutes,
        row.by_clock or pages.knows(marks.due),
    )

"""How times are said: people's words in the active language, the exact instant beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from gridpact.core import clock

AMBER_FROM = 0.7  # share of the limit used up; set in the design of the clocks

LIGHT_ICONS = {
    "green": "clock",
    "amber": "clock-exclamation",
    "red": "alert-triangle",
    "grey": "clock-off",
    "done": "circle-check",
    "late": "circle-check",
    "paused": "clock-pause",
}


@dataclass(frozen=True, slots=True)
class Light:
    """A clock light: colour, icon and word together, since colour alone tells nobody."""

    colour: Literal["green", "amber", "red", "grey", "done", "late", "paused"]
    word: str
    due_at: datetime | None = None

    @property
    def icon(self) -> str:
        """Name of the icon that goes with the colour."""
        return LIGHT_ICONS[self.colour]


def exact(at: datetime) -> str:
    """The full local date and time in the active language."""
    return date_format(at.astimezone(clock.LOCAL), "DATETIME_FORMAT")


def moment(at: datetime) -> str:
    """A short local date and time; the year only when it is not the current one."""
    local = at.astimezone(clock.LOCAL)
    if local.year == clock.today().year:
        return date_format(local, gettext("M j, H:i"))
    return date_format(local, gettext("M j, Y, H:i"))


def machine(at: datetime) -> str:
    """ISO 8601 in UTC for the datetime attribute."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _parts(span: timedelta) -> tuple[str, int]:
    """The unit people would use for a span (at least one minute) and the whole number of it."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 60:
        return "minute", minutes
    if minutes < 48 * 60:
        return "hour", minutes // 60
    return "day", minutes // (24 * 60)


def left(span: timedelta) -> str:
    """How much is left, e.g. 剩 6 小时."""
    unit, n = _parts(span)
    texts = {
        "minute": ngettext("%(n)d minute left", "%(n)d minutes left", n),
        "hour": ngettext("%(n)d hour left", "%(n)d hours left", n),
        "day": ngettext("%(n)d day left", "%(n)d days left", n),
    }
    return texts[unit] % {"n": n}


def over(span: timedelta) -> str:
    """How far past the limit, e.g. 超时 2 小时."""
    unit, n = _parts(span)
    texts = {
        "minute": ngettext("%(n)d minute overdue", "%(n)d minutes overdue", n),
        "hour": ngettext("%(n)d hour overdue", "%(n)d hours overdue", n),
        "day": ngettext("%(n)d day overdue", "%(n)d days overdue", n),
    }
    return texts[unit] % {"n": n}


def ago(at: datetime) -> str:
    """How long ago, e.g. 3 分钟前; from a week on, and for the future, the short date."""
    span = clock.now() - at
    if span > timedelta(days=7) or span < timedelta(minutes=-1):
        return moment(at)
    if span < timedelta(minutes=1):
        return gettext("just now")
    unit, n = _parts(span)
    texts = {
        "minute": ngettext("%(n)d minute ago", "%(n)d minutes ago", n),
        "hour": ngettext("%(n)d hour ago", "%(n)d hours ago", n),
        "day": ngettext("%(n)d day ago", "%(n)d days ago", n),
    }
    return texts[unit] % {"n": n}


def light(
    due_at: datetime | None,
    started_at: datetime | None = None,
    *,
    finished_at: datetime | None = None,
    paused: bool = False,
) -> Light:
    """The light of a clock: green in time, amber from 70 % of the limit, red past it.

    Without `started_at` the last 24 hours count as amber. A finished clock says whether it kept
    its limit; a paused one does not run.
    """
    if due_at is None:
        return Light("grey", gettext("No limit"))
    if finished_at is not None:
        if finished_at <= due_at:
            return Light("done", gettext("In time"), due_at)
        return Light("late", gettext("Finished late"), due_at)
    if paused:
        return Light("paused", gettext("Paused"), due_at)
    now = clock.now()
    if now > due_at:
        return Light("red", over(now - due_at), due_at)
    rest = due_at - now
    whole = due_at - started_at if started_at is not None else timedelta(0)
    amber_rest = whole * (1 - AMBER_FROM) if whole > timedelta(0) else timedelta(hours=24)
    return Light("amber" if rest <= amber_rest else "green", left(rest), due_at)

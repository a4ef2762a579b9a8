"""Keeping calendars and limits: every change makes memory stale and running clocks count anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext

from gridpact.audit import services as audit
from gridpact.clocks.choices import BASE, MOST, Unit
from gridpact.clocks.clocked import clocked
from gridpact.clocks.models import (
    Calendar,
    CalendarDay,
    CellCalendar,
    ClockVersion,
    Limit,
    Recount,
    Threshold,
)
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, Row, load_rows
from gridpact.core.worktime import FIRST, LAST
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell, WorkDay

_KEY = re.compile(r"[\w.-]{1,40}")  # it stands in the address of its page

MOST_DAYS = 366


def _changed(why: str, cell: Cell | None = None, steps: Iterable[str] = ()) -> Recount:
    """Make every process read anew, and leave a job that counts the running clocks anew."""
    moment = int(clock.now().timestamp() * 1_000_000)
    ClockVersion.objects.update(number=Greatest(F("number") + 1, Value(moment)))
    return Recount.objects.create(at=clock.now(), why=why[:200], cell=cell, steps=list(steps))


def _check_level(cell: Cell | None) -> None:
    if cell is not None and RANK[cell.level] > RANK[Level.GRID]:
        raise Refused("limit_level", 422, field="cell")


@transaction.atomic
def save_limit(limit: Limit, *, actor: Actor) -> Limit:
    """Add or change a limit. The one of a step that names nothing stays active."""
    require(actor, "clocks.edit", limit)
    if not _KEY.fullmatch(limit.key):
        raise Refused("limit_key", 422, field="key")
    if not 1 <= limit.amount <= MOST[Unit(limit.unit)]:
        raise Refused(
            "limit_amount", 422, field="amount", given=limit.amount, most=MOST[Unit(limit.unit)]
        )
    _check_level(limit.cell)
    before = Limit.objects.filter(pk=limit.pk).select_for_update().first()
    if before is not None and _is_general(before) and not (_is_general(limit) and limit.is_active):
        raise Refused("limit_general", 409, field="is_active")
    same = Limit.objects.filter(
        step=limit.step, klass=limit.klass, kind=limit.kind, channel=limit.channel,
        category=limit.category, cell=limit.cell, is_active=True,
    ).exclude(pk=limit.pk)  # fmt: skip
    twin = same.first()
    if twin is not None and limit.is_active:
        raise Refused("limit_twice", 409, field="step", key=twin.key)
    limit.save()
    facts = (limit.step, limit.amount, limit.unit, limit.is_active)
    audit.record(actor, "clocks.save_limit", limit, after=audit.fingerprint(*facts))
    step = dict(clocked().words().steps).get(limit.step, limit.key)
    why = gettext("the limit for %(step)s is now %(text)s") % {"step": step, "text": limit.text}
    _changed(why, limit.cell, [limit.step])
    return limit


def _is_general(limit: Limit) -> bool:
    names = (limit.klass, limit.kind, limit.channel, limit.category, limit.cell_id)
    return limit.is_active and not any(names)


@transaction.atomic
def save_thresholds(numbers: Mapping[str, int], *, actor: Actor) -> int:
    """Set thresholds by key; returns how many changed."""
    require(actor, "clocks.edit")
    changed = 0
    for row in Threshold.objects.select_for_update().filter(key__in=list(numbers)):
        number = numbers[row.key]
        if not row.least <= number <= row.most:
            raise Refused(
                "threshold_range", 422, field=row.key.replace(".", "_"), key=row.key,
                least=row.least, most=row.most, given=number,
            )  # fmt: skip
        if number != row.number:
            audit.record(
                actor, "clocks.save_threshold", label=row.key, before=str(row.number),
                after=str(number),
            )  # fmt: skip
            row.number = number
            row.save(update_fields=["number"])
            changed += 1
    if changed:
        _changed(gettext("warnings and cards come at other times now"))
    return changed


@transaction.atomic
def save_calendar(calendar: Calendar, *, actor: Actor) -> Calendar:
    """Add a calendar or change its hours."""
    require(actor, "clocks.edit", calendar)
    if not calendar.opens < calendar.noon <= calendar.back < calendar.closes:
        raise Refused("hours_backwards", 422, field="closes")
    calendar.save()
    audit.record(actor, "clocks.save_calendar", calendar, after=audit.fingerprint(calendar.halves))
    _changed(gettext("the calendar “%(name)s” has other hours") % {"name": calendar.name})
    return calendar


@transaction.atomic
def assign_calendar(row: CellCalendar, *, actor: Actor) -> CellCalendar:
    """Give an area its calendar; everything below that names no other keeps it too."""
    require(actor, "clocks.edit", row)
    _check_level(row.cell)
    row.save()
    audit.record(actor, "clocks.assign_calendar", row.cell, after=row.calendar.code)
    why = gettext("%(cell)s keeps the calendar “%(name)s” now")
    _changed(why % {"cell": row.cell.name, "name": row.calendar.name}, row.cell)
    return row


@transaction.atomic
def set_days(
    calendar: Calendar,
    days: Mapping[date, bool],
    *,
    actor: Actor,
    note: str = "",
    notes: Mapping[date, str] | None = None,
) -> int:
    """Say of days whether the office is open; returns how many changed.

    Days of the base calendar are the district's; another calendar keeps only what differs. What is
    noted is `note` for all of them, or what `notes` has for a day.
    """
    require(actor, "clocks.edit", calendar)
    for day in days:
        if not FIRST <= day <= LAST:
            raise Refused(
                "year_unknown", 422, field="day", first=FIRST.year, last=LAST.year, given=day.year
            )
    Calendar.objects.select_for_update().get(pk=calendar.pk)
    write = _write_base if calendar.code == BASE else _write_own
    said = {day: (notes or {}).get(day, note)[:60] for day in days}
    changed = write(calendar, days, said)
    if changed:
        named = gettext(", ").join(f"{day:%Y-%m-%d}" for day in changed[:5])
        audit.record(actor, "clocks.set_days", calendar, why=named, after=str(len(changed)))
        facts = {"name": calendar.name, "days": named + ("…" if len(changed) > 5 else "")}
        _changed(gettext("the calendar “%(name)s” changed: %(days)s") % facts)
    return len(changed)


def _write_base(
    _calendar: Calendar, days: Mapping[date, bool], notes: Mapping[date, str]
) -> list[date]:
    known = dict(WorkDay.objects.filter(day__in=list(days)).values_list("day", "is_working"))
    changed = sorted(day for day, works in days.items() if known.get(day) is not works)
    WorkDay.objects.bulk_create(
        [WorkDay(day=day, is_working=days[day], note=notes[day]) for day in changed],
        update_conflicts=True, unique_fields=["day"], update_fields=["is_working", "note"],
    )  # fmt: skip
    return changed


def _write_own(
    calendar: Calendar, days: Mapping[date, bool], notes: Mapping[date, str]
) -> list[date]:
    base = dict(WorkDay.objects.filter(day__in=list(days)).values_list("day", "is_working"))
    own = dict(calendar.days.filter(day__in=list(days)).values_list("day", "is_working"))

    def usual(day: date) -> bool:
        return base.get(day, day.weekday() < 5)

    changed = sorted(day for day, works in days.items() if own.get(day, usual(day)) is not works)
    calendar.days.filter(day__in=changed).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day=day, is_working=days[day], note=notes[day])
        for day in changed
        if days[day] is not usual(day)
    )
    return changed


def load_year(
    calendar: Calendar, year: int, table: Iterable[Row], *, actor: Actor, dry_run: bool
) -> LoadReport:
    """Load a whole year from rows date, is_working, note; days without a row are as usual.

    Saturdays and Sundays are off unless a row says otherwise. One rejected row, and nothing is
    saved. Raises `Refused` 422 for more rows than a year has days.
    """
    require(actor, "clocks.edit", calendar)
    rows = list(table)
    if len(rows) > MOST_DAYS:
        raise Refused("year_long", 422, given=len(rows), most=MOST_DAYS)
    first, last = date(year, 1, 1), date(year, 12, 31)
    span = range(first.toordinal(), last.toordinal() + 1)
    usual = {day: day.weekday() < 5 for day in map(date.fromordinal, span)}
    given: dict[date, bool] = {}
    notes: dict[date, str] = {}

    def load_row(row: dict[str, str]) -> bool:
        text = row.get("date", "").strip()
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise Refused("day_wrong", 422, given=text[:20], year=year) from error
        if day in given:
            raise Refused("day_twice", 422, given=text)
        if day.year != year or (word := row.get("is_working", "").strip().lower()) not in _WORDS:
            raise Refused("day_wrong", 422, given=text[:20], year=year)
        given[day], notes[day] = _WORDS[word], row.get("note", "").strip()
        return usual[day] is not _WORDS[word]

    report = load_rows(rows, load_row, dry_run=dry_run)
    if report.saved:
        set_days(calendar, {**usual, **given}, actor=actor, notes=notes)
    return report


_WORDS: Mapping[str, bool] = {
    "1": True, "true": True, "yes": True, "是": True, "班": True, "上班": True,
    "0": False, "false": False, "no": False, "否": False, "休": False, "放假": False,
}  # fmt: skip


def recount_batch() -> bool:
    """Count the next batch of the oldest waiting job anew; False when no job waits.

    A job that another worker has in hand is left to it.
    """
    with transaction.atomic():
        waiting = Recount.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            finished_at__isnull=True
        )
        job = waiting.order_by("id").first()
        if job is None:
            return False
        if not clocked().recount(job):
            job.finished_at = clock.now()
        job.save()
    return True

"""Calendars and limits in memory: read again when their version in the database has grown."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridpact.clocks.choices import BASE, LIMITS, THRESHOLDS, Unit
from gridpact.clocks.models import (
    Calendar,
    CalendarDay,
    CellCalendar,
    ClockVersion,
    Limit,
    Threshold,
)
from gridpact.core import clock
from gridpact.core.worktime import Limit as Span
from gridpact.core.worktime import Office
from gridpact.grid.choices import RANK
from gridpact.grid.models import WorkDay

Cells = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """What decides a limit: the order's class, kind, door, categories (matter and area), cells."""

    klass: str = ""
    kind: str = ""
    channel: str = ""
    categories: tuple[str, ...] = ()
    cells: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit of one step and whom it is for; empty texts and cell 0 fit everybody."""

    key: str
    amount: int
    unit: str
    klass: str = ""
    kind: str = ""
    channel: str = ""
    category: str = ""
    cell_id: int = 0
    depth: int = -1

    @property
    def weight(self) -> tuple[int, int, int, int, int]:
        """Whose word counts most: the deepest cell, then category, door, kind, class."""
        return (
            self.depth, bool(self.category), bool(self.channel), bool(self.kind), bool(self.klass)
        )  # fmt: skip

    def fits(self, subject: Subject) -> bool:
        """Whether this limit is for `subject`."""
        return (
            self.klass in {"", subject.klass}
            and self.kind in {"", subject.kind}
            and self.channel in {"", subject.channel}
            and (not self.category or self.category in subject.categories)
            and (not self.cell_id or self.cell_id in subject.cells)
        )

    def span(self, office: Office) -> Span:
        """The limit in minutes; a working day is as long as the office keeps it."""
        minutes = {
            Unit.DAY: office.day_minutes, Unit.HOUR: 60, Unit.CLOCK: 60, Unit.DATE: 24 * 60,
        }[Unit(self.unit)]  # fmt: skip
        return Span(self.amount * minutes, clock=self.unit in {Unit.CLOCK, Unit.DATE})


class Book:
    """A snapshot of everything that clocks go by."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.days = dict(WorkDay.objects.values_list("day", "is_working"))
        self._offices = dict(self._read_offices())
        self.base = self._offices.pop(0)
        self._of_cell = dict(CellCalendar.objects.values_list("cell_id", "calendar_id"))
        self._rules = self._read_rules()
        self.has_categories = any(rule.category for rules in self._rules.values() for rule in rules)
        self._found: dict[tuple[str, Subject], Rule] = {}
        self.thresholds = {each.key: each.number for each in THRESHOLDS}
        self.thresholds.update(Threshold.objects.values_list("key", "number"))

    def _read_offices(self) -> Iterable[tuple[int, Office]]:
        """By calendar id; the base again under 0."""
        differing: dict[int, dict[date, bool]] = {}
        for calendar_id, day, works in CalendarDay.objects.values_list(
            "calendar_id", "day", "is_working"
        ):
            differing.setdefault(calendar_id, {})[day] = works
        yield 0, Office(self.days)
        for each in Calendar.objects.all():
            office = Office({**self.days, **differing.get(each.pk, {})}, each.halves)
            yield each.pk, office
            if each.code == BASE:
                yield 0, office

    @staticmethod
    def _read_rules() -> dict[str, list[Rule]]:
        """By step, those that name most first; a step without any has its shipped ones."""
        rules: dict[str, list[Rule]] = {}
        for row in (
            Limit.objects.filter(is_active=True).select_related("cell").defer("cell__boundary")
        ):
            depth = -1 if row.cell is None else RANK[row.cell.level]
            rules.setdefault(row.step, []).append(
                Rule(
                    row.key,
                    row.amount,
                    row.unit,
                    row.klass,
                    row.kind,
                    row.channel,
                    row.category,
                    row.cell_id or 0,
                    depth,
                )
            )
        for spec in LIMITS:
            if not any(rule.weight == (-1, 0, 0, 0, 0) for rule in rules.get(spec.step, ())):
                general = not (spec.klass or spec.kind or spec.channel or spec.category)
                if general:
                    rules.setdefault(spec.step, []).append(Rule(spec.key, spec.amount, spec.unit))
        return {
            step: sorted(found, key=lambda rule: rule.weight, reverse=True)
            for step, found in rules.items()
        }

    def office(self, cells: Cells = ()) -> Office:
        """The office hours over a place; `cells` are its ids, the deepest first."""
        if self._of_cell:
            for cell_id in cells:
                if cell_id in self._of_cell:
                    return self._offices[self._of_cell[cell_id]]
        return self.base

    def rule(self, step: str, subject: Subject) -> Rule:
        """The limit of `step` that names most about `subject`; KeyError for an unknown step."""
        key = step, subject
        found = self._found.get(key)
        if found is None:
            found = next(rule for rule in self._rules[step] if rule.fits(subject))
            if len(self._found) > 5000:  # as many as cells × classes; never a leak
                self._found.clear()
            self._found[key] = found
        return found

    def knows(self, moment: datetime) -> bool:
        """Whether the year of `moment` is in the calendar; else it counts Monday to Friday."""
        return moment.astimezone(clock.LOCAL).year in self.base.years


_lock = threading.Lock()
_current: Book | None = None


def current_version() -> int:
    """The version of calendars and limits in the database (one indexed read)."""
    number = ClockVersion.objects.values_list("number", flat=True).first()
    return int(number or 0)


def book(version: int | None = None) -> Book:
    """The snapshot at the database's version; pass `version` when it was read already."""
    global _current
    wanted = current_version() if version is None else version
    snapshot = _current
    if snapshot is None or snapshot.version != wanted:
        with _lock:
            snapshot = _current
            if snapshot is None or snapshot.version != wanted:
                snapshot = _current = Book(wanted)
    return snapshot


def latest() -> Book:
    """The snapshot this process used last, for words on pages: no query when there is one."""
    return _current or book()


def missing_years(days: Iterable[int], today: date, notice: int) -> list[int]:
    """Years the calendar should have: this one, and the next within `notice` days of its start."""
    known = set(days)
    wanted = [today.year]
    if (date(today.year + 1, 1, 1) - today).days <= notice:
        wanted.append(today.year + 1)
    return [year for year in wanted if year not in known]

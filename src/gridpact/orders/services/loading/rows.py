"""Writes many new orders with timeline, clock and audit rows by COPY, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from gridpact.audit import services as audit
from gridpact.clocks.book import Subject, book
from gridpact.core import clock, crypto
from gridpact.core.access import Actor
from gridpact.core.rows import CopyTable, execute
from gridpact.grid.selectors import Place
from gridpact.grid.tree import Tree
from gridpact.orders.choices import State
from gridpact.orders.files.source import Entry
from gridpact.orders.limits import promise, start_step
from gridpact.orders.models import Category, NumberDay, Order, OrderLog
from gridpact.orders.services.intake import Intake, build_order
from gridpact.orders.services.loading.routes import route_rows, rules_version
from gridpact.orders.services.numbers import draw, number_text, serial_of

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that passed every check, with its place."""

    entry: Entry
    intake: Intake
    place: Place


class Numbers:
    """Order numbers for rows of any day up to `now`; hold the load lock while drawing.

    Today's come from the sequence as at intake. On a past day nobody draws any more, so those
    continue after the day's highest number.
    """

    def __init__(self, now: datetime) -> None:
        """Settles the base of today at once: its row must not wait for a long transaction."""
        self.now = now
        self._today = now.astimezone(clock.LOCAL).date()
        self._last: dict[date, int] = {}
        self._spare: list[int] = []
        days = NumberDay.objects.filter(pk=self._today)
        if not days.exists():
            self._spare = draw(self._today).values
            serial_of(self._today, self._spare[0])
        self._base = days.values_list("base", flat=True).get()

    def take(self, days: Sequence[date]) -> list[str]:
        """One number for each day, in order."""
        self._learn({day for day in days if day != self._today} - self._last.keys())
        serials = iter(self._draw_today(sum(day == self._today for day in days)))
        numbers = []
        for day in days:
            if day == self._today:
                serial = next(serials)
            else:
                serial = self._last[day] = self._last[day] + 1
            numbers.append(number_text(day, serial))
        return numbers

    def _draw_today(self, count: int) -> list[int]:
        serials: list[int] = []
        while len(serials) < count:
            values, self._spare = self._spare, []
            missing = count - len(serials) - len(values)
            values = values + (draw(self._today, missing).values if missing > 0 else [])
            drawn = [value - self._base for value in values]
            # A value drawn before the base of the day was written is not one of the day.
            serials += [serial for serial in drawn if serial > 0]
        return serials[:count]

    def _learn(self, days: Iterable[date]) -> None:
        """The highest serial of each day: one step into the index of numbers a day.

        Numbers of six digits sort as texts; only a day that used them all is read through.
        """
        prefixes = {f"{settings.NUMBER_PREFIX}{day:%Y%m%d}": day for day in days}
        for prefix, top in execute(_TOP_NUMBERS, [sorted(prefixes)]):
            serial = int(top[len(prefix) :] or 0)
            if serial == _LAST_OF_SIX:
                serial = execute(_HIGHEST_SERIAL, [len(prefix) + 1, prefix, prefix])[0][0]
            self._last[prefixes[prefix]] = serial


_LAST_OF_SIX = 999_999
# `~>=~` compares signs, not by the rules of a language, and so can use the pattern index.
_TOP_NUMBERS = (
    "SELECT p, coalesce((SELECT number FROM orders_order"
    " WHERE (number ~>=~ p) AND (number ~<~ (p || ':')) ORDER BY number USING ~>~ LIMIT 1), '')"
    " FROM unnest(%s::text[]) AS p"
)
_HIGHEST_SERIAL = (
    "SELECT max(substr(number, %s)::bigint) FROM orders_order"
    " WHERE (number ~>=~ %s) AND (number ~<~ (%s || ':'))"
)


class _Started(NamedTuple):
    """The clock of a new order: columns of the order, and `_STEP` of its first step."""

    order: Values
    step: Values


class Writer:
    """Turns checked rows into orders; the first row serves as the pattern of all."""

    def __init__(self, actor: Actor, snapshot: Tree, numbers: Numbers) -> None:
        self._actor, self._tree, self._numbers = actor, snapshot, numbers
        self._categories = dict(Category.objects.filter(is_active=True).values_list("name", "pk"))
        pages = self._pages = book()
        self._promise: Callable[[datetime, Subject], datetime] = lru_cache(8192)(
            lambda at, subject: promise(at, subject, pages)
        )
        self._clock: Callable[[Subject], _Started] = lru_cache(8192)(self._started)
        # Names repeat by the thousand; an owner is spelled once.
        self._owner = lru_cache(8192)(lambda cell_id: snapshot.names(cell_id)[:120])
        self._tables: tuple[CopyTable, ...] = ()
        self._rules = rules_version()

    def write(self, rows: Sequence[Ready]) -> None:
        """Insert one batch inside the caller's transaction."""
        if not rows:
            return
        # References are checked batch by batch, so that no queue of checks grows with the file.
        execute("SET CONSTRAINTS ALL IMMEDIATE", [])
        if not self._tables:
            self._tables = self._patterns(rows[0])
        orders, logs, steps, audits = self._tables
        placed = [row.entry.at or self._numbers.now for row in rows]
        numbers = self._numbers.take([at.astimezone(clock.LOCAL).date() for at in placed])
        drawn = execute(
            "SELECT nextval('orders_order_id_seq') FROM generate_series(1, %s)", [len(rows)]
        )
        ids = [row[0] for row in drawn]
        everything = list(zip(ids, numbers, placed, rows, strict=True))
        orders.copy(self._order(*one) for one in everything)
        logs.copy(line for one in everything for line in self._lines(*one))
        steps.copy(
            (order_id, self._owner(row.place.cell.desk_id), *self._clock(_subject(row)).step)
            for order_id, _, _, row in everything
            if not row.entry.has_ended
        )
        audits.copy((order_id, number, self._after(row)) for order_id, number, _, row in everything)
        fresh = [
            (_arrived(order_id, placed, row), row.place.cell)
            for order_id, _, placed, row in everything
            if not row.entry.has_ended
        ]
        route_rows(fresh, self._tree, self._rules)

    def _patterns(self, row: Ready) -> tuple[CopyTable, ...]:
        now = self._numbers.now
        order, step = build_order(
            row.intake, row.place, "", now, actor=self._actor, pages=self._pages
        )
        log = OrderLog(
            at=now, actor_id=self._actor.user_id, actor_name=self._actor.name[:50],
            post=self._actor.post_label[:80],
        )  # fmt: skip
        entry = audit.draft(self._actor, "orders.submit", order)
        return (
            CopyTable(order, _ORDER, with_key=True),
            CopyTable(log, ("order_id", "at", "verb", "before", "after", "text"), with_key=False),
            CopyTable(step, ("order_id", "owner", *_STEP), with_key=False),
            CopyTable(entry, ("subject_id", "subject_label", "after"), with_key=False),
        )

    def _started(self, subject: Subject) -> _Started:
        """The first step of an order now: the same for all of one kind and place."""
        order = Order(
            kind=subject.kind,
            channel=subject.channel,
            **dict(zip(_CELLS, subject.cells, strict=True)),
        )
        row = start_step(order, self._numbers.now, self._pages)
        assert row is not None
        return _Started(
            (order.step, order.step_started_at, order.due_at, order.mark_at),
            tuple(getattr(row, name) for name in _STEP),
        )

    def _after(self, row: Ready) -> str:
        return State.CLOSED if row.entry.has_ended else State.SUBMITTED

    def _order(self, order_id: int, number: str, placed: datetime, row: Ready) -> Values:
        intake, place, entry = row.intake, row.place, row.entry
        scope = place.cell.scope
        ended = entry.has_ended
        subject = _subject(row)
        running = _NOTHING if ended else self._clock(subject).order
        promised = self._promise(placed if ended else self._numbers.now, subject)
        return (
            order_id, number, intake.kind, intake.title, intake.text, intake.address,
            place.lon, place.lat, intake.lon, intake.lat,
            intake.datum.lower()[:5] if intake.lon is not None else "", place.reason,
            place.cell.desk_id, *(scope[name] for name in _SCOPE), self._category(entry),
            crypto.seal(intake.contact.name), crypto.seal(intake.contact.phone),
            crypto.digest("phone", intake.contact.phone) if intake.contact.phone else "",
            self._after(row), placed, promised, *running, entry.ended if ended else None,
            entry.answer,
            intake.source_number,
        )  # fmt: skip

    def _lines(self, order_id: int, number: str, placed: datetime, row: Ready) -> list[Values]:
        """The timeline: placed, with the other system's types; closed, with who did it and how."""
        entry = row.entry
        what = " / ".join(entry.types)
        lines = [(order_id, placed, "submit", "", str(State.SUBMITTED), what)]
        how = " · ".join(part for part in (entry.unit, entry.outcome) if part)
        if entry.has_ended:
            at = entry.ended or self._numbers.now
            lines.append((order_id, at, "close", str(State.SUBMITTED), str(State.CLOSED), how))
        elif how:
            lines[0] = (*lines[0][:-1], " · ".join(part for part in (what, how) if part))
        return lines

    def _category(self, entry: Entry) -> int | None:
        """The category that bears the name of the finest known type."""
        for name in reversed(entry.types):
            if name in self._categories:
                return self._categories[name]
        return None


def _arrived(order_id: int, placed: datetime, row: Ready) -> Order:
    """What rules that route may know of a row."""
    intake = row.intake
    return Order(
        pk=order_id, kind=intake.kind, channel=intake.channel, title=intake.title,
        text=intake.text, created_at=placed, step_started_at=clock.now(),
        desk_id=row.place.cell.desk_id,
    )  # fmt: skip


def _subject(row: Ready) -> Subject:
    """What decides the limits of a row."""
    scope = row.place.cell.scope
    cells = tuple(scope[name] for name in _CELLS)
    return Subject(kind=row.intake.kind, channel=row.intake.channel, cells=cells)


_CELLS = ("cell_id", "grid_id", "community_id", "township_id", "district_id")
_STEP = ("step", "started_at", "due_at", "minutes", "by_clock", "source")
_NOTHING = ("", None, None, None)
_SCOPE = ("cell_id", "district_id", "township_id", "community_id", "grid_id")
_ORDER = (
    "id", "number", "kind", "title", "text", "address", "lon", "lat", "given_lon", "given_lat",
    "datum", "placed_by", "desk_id", *_SCOPE, "category_id", "reporter_name_sealed",
    "reporter_phone_sealed", "reporter_phone_digest", "state", "created_at", "promised_at", "step",
    "step_started_at", "due_at", "mark_at", "closed_at", "answer", "source_number",
)  # fmt: skip

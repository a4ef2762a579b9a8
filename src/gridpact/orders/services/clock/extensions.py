"""More time: asked for by the handler, granted or refused by the desk; parking and going on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext

from gridpact.clocks.book import Book, book
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.worktime import Limit, due
from gridpact.orders.choices import MOVES, Klass, Step
from gridpact.orders.limits import cells_of, handle_limit
from gridpact.orders.models import Extension, Order, OrderStep
from gridpact.orders.services.clock.clockwork import reset_clock, running_step
from gridpact.orders.services.clock.waiting import review_days
from gridpact.orders.services.engine import VERBS, Line, beside, move, need

VERBS.update({"extend", "suspend", "resume"})
MAX_REVIEW_DAYS = 180


def ask_extension(order: Order, *, actor: Actor, days: int, reason: str) -> Order:
    """The handler asks the desk for `days` more working days; the state stays.

    Before expiry, once, at most the original limit of handling.
    """

    def change(fresh: Order) -> Line:
        why, pages = need(reason, "reason"), book()
        minutes = _checked(fresh, days, pages)
        if fresh.extensions.filter(granted__isnull=True).exists():
            raise Refused("extension_asked", 409)
        fresh.extensions.create(
            step=fresh.step, minutes=minutes, reason=why, asked_at=clock.now(),
            asked_by_id=actor.user_id,
        )  # fmt: skip
        return Line(_words(days, why))

    return beside(order, "ask_extension", actor=actor, change=change)


def extend_order(order: Order, *, actor: Actor, days: int, reason: str) -> Order:
    """DISPATCHED | CLAIMED | HANDLING stays: the desk grants `days` more working days.

    Settles the handler's request, if there is one. The resident is told, and the promised date
    moves by the same working time. Before expiry, once, at most the original limit.
    """

    def change(fresh: Order) -> Line:
        why, pages = need(reason, "reason"), book()
        minutes = _checked(fresh, days, pages)
        row = running_step(fresh)
        handles = row is not None and row.step == Step.HANDLE
        _settle(fresh, actor, minutes, why, due_before=fresh.due_at if handles else None)
        fresh.extra_minutes = minutes
        if row is not None and row.step == Step.HANDLE:
            row.extra_minutes = minutes
            reset_clock(fresh, row, pages)
        office = pages.office(cells_of(fresh))
        fresh.promised_at = due(fresh.promised_at, Limit(minutes), office)
        told = gettext("It takes %(days)s more working days, until %(day)s: %(why)s") % {
            "days": days, "day": _day(fresh.promised_at.astimezone(clock.LOCAL).date()), "why": why,
        }  # fmt: skip
        return Line(_words(days, why), told=told)

    return move(order, "extend", actor=actor, change=change)


def refuse_extension(order: Order, *, actor: Actor, reason: str) -> Order:
    """The desk does not grant what the handler asked for; the limit stays as it was."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        asked = fresh.extensions.filter(granted__isnull=True)
        settled = asked.update(granted=False, decided_at=clock.now(), decided_by_id=actor.user_id)
        if not settled:
            raise Refused("no_extension_asked", 409)
        return Line(why)

    return beside(order, "refuse_extension", actor=actor, change=change)


class Asked(NamedTuple):
    """A request that waits for the desk."""

    days: int
    reason: str


def asked_days(order: Order) -> Asked | None:
    """What the handler asked for and nobody has decided yet."""
    row = order.extensions.filter(granted__isnull=True).first()
    if row is None:
        return None
    return Asked(row.minutes // book().office(cells_of(order)).day_minutes, row.reason)


def most_days(order: Order) -> int:
    """How many working days an extension may have: as many as the original limit."""
    pages = book()
    return _whole(order, pages).minutes // pages.office(cells_of(order)).day_minutes


def _checked(order: Order, days: int, pages: Book) -> int:
    """The working minutes of an extension that may be asked for and granted now."""
    if order.state not in MOVES["extend"].sources:
        raise Refused(
            "wrong_state", 409, verb=MOVES["extend"].name, state=order.get_state_display()
        )
    if order.due_at is not None and order.due_at <= clock.now():
        raise Refused("extension_late", 409)
    if order.extensions.filter(granted=True).exists():
        raise Refused("extended_already", 409)
    office = pages.office(cells_of(order))
    most = _whole(order, pages).minutes // office.day_minutes
    if not 1 <= days <= most:
        raise Refused("extension_long", 422, field="days", given=days, most=most)
    return days * office.day_minutes


def _whole(order: Order, pages: Book) -> Limit:
    """The original limit of handling: a move's own one while it runs, else the book's."""
    row: OrderStep | None = running_step(order)
    if row is not None and row.step == Step.HANDLE and not row.by_clock:
        return Limit(row.minutes)
    limit = handle_limit(order, pages)
    office = pages.office(cells_of(order))
    return Limit(limit.minutes * office.day_minutes // 1440) if limit.clock else limit


def _settle(
    order: Order, actor: Actor, minutes: int, reason: str, *, due_before: datetime | None
) -> None:
    """Grant the open request, or note the grant that nobody had asked for in writing."""
    now = clock.now()
    settled = order.extensions.filter(granted__isnull=True).update(
        granted=True, minutes=minutes, decided_at=now, decided_by_id=actor.user_id,
        due_before=due_before, promised_before=order.promised_at,
    )  # fmt: skip
    if not settled:
        Extension.objects.create(
            order=order, step=order.step, minutes=minutes, reason=reason, asked_at=now,
            asked_by_id=actor.user_id, granted=True, decided_at=now, decided_by_id=actor.user_id,
            due_before=due_before, promised_before=order.promised_at,
        )  # fmt: skip


def _day(day: date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def _words(days: int, why: str) -> str:
    return gettext("%(days)s more working days: %(why)s") % {"days": days, "why": why}


def suspend_order(
    order: Order, *, actor: Actor, reason: str, review_on: date | None = None
) -> Order:
    """HANDLING → SUSPENDED: a hard matter waits; its clock stands still until it is resumed.

    `review_on` is the day on which the desk looks at it again, in 30 days unless given.
    """

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        if fresh.klass != Klass.HARD:
            raise Refused("only_hard", 409, klass=fresh.get_klass_display() or "–")
        today = clock.today()
        day = review_on or today + timedelta(days=review_days())
        if not today < day <= today + timedelta(days=MAX_REVIEW_DAYS):
            raise Refused("review_day", 422, field="review_on", most=MAX_REVIEW_DAYS)
        fresh.review_on = day
        facts = {"day": _day(day), "why": why}
        line = gettext("Parked until it is looked at again on %(day)s: %(why)s") % facts
        return Line(line, told=line)

    return move(order, "suspend", actor=actor, change=change)


def resume_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """SUSPENDED → HANDLING: the clock goes on; the time it stood still is not counted."""
    return move(order, "resume", actor=actor, change=lambda _: Line(note, told=note))

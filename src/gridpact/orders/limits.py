"""How long each step of an order may take, until when, and when its clock is looked at next."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from gridpact.clocks.book import Book, Rule, Subject, latest
from gridpact.clocks.choices import RED, UNRATED, WARN
from gridpact.core.clock import LOCAL
from gridpact.core.worktime import Limit, Office, due
from gridpact.orders.choices import STEP_OF, Light, State, Step
from gridpact.orders.models import Order, OrderStep

REDO = "redo"  # the handling of an order that is done again has its own limit
CONTACT = "contact"  # runs beside the steps: the handler reaches the reporter
# States whose clock warns and gives cards; offers go back to the desk instead, parked ones wait.
LIT = frozenset(STEP_OF) - {State.OFFERED, State.SUSPENDED}


class Marks(NamedTuple):
    """When a step has used 70 % of its time, all of it, and half as much again."""

    warn: datetime
    due: datetime
    red: datetime


def cells_of(order: Order) -> tuple[int | None, ...]:
    """The cells whose calendars and limits may count for an order, the deepest first."""
    return (
        order.cell_id, order.grid_id, order.community_id, order.township_id, order.district_id
    )  # fmt: skip


def subject_of(order: Order, book: Book) -> Subject:
    """What decides the limits of an order; the category is asked for only if a limit names one."""
    categories: tuple[str, ...] = ()
    if book.has_categories and order.category is not None:
        area = order.category.parent
        categories = (order.category.code, *(() if area is None else (area.code,)))
    return Subject(order.klass, order.kind, order.channel, categories, cells_of(order))


def key_of(step: str, *, redone: bool) -> str:
    """Under which name the limit of a step is kept."""
    return REDO if redone and step == Step.HANDLE else step


def rule_of(order: Order, step: str, book: Book) -> Rule:
    """The limit of `step` for this order."""
    return book.rule(key_of(step, redone=order.redone > 0), subject_of(order, book))


def limit_of(step: Step, klass: str, *, redone: bool = False) -> Limit:
    """The general limit of one step for a class (empty = not triaged yet), for words on pages."""
    book = latest()
    rule = book.rule(key_of(step, redone=redone), Subject(klass=klass))
    return rule.span(book.base)


def contact_due(order: Order, start: datetime, book: Book) -> datetime:
    """Until when the handler must have reached the reporter (case.contact)."""
    office = book.office(cells_of(order))
    return due(start, rule_of(order, CONTACT, book).span(office), office)


def marks_of(row: OrderStep, office: Office, book: Book) -> Marks:
    """The three instants of a running step, from what its row says it was made of."""
    whole = row.minutes + row.extra_minutes

    def after(share: int) -> datetime:
        minutes = whole * share / 100 + row.paused_minutes
        if row.by_clock:
            return row.started_at.astimezone(UTC) + timedelta(minutes=minutes)
        return datetime.fromtimestamp(office.add(row.started_at.timestamp(), minutes * 60), UTC)

    return Marks(after(book.thresholds[WARN]), after(100), after(book.thresholds[RED]))


def next_mark(order: Order, marks: Marks, book: Book) -> datetime | None:
    """When the worker must look at this order again; None when nothing more can happen."""
    if order.state == State.SUSPENDED:
        if order.review_on is None:
            return None
        return datetime.combine(order.review_on, time(8, 30), LOCAL)
    if order.state == State.OFFERED:
        return min(filter(None, (order.offered_until, marks.due)))
    steps = [(Light.WARNED, marks.warn), (Light.YELLOW, marks.due), (Light.RED, marks.red)]
    waiting = [at for light, at in steps if order.light < light]
    if order.state == State.VERIFIED and order.verified_at is not None:
        waiting.append(order.verified_at + timedelta(days=book.thresholds[UNRATED]))
    return min(waiting, default=None)


def step_row(order: Order, step: str, at: datetime, book: Book) -> OrderStep:
    """The row of a step of this order that begins at `at`, with what its limit is made of."""
    office = book.office(cells_of(order))
    rule = rule_of(order, step, book)
    span = rule.span(office)
    row = OrderStep(
        step=step, started_at=at, minutes=span.minutes, by_clock=span.clock, source=rule.key,
        extra_minutes=order.extra_minutes if step == Step.HANDLE else 0,
    )  # fmt: skip
    row.due_at = at  # until `set_clock` knows better
    return row


def set_clock(order: Order, row: OrderStep, book: Book) -> Marks:
    """Write due and mark of a running step into both rows; a parked order has no due instant."""
    marks = marks_of(row, book.office(cells_of(order)), book)
    row.due_at = marks.due
    order.due_at = None if order.state == State.SUSPENDED else marks.due
    order.mark_at = next_mark(order, marks, book)
    return marks


def start_step(order: Order, at: datetime, book: Book) -> OrderStep | None:
    """Start the clock of the order's present state; returns the step's row, unsaved and unowned."""
    step = STEP_OF.get(State(order.state))
    order.light = Light.GREEN
    if step is None:
        order.step, order.due_at, order.mark_at, order.step_started_at = "", None, None, None
        return None
    order.step, order.step_started_at = step.value, at
    row = step_row(order, step.value, at, book)
    set_clock(order, row, book)
    return row


def promise(start: datetime, subject: Subject, book: Book) -> datetime:
    """What the resident is promised when placing an order: to accept, dispatch and handle it.

    Counted as a public matter until somebody has classed it. It moves only by an extension that
    the resident is told of.
    """
    office = book.office(subject.cells)
    at = start
    spans = [
        book.rule(step, subject).span(office) for step in (Step.ACCEPT, Step.DISPATCH, Step.HANDLE)
    ]
    if not any(span.clock for span in spans):
        return due(start, Limit(sum(span.minutes for span in spans)), office)
    for span in spans:
        at = due(at, span, office)
    return at


def handle_limit(order: Order, book: Book) -> Limit:
    """The whole limit of handling this order, without extension."""
    office = book.office(cells_of(order))
    return rule_of(order, Step.HANDLE, book).span(office)

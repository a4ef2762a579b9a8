"""The clock of an order while it moves: steps begin and end, waiting is not counted, cards lift."""

from __future__ import annotations

from datetime import datetime

from gridpact.clocks.book import Book, book
from gridpact.core import clock
from gridpact.core.worktime import Limit, due
from gridpact.orders.choices import MOVES, STEP_OF, Card, State, Step
from gridpact.orders.limits import cells_of, rule_of, set_clock, start_step
from gridpact.orders.models import Order, OrderLog, OrderStep

CLOCK = "clock"  # how the timeline names what nobody did
_RANK = {"": 0, Card.NORMAL.value: 1, Card.YELLOW.value: 2, Card.RED.value: 3}


def higher(card: str, other: str) -> str:
    """The graver of two cards (empty = none)."""
    return max(card, other, key=_RANK.__getitem__)


def run_clock(order: Order, before: str) -> None:
    """Stop the step that ended and start the clock of the one that begins.

    `before` is the state the locked order came from; the caller saves it.
    """
    step = STEP_OF.get(State(order.state), "")
    if order.state == before and order.step == step:
        return
    now, pages = clock.now(), book()
    running = running_step(order)
    # What is sent up or down has another desk: the same kind of step begins anew.
    passed_on = State.ESCALATED in {before, order.state}
    if running is not None and step == order.step and step and not passed_on:
        _wait(order, running, before, now, pages)
        _go_on(order, running, pages)
        return
    if running is not None:
        if order.paused_at is not None:
            _end_wait(order, running, now, pages)
        running.ended_at = now
        running.save(update_fields=["ended_at", "paused_minutes"])
    lift_cards(order, now, ended=not step)
    if running is not None and running.step == Step.HANDLE:
        order.extra_minutes = 0
    begun = start_step(order, now, pages)
    if begun is not None:
        begun.order, begun.owner = order, owner_of(order)
        begun.save(force_insert=True)


def _go_on(order: Order, row: OrderStep, pages: Book) -> None:
    """The same step in another state: its clock runs on, with the limit of the present class."""
    limit_again(order, row, pages)
    row.owner = owner_of(order)
    set_clock(order, row, pages)
    row.save()


def limit_again(order: Order, row: OrderStep, pages: Book) -> None:
    """Take the limit of a running step from the book as it stands now; a move's own one stays."""
    if row.source in MOVES:
        return
    rule = rule_of(order, row.step, pages)
    span = rule.span(pages.office(cells_of(order)))
    row.minutes, row.by_clock, row.source = span.minutes, span.clock, rule.key
    row.extra_minutes = order.extra_minutes if row.step == Step.HANDLE else 0


def _wait(order: Order, row: OrderStep, before: str, now: datetime, pages: Book) -> None:
    """A parked order waits from now on; a resumed one has waited until now."""
    if order.state == State.SUSPENDED:
        order.paused_at = now
    elif before == State.SUSPENDED:
        _end_wait(order, row, now, pages)


def _end_wait(order: Order, row: OrderStep, now: datetime, pages: Book) -> None:
    if order.paused_at is not None:
        row.paused_minutes += waited_minutes(order, row.by_clock, now, pages)
    order.paused_at = order.review_on = None


def waited_minutes(order: Order, by_clock: bool, now: datetime, pages: Book) -> int:
    """Minutes of the step's own counting that a parked order has waited up to `now`."""
    if order.paused_at is None:
        return 0
    if by_clock:
        return max(0, round((now - order.paused_at).total_seconds() / 60))
    return pages.office(cells_of(order)).minutes_between(order.paused_at, now)


def running_step(order: Order) -> OrderStep | None:
    """The step whose clock runs, if any."""
    return order.steps.filter(ended_at__isnull=True).order_by("-id").first()


def reset_clock(order: Order, row: OrderStep, pages: Book) -> None:
    """Count a running step anew after its limit, extension or calendar changed, and save its row.

    What a clock has said stays said: the light goes down only when an extension moves the due.
    """
    set_clock(order, row, pages)
    row.save()


def begin_again(order: Order) -> None:
    """End the running step and begin the same one anew, for another owner in the same state."""
    now = clock.now()
    order.steps.filter(ended_at__isnull=True).update(ended_at=now)
    begun = start_step(order, now, book())
    if begun is not None:
        begun.order, begun.owner = order, owner_of(order)
        begun.save(force_insert=True)


def until(order: Order, days: int) -> datetime:
    """The end of `days` working days from now, by the office the order belongs to."""
    office = book().office(cells_of(order))
    return due(clock.now(), Limit(days * office.day_minutes), office)


def own_limit(order: Order, minutes: int, source: str) -> None:
    """Give the running step a limit of its own, in working minutes from its start.

    `source` is the move that named it.
    """
    row = running_step(order)
    if row is None:
        return
    row.minutes, row.by_clock, row.source, row.extra_minutes = minutes, False, source, 0
    reset_clock(order, row, book())


def lift_cards(order: Order, now: datetime, *, ended: bool) -> None:
    """A card of the clock ends with its step; an ended order is under no card at all.

    What was given stays in `Supervision`; the timeline says that it was lifted.
    """
    if not order.card:
        return
    cards = order.supervisions.filter(lifted_at__isnull=True)
    gone = cards if ended else cards.filter(given_by__isnull=True)
    why = "the order ended" if ended else "the step ended"
    count = gone.update(lifted_at=now, lift_reason=why)
    left = [] if ended else list(cards.values_list("card", flat=True))
    order.card = max(left, key=_RANK.__getitem__, default="")
    if count:
        OrderLog.objects.create(
            order=order, at=now, verb="card_lifted", before=order.state, after=order.state,
            actor_name=CLOCK,
        )  # fmt: skip


def owner_of(order: Order) -> str:
    """Who answers for the running step: the handler, else the desk."""
    return (order.handler_label or order.desk.name)[:120]

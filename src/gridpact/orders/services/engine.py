"""Every move goes through here: lock, check who and when, change, log, audit, tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.events import publish
from gridpact.grid.selectors import calendar
from gridpact.orders.choices import MOVES, State, allowed_from
from gridpact.orders.events import OrderMoved
from gridpact.orders.limits import step_and_due
from gridpact.orders.models import Order, OrderLog, OrderStep


@dataclass(frozen=True, slots=True)
class Line:
    """What the timeline keeps of a move: `text` for colleagues, `told` for the resident.

    `stay` leaves the state as it is (a claim while more places are free).
    """

    text: str = ""
    told: str = ""
    stay: bool = False


Change = Callable[[Order], Line | str | None]


def lock(order: Order) -> Order:
    """The order, fresh and locked until the transaction ends."""
    return Order.objects.select_for_update(of=("self",)).with_parts().get(pk=order.pk)


def allowed_now(order: Order, actor: Actor) -> list[str]:
    """The verbs this actor may use on this order in its present state, in table order."""
    return [
        verb
        for verb in allowed_from(order.state)
        if verb in VERBS and can(actor, f"orders.{verb}", order)
    ]


def check(order: Order, verb: str, actor: Actor) -> None:
    """Refuse with 403 when never by this person, with 409 when not in this state."""
    require(actor, f"orders.{verb}", order)
    if order.state not in MOVES[verb].sources:
        raise Refused(
            "wrong_state",
            409,
            verb=MOVES[verb].name,
            state=State(order.state).label,
            allowed=allowed_now(order, actor),
        )


# Verbs with a service behind them; filled by the modules that define them.
VERBS: set[str] = set()


def move(
    order: Order,
    verb: str,
    *,
    actor: Actor,
    change: Change | None = None,
) -> Order:
    """Make one move of the table and return the fresh order.

    `change` gets the locked order before it is saved, may refuse, sets fields, and returns the
    timeline line; it may set the state where the table names two targets (a second return goes
    up). Raises `Refused`; nothing is changed then.
    """
    with transaction.atomic():
        order = lock(order)
        check(order, verb, actor)
        before = order.state
        print_before = _print(order)
        line = change(order) if change is not None else None
        if not isinstance(line, Line):
            line = Line(line or "")
        target = MOVES[verb].to
        if target is not None and order.state == before and not line.stay:
            order.state = target
        _run_clock(order, before)
        order.save()
        OrderLog.objects.create(
            order=order,
            at=clock.now(),
            verb=verb,
            before=before,
            after=order.state,
            actor_id=actor.user_id,
            actor_name=actor.name[:50],
            post=actor.post_label[:80],
            text=line.text,
            told=line.told,
        )
        audit.record(
            actor,
            f"orders.{verb}",
            order,
            why=line.text[:500],
            before=print_before,
            after=_print(order),
        )
        publish(moved(order, verb, before, actor))
    return order


def moved(order: Order, verb: str, before: str, actor: Actor) -> OrderMoved:
    """The event of a move."""
    return OrderMoved(
        order_id=order.pk,
        number=order.number,
        verb=verb,
        before=before,
        after=order.state,
        title=order.title,
        cell_id=order.cell_id,
        desk_id=order.desk_id,
        actor_user_id=actor.user_id,
        reporter_id=order.reporter_user_id,
        handler_post_id=order.handler_post_id,
        handler_org_id=order.handler_org_id,
        handler_user_id=order.handler_user_id,
    )


def _print(order: Order) -> str:
    parts: tuple[Any, ...] = (
        order.state, order.klass, order.handler_post_id, order.handler_org_id,
        order.handler_user_id, order.due_at, order.answer, order.slots_free,
    )  # fmt: skip
    return audit.fingerprint(*parts)


def _run_clock(order: Order, before: str) -> None:
    """Stop the step that ended and start the clock of the one that begins."""
    now = clock.now()
    step, due = step_and_due(order.state, order.klass, now, calendar(), redone=order.redone > 0)
    if step == order.step and order.state == before:
        return
    running = order.steps.filter(ended_at__isnull=True)
    if step == order.step and step:
        # The same step goes on in another state (taken on → being handled): its clock runs on,
        # only a change of class gives it a new limit from its own start.
        _, due = step_and_due(
            order.state,
            order.klass,
            order.step_started_at or now,
            calendar(),
            redone=order.redone > 0,
        )
        order.due_at = due
        running.update(due_at=due, owner=order.handler_label[:120])
        return
    running.update(ended_at=now)
    order.step, order.due_at = step, due
    order.step_started_at = now if step else None
    if due is not None:
        OrderStep.objects.create(
            order=order, step=step, owner=_owner(order), started_at=now, due_at=due
        )


def _owner(order: Order) -> str:
    """Who answers for the running step: the handler, else the desk."""
    return (order.handler_label or order.desk.name)[:120]


def clear_handler(order: Order) -> None:
    """Nobody has it: it is back with the desk."""
    order.handler_post = order.handler_org = order.handler_user = None


def need(value: str | None, field: str) -> str:
    """A required text, stripped; refuses an empty one by naming the field."""
    text = (value or "").strip()
    if not text:
        raise Refused("missing", 422, field=field)
    return text

"""Every move goes through here: lock, check who and when, change, log, audit, tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.events import publish
from gridpact.orders.choices import ENDED, MOVES, Priority, State, allowed_from
from gridpact.orders.events import OrderMoved
from gridpact.orders.models import Order, OrderLog
from gridpact.orders.services.clock.clockwork import own_limit, run_clock


@dataclass(frozen=True, slots=True)
class Line:
    """What the timeline keeps of a move: `text` for colleagues, `told` for the resident.

    `stay` leaves the state as it is (a claim while more places are free). `minutes` are working
    minutes for the step that begins, where the move names its own limit.
    """

    text: str = ""
    told: str = ""
    stay: bool = False
    minutes: int = 0


Change = Callable[[Order], Line | str | None]


def lock(order: Order) -> Order:
    """The order, fresh and locked until the transaction ends.

    In two statements: a lock that waited reads its own row anew, but joins it with the rows it
    had found before. An order sent up meanwhile would have no desk then, and not be found at all.
    """
    Order.objects.select_for_update().only("pk").get(pk=order.pk)
    return Order.objects.with_parts().get(pk=order.pk)


def allowed_now(order: Order, actor: Actor) -> list[str]:
    """The verbs this actor may use on this order in its present state, in table order."""
    return [
        verb
        for verb in allowed_from(order.state, order.card)
        if verb in VERBS and can(actor, f"orders.{verb}", order)
    ]


def check(order: Order, verb: str, actor: Actor) -> None:
    """Refuse with 403 when never by this person, with 409 when not in this state."""
    require(actor, f"orders.{verb}", order)
    if verb not in allowed_from(order.state, order.card):
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
        # What is written down is in the language of the district, whatever the actor reads.
        with override(settings.LANGUAGE_CODE):
            line = change(order) if change is not None else None
        if not isinstance(line, Line):
            line = Line(line or "")
        target = MOVES[verb].to
        if target is not None and order.state == before and not line.stay:
            order.state = target
        if order.state in ENDED and order.caller_id is not None:
            order.assists.open().update(closed_at=clock.now())  # nobody waits for them any more
        run_clock(order, before)
        if line.minutes:
            own_limit(order, line.minutes, verb)
        order.save()
        write_line(order, verb, before, line, actor)
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


def write_line(order: Order, verb: str, before: str, line: Line, actor: Actor) -> None:
    """One line of the timeline."""
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


def beside(order: Order, verb: str, *, actor: Actor, change: Change) -> Order:
    """An act beside the table (`BESIDE`): same lock, log, audit and event, no other state.

    Raises `Refused` 403 by the policy of the verb; `change` refuses what the state forbids.
    """
    with transaction.atomic():
        order = lock(order)
        require(actor, f"orders.{verb}", order)
        with override(settings.LANGUAGE_CODE):
            line = change(order)
        line = line if isinstance(line, Line) else Line(line or "")
        order.save()
        write_line(order, verb, order.state, line, actor)
        audit.record(actor, f"orders.{verb}", order, why=line.text[:500])
        publish(moved(order, verb, order.state, actor))
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
        can_wait=actor.is_system and order.priority != Priority.URGENT,
    )


def _print(order: Order) -> str:
    parts: tuple[Any, ...] = (
        order.state, order.klass, order.handler_post_id, order.handler_org_id,
        order.handler_user_id, order.due_at, order.answer, order.slots_free,
    )  # fmt: skip
    return audit.fingerprint(*parts)


def clear_handler(order: Order) -> None:
    """Nobody has it: it is back with the desk."""
    order.handler_post = order.handler_org = order.handler_user = None


def need(value: str | None, field: str) -> str:
    """A required text, stripped; refuses an empty one by naming the field."""
    text = (value or "").strip()
    if not text:
        raise Refused("missing", 422, field=field)
    return text

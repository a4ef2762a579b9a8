"""One press at the triage desk: accept, class and pass on, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from gridpact.core.access import Actor, Refused
from gridpact.orders.choices import MOVES, State, Way
from gridpact.orders.models import Category, DeskVisit, Order, OrderLog
from gridpact.orders.services.desk.triage import (
    Target,
    accept_order,
    dispatch_order,
    offer_order,
    reject_order,
    triage_order,
)
from gridpact.orders.services.desk.undo import Before, keep_undo
from gridpact.orders.services.engine import lock
from gridpact.orders.services.upward import escalate_order, guide_order


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the desk decides about one order.

    way: a `Way`. to: for a dispatch or guidance. slots, until, skill: for the claim hall.
    seen: id of the last timeline line that was on the screen; None when the caller has not looked.
    """

    klass: str
    reason: str
    way: str
    category: Category | None = None
    to: Target | None = None
    slots: int = 1
    until: datetime | None = None
    skill: str = ""
    note: str = ""
    seen: int | None = None


Part = Callable[[Order], Order]


def decide_order(order: Order, *, actor: Actor, ruling: Ruling) -> Order:
    """Accept (if new), class, and pass on by the ruling's way; all of it or nothing.

    Every part is a move of the table with its own rights, line and audit row. Raises `Refused`
    with `part` naming the refusing verb; `decided_meanwhile` (409) when somebody else was faster.
    For ten seconds the whole decision can be taken back (`undo_order`).
    """
    with transaction.atomic():
        fresh = lock(order)
        _nobody_since(fresh, ruling.seen, actor)
        before = Before.of(fresh)
        for verb, part in _parts(fresh, actor, ruling):
            fresh = _run(fresh, verb, part)
        keep_undo(before, fresh, actor=actor)
        DeskVisit.objects.filter(order=fresh).delete()
    return fresh


def refuse_order(order: Order, *, actor: Actor, reason: str, seen: int | None = None) -> Order:
    """Do not accept an order, from the desk: as `reject_order`, and can be taken back."""
    with transaction.atomic():
        fresh = lock(order)
        _nobody_since(fresh, seen, actor)
        before = Before.of(fresh)
        fresh = reject_order(fresh, actor=actor, reason=reason)
        keep_undo(before, fresh, actor=actor)
        DeskVisit.objects.filter(order=fresh).delete()
    return fresh


def ways_for(klass: str) -> tuple[Way, ...]:
    """How an order of a class may go on from the desk, the usual way first (domain.md §4)."""
    return _WAYS.get(klass, ())


_WAYS: dict[str, tuple[Way, ...]] = {
    "EASY": (Way.OFFER, Way.DISPATCH, Way.KEEP),
    "PRIVATE": (Way.GUIDE, Way.DISPATCH, Way.KEEP),
    "PUBLIC": (Way.DISPATCH, Way.ESCALATE, Way.KEEP),
    "HARD": (Way.ESCALATE, Way.DISPATCH, Way.KEEP),
}


def _parts(order: Order, actor: Actor, ruling: Ruling) -> list[tuple[str, Part]]:
    """The moves that make up the ruling, in order."""
    if ruling.klass in _WAYS and ruling.way not in _WAYS[ruling.klass]:
        raise Refused("way_wrong", 422, field="way", given=ruling.way[:20] or "–")
    parts: list[tuple[str, Part]] = []
    if order.state == State.SUBMITTED:
        parts.append(("accept", lambda fresh: accept_order(fresh, actor=actor)))
    if _needs_class(order, ruling):
        parts.append(("triage", lambda fresh: _triage(fresh, actor, ruling)))
    if ruling.way != Way.KEEP:
        parts.append((ruling.way, lambda fresh: _CALLS[Way(ruling.way)](fresh, actor, ruling)))
    return parts


def _needs_class(order: Order, ruling: Ruling) -> bool:
    """False where the class stands already and the order can go on from where it is."""
    stands = order.klass == ruling.klass and ruling.category in {None, order.category}
    ready = ruling.way in MOVES and order.state in MOVES[ruling.way].sources
    return not (stands and ready)


def _triage(order: Order, actor: Actor, ruling: Ruling) -> Order:
    return triage_order(
        order, actor=actor, klass=ruling.klass, reason=ruling.reason, category=ruling.category
    )


def _offer(order: Order, actor: Actor, ruling: Ruling) -> Order:
    return offer_order(
        order, actor=actor, slots=ruling.slots, until=ruling.until, skill=ruling.skill,
        note=ruling.note,
    )  # fmt: skip


def _dispatch(order: Order, actor: Actor, ruling: Ruling) -> Order:
    return dispatch_order(order, actor=actor, to=ruling.to or Target(), note=ruling.note)


def _guide(order: Order, actor: Actor, ruling: Ruling) -> Order:
    post = ruling.to.post if ruling.to is not None else None
    return guide_order(order, actor=actor, guide=post or 0, note=ruling.note)


def _escalate(order: Order, actor: Actor, ruling: Ruling) -> Order:
    return escalate_order(order, actor=actor, reason=ruling.reason or ruling.note)


_CALLS: dict[Way, Callable[[Order, Actor, Ruling], Order]] = {
    Way.OFFER: _offer,
    Way.DISPATCH: _dispatch,
    Way.GUIDE: _guide,
    Way.ESCALATE: _escalate,
}


def _run(order: Order, verb: str, part: Part) -> Order:
    try:
        return part(order)
    except Refused as refusal:
        refusal.params.setdefault("part", verb)
        raise


def _nobody_since(order: Order, seen: int | None, actor: Actor) -> None:
    """Refuse when somebody moved the order after the page was drawn."""
    if seen is None:
        return
    line = OrderLog.objects.filter(order=order, pk__gt=seen).order_by("-pk").first()
    if line is None:
        return
    if line.actor_id == actor.user_id:
        raise Refused("decided_already", 409, state=order.get_state_display())
    who = " ".join(filter(None, (line.post, line.actor_name))) or gettext("somebody else")
    raise Refused("decided_meanwhile", 409, who=who, state=order.get_state_display())

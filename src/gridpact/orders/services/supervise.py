"""Hurrying an order: urged by the reporter or a desk, put under supervision with a card."""

from __future__ import annotations

from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.core.access import Actor, Refused, system
from gridpact.orders.choices import Card
from gridpact.orders.models import Order, Supervision, Urge
from gridpact.orders.policies import is_reporter
from gridpact.orders.services.clock.clockwork import until
from gridpact.orders.services.engine import VERBS, Line, beside, move, need

VERBS.update({"urge", "supervise", "unsupervise"})
RANKS = {"": 0, Card.NORMAL: 1, Card.YELLOW: 2, Card.RED: 3}
MOST_DAYS = 60


def urge_order(order: Order, *, actor: Actor, note: str = "") -> Order:
    """Any open state: handler and desk are asked to hurry; the reporter may once a day."""

    def change(fresh: Order) -> Line:
        by_reporter = is_reporter(actor, fresh)
        now = clock.now()
        if by_reporter:
            today = now.astimezone(clock.LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
            if fresh.urges.filter(by_reporter=True, at__gte=today).exists():
                raise Refused("urged_today", 409)
        said = note.strip()
        Urge.objects.create(
            order=fresh, at=now, by_id=actor.user_id, by_reporter=by_reporter, text=said
        )
        fresh.urged += 1
        return Line(said, told=said if by_reporter else "")

    return move(order, "urge", actor=actor, change=change)


def supervise_order(
    order: Order,
    *,
    actor: Actor,
    card: str,
    reason: str,
    instruction: str = "",
    days: int = 0,
) -> Order:
    """Any open state: under supervision with a card, by a desk or the clock (`system("clock")`).

    A lower card never takes the place of a higher one (409): that one is lifted first. days:
    working days until it must be answered, 0 for none.
    """

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        return _give(fresh, actor, card, reason=why, instruction=instruction.strip(), days=days)

    return move(order, "supervise", actor=actor, change=change)


def supervise_after_end(order: Order, *, reason: str) -> Order:
    """The second unhappy word: the closed order is put under supervision until a desk lifts it."""

    def change(fresh: Order) -> Line:
        card = max((fresh.card, Card.YELLOW), key=lambda each: RANKS[each])
        return _give(fresh, system("clock"), card, reason=reason)

    return beside(order, "supervise", actor=system("clock"), change=change)


def _give(
    order: Order, actor: Actor, card: str, *, reason: str, instruction: str = "", days: int = 0
) -> Line:
    if card not in Card.values:
        allowed = ", ".join(Card.values)
        raise Refused("unknown_card", 422, field="card", given=card[:20] or "–", allowed=allowed)
    if not 0 <= days <= MOST_DAYS:
        raise Refused("days_range", 422, field="days", given=days, most=MOST_DAYS)
    if RANKS[card] < RANKS[order.card]:
        raise Refused("card_lower", 409, card=order.get_card_display())
    now = clock.now()
    label = Card(card).label
    _lift(order, actor, gettext("Replaced: %(card)s.") % {"card": label})
    Supervision.objects.create(
        order=order,
        card=card,
        step=order.step,
        reason=reason,
        instruction=instruction,
        given_at=now,
        given_by_id=actor.user_id,
        limit_at=until(order, days) if days else None,
    )
    order.card = card
    return Line("\n".join(filter(None, (f"{label}: {reason}", instruction))))


def unsupervise_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """The card is lifted, with a reason; refused when there is none (409)."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        if not fresh.card:
            raise Refused("no_card", 409)
        _lift(fresh, actor, why)
        fresh.card = ""
        return Line(why)

    return move(order, "unsupervise", actor=actor, change=change)


def _lift(order: Order, actor: Actor, reason: str) -> None:
    order.supervisions.filter(lifted_at__isnull=True).update(
        lifted_at=clock.now(), lifted_by=actor.user_id, lift_reason=reason
    )

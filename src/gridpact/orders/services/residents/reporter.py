"""What the resident does: withdraw, rate; and what an unhappy answer sets in motion."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.core.access import Actor, Refused, system
from gridpact.orders.choices import RATING_DAYS, Satisfaction, State
from gridpact.orders.models import Order, Rating
from gridpact.orders.policies import is_reporter
from gridpact.orders.services.engine import VERBS, Line, clear_handler, move
from gridpact.orders.services.supervise import supervise_after_end

VERBS.update({"withdraw", "rate"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What a resident may say beyond solved and satisfied: one (bad) to five, each optional."""

    speed: int | None = None
    effect: int | None = None
    attitude: int | None = None
    clarity: int | None = None

    def check(self) -> None:
        """Refuse a mark outside one to five by naming it."""
        for name, given in asdict(self).items():
            if given is not None and not 1 <= given <= 5:
                raise Refused("mark_range", 422, field=name, given=given)


def withdraw_order(order: Order, *, actor: Actor, reason: str = "") -> Order:
    """SUBMITTED | ACCEPTED | TRIAGED | OFFERED → WITHDRAWN by the reporter."""

    def change(fresh: Order) -> Line:
        fresh.closed_at = clock.now()
        fresh.is_public = False
        fresh.slots_free = 0
        fresh.claims.filter(released_at__isnull=True).update(released_at=clock.now())
        clear_handler(fresh)
        return Line(reason, told=reason)

    return move(order, "withdraw", actor=actor, change=change)


@transaction.atomic
def rate_order(
    order: Order,
    *,
    actor: Actor,
    solved: bool,
    satisfaction: str,
    comment: str = "",
    marks: Marks | None = None,
) -> Order:
    """VERIFIED | CLOSED → CLOSED with the resident's word, once per finish, within 14 days.

    "Not solved" or "not satisfied" reopens the order once at once (`redo_order`); the second time
    it stays closed and comes under supervision.
    """
    given = marks or Marks()
    given.check()

    def change(fresh: Order) -> Line:
        _check_word(fresh, satisfaction)
        Rating.objects.create(
            order=fresh,
            at=clock.now(),
            solved=solved,
            satisfaction=satisfaction,
            comment=comment.strip(),
            by_call_back=not is_reporter(actor, fresh),
            round=fresh.redone,
            **asdict(given),
        )
        fresh.satisfaction, fresh.solved_word = satisfaction, solved
        fresh.closed_at = fresh.closed_at or clock.now()
        return Line(comment.strip())

    rated = move(order, "rate", actor=actor, change=change)
    unhappy = not solved or satisfaction == Satisfaction.UNSATISFIED
    if not unhappy:
        return rated
    if rated.redone == 0:
        return redo_order(rated)
    why = gettext("The reporter is not satisfied for the second time.")
    return supervise_after_end(rated, reason=why)


def _check_word(order: Order, satisfaction: str) -> None:
    """Refuse an unknown word, one that comes too late, and a second one on the same finish."""
    if satisfaction not in Satisfaction.values:
        raise Refused(
            "unknown_satisfaction",
            422,
            field="satisfaction",
            given=satisfaction or "–",
            allowed=", ".join(Satisfaction.values),
        )
    since = order.verified_at or clock.now()
    if clock.now() - since > timedelta(days=RATING_DAYS):
        raise Refused("rating_over", 409, days=RATING_DAYS)
    if order.ratings.filter(round=order.redone).exists():
        raise Refused("rated_already", 409)


def redo_order(order: Order) -> Order:
    """CLOSED → HANDLING, once, by the system: back to the same handler with a new limit."""

    def change(fresh: Order) -> Line:
        if fresh.redone:
            raise Refused("redone_already", 409)
        fresh.redone += 1
        fresh.closed_at = fresh.finished_at = fresh.verified_at = None
        if not fresh.handler_label:
            fresh.state = State.TRIAGED
        return Line()

    return move(order, "redo", actor=system("clock"), change=change)

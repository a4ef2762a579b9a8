"""What the clock does itself: offers nobody took, ratings nobody gave, parked matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext

from gridpact.clocks.book import book
from gridpact.clocks.choices import REVIEW
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from gridpact.orders.services.desk.triage import close_order
from gridpact.orders.services.engine import Line, beside, clear_handler, move

AGAIN = timedelta(days=1)  # what cannot be done yet, e.g. while children are open


def review_days() -> int:
    """After how many days a parked matter is looked at again (case.suspend)."""
    return book().thresholds[REVIEW]


def act_by_the_clock(order_ids: Iterable[int], *, actor: Actor) -> None:
    """Make the move that each of these orders has come to; one that is refused waits a day."""
    for order in Order.objects.filter(pk__in=list(order_ids)).with_parts().order_by("pk"):
        try:
            if order.state == State.OFFERED:
                take_over_order(order, actor=actor)
            elif order.state == State.VERIFIED:
                close_order(order, actor=actor, note=gettext("No rating was given in time."))
            elif order.state == State.SUSPENDED:
                remind_of_review(order, actor=actor)
        except Refused:
            Order.objects.filter(pk=order.pk).update(mark_at=clock.now() + AGAIN)


def take_over_order(order: Order, *, actor: Actor) -> Order:
    """OFFERED → TRIAGED when nobody took it in time: the community takes over (wish.claim).

    Those who took a place of several go on: OFFERED → CLAIMED with the places that are taken.
    """

    def change(fresh: Order) -> Line:
        taken = fresh.claims.filter(released_at__isnull=True).count()
        fresh.slots_free = 0
        if taken:
            fresh.slots, fresh.state = taken, State.CLAIMED
            return Line(gettext("The offer has ended; those who took it on go on."))
        clear_handler(fresh)
        told = gettext("Nobody took it on in time; the community takes over.")
        return Line(told, told=told)

    return move(order, "take_over", actor=actor, change=change)


def remind_of_review(order: Order, *, actor: Actor) -> Order:
    """A parked matter has come to its day of review: the desk is told, once."""

    def change(fresh: Order) -> Line:
        fresh.mark_at = None
        return Line(gettext("The day of review has come."))

    return beside(order, "review", actor=actor, change=change)

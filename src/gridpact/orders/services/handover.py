"""When the term of a handler's post is over, its orders go on with somebody in office."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gridpact.core.access import system
from gridpact.grid.events import TermEnded
from gridpact.grid.models import Appointment
from gridpact.grid.services.handover import heir_of
from gridpact.orders.choices import MOVES, State
from gridpact.orders.events import OrderMoved
from gridpact.orders.models import Order
from gridpact.orders.services.engine import Line, clear_handler, move

BY = "handover"  # the system actor that the timeline names


def on_term_ended(event: TermEnded) -> None:
    """Move every order in the hands of the ended post, in the transaction that ended it."""
    heir = None
    if event.heir_id is not None:
        heir = Appointment.objects.select_related("kind", "cell", "user").get(pk=event.heir_id)
    held = Order.objects.filter(handler_post_id=event.appointment_id)
    for order in held.filter(state__in=MOVES["hand_over"].sources).order_by("pk"):
        pass_on(order, heir)


def on_work_back(event: OrderMoved) -> None:
    """Work that comes back to a handler who left meanwhile (failed, done again) goes on as well."""
    if event.verb not in {"verify_fail", "redo"} or event.handler_post_id is None:
        return
    left = Appointment.objects.over().filter(pk=event.handler_post_id)
    post = left.select_related("cell", "kind").first()
    if post is not None:
        pass_on(Order.objects.get(pk=event.order_id), heir_of(post)[0])


def pass_on(order: Order, heir: Appointment | None) -> Order:
    """Give `order` to the post `heir` in its present state, or back to the desk (TRIAGED)."""

    def change(fresh: Order) -> Line:
        before = fresh.handler_label
        clear_handler(fresh)
        if heir is None:
            fresh.state = State.TRIAGED
            return Line(_("The term of %(name)s is over; back to the desk.") % {"name": before})
        fresh.handler_post = heir
        fresh.steps.filter(ended_at__isnull=True).update(owner=fresh.handler_label[:120])
        words = {"name": before, "heir": fresh.handler_label}
        return Line(_("The term of %(name)s is over; %(heir)s goes on.") % words)

    return move(order, "hand_over", actor=system(BY), change=change)

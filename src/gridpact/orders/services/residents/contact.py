"""Speaking with the reporter 联系诉求人: who, how, reached or not; what they said later."""

from __future__ import annotations

from django.utils.translation import gettext

from gridpact.clocks.book import book
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.orders.choices import OPEN, ContactWay
from gridpact.orders.limits import contact_due
from gridpact.orders.models import Contact, Order
from gridpact.orders.services.engine import Line, beside, need


def contact_reporter(
    order: Order, *, actor: Actor, way: str, reached: bool, note: str = ""
) -> Order:
    """Keep a contact with the reporter of an open order; the first that reached them counts."""

    def change(fresh: Order) -> Line:
        if fresh.state not in OPEN:
            raise Refused("ended_already", 409)
        if way not in ContactWay.values:
            allowed = ", ".join(ContactWay.values)
            raise Refused("unknown_way", 422, field="way", given=way[:20] or "–", allowed=allowed)
        now = clock.now()
        Contact.objects.create(
            order=fresh, at=now, by_id=actor.user_id, way=way, reached=reached, text=note.strip()
        )
        if reached and fresh.contacted_at is None:
            fresh.contacted_at = now
        result = gettext("reached") if reached else gettext("not reached")
        head = f"{ContactWay(way).label}: {result}"
        return Line("\n".join(filter(None, (head, note.strip()))))

    return beside(order, "contact", actor=actor, change=change)


def add_words(order: Order, *, actor: Actor, text: str) -> Order:
    """Note on an open order what its reporter said later, by the door it came in."""

    def change(fresh: Order) -> Line:
        if fresh.state not in OPEN:
            raise Refused("ended_already", 409)
        return Line(need(text, "text"))

    return beside(order, "add_words", actor=actor, change=change)


def start_contact_clock(order: Order) -> None:
    """From acceptance on, whoever can be reached is to be contacted within a day."""
    if order.contact_due_at is None and order.reporter_phone_digest:
        order.contact_due_at = contact_due(order, clock.now(), book())

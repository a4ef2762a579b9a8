"""The clock of an order on its page: promise, running step, and why it is due then."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.orders.explain import reckon, span_words
from gridpact.orders.models import Order
from gridpact.orders.services.clock.clockwork import running_step
from gridpact.ui import times

Fact = tuple[str | Promise, object]


def clock_facts(order: Order) -> list[Fact]:
    """Facts of the clock in the order in which they are asked for."""
    facts: list[Fact] = [
        (_("Placed"), times.moment(order.created_at)),
        (_("Promised"), times.moment(order.promised_at)),
    ]
    if order.step:
        facts += _running(order)
    if order.offered_until is not None:
        facts.append((_("Offered until"), times.moment(order.offered_until)))
    return facts


def _running(order: Order) -> list[Fact]:
    row = running_step(order)
    if row is None:
        return []
    found = reckon(order, row)
    facts: list[Fact] = [
        (_("Running step"), order.get_step_display()),
        (_("Step began"), times.moment(row.started_at)),
        (_("Time allowed"), found.limit_words),
    ]
    if row.extra_minutes:
        words = span_words(row.extra_minutes, found.day_minutes, by_clock=row.by_clock)
        facts.append((_("More time granted"), words))
    if row.paused_minutes:
        words = span_words(row.paused_minutes, found.day_minutes, by_clock=row.by_clock)
        facts.append((_("Waited, not counted"), words))
    if not row.by_clock:
        facts.append((_("Office hours"), gettext(", ").join(found.hours)))
    if found.days_off:
        facts.append((_("Days off jumped over"), found.days_off_words))
    if order.paused_at is not None:
        facts.append((_("Parked since"), times.moment(order.paused_at)))
        if order.review_on is not None:
            day = date_format(order.review_on, "MONTH_DAY_FORMAT")
            facts.append((_("Look at it again on"), day))
        return facts
    facts.append((_("Due"), times.moment(row.due_at)))
    if not found.certain:
        facts.append(
            (_("Note"), gettext("The calendar of that year is missing: counted Monday to Friday."))
        )
    return facts

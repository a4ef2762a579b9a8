"""Reads the timeline of all orders onwards from where it stopped, and asks what it finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.honesty.models import Reader
from gridpact.honesty.selectors import thresholds
from gridpact.honesty.services import people
from gridpact.honesty.services.finishes import look_at_finish
from gridpact.orders.models import Order, OrderLog

CHECKS = frozenset({"verify_pass", "verify_fail"})
BATCH = 500  # lines of the timeline
# Lines get their numbers before they are committed: what is younger than this is read next time.
SETTLED = timedelta(seconds=30)


@transaction.atomic
def ask_batch(*, actor: Actor) -> bool:
    """Read up to 500 lines; True while there may be more. Only the worker asks.

    Reading the same lines again asks nothing twice: every finding has a key of its own.
    """
    if not actor.is_system:
        raise Refused("forbidden", 403)
    Reader.objects.get_or_create(pk=1)
    reader = Reader.objects.select_for_update().get(pk=1)
    found = list(OrderLog.objects.filter(pk__gt=reader.upto).order_by("pk")[:BATCH])
    lines = _settled(found)
    if not lines:
        return False
    look_at(lines)
    reader.upto = lines[-1].pk
    reader.save(update_fields=["upto"])
    return len(lines) == BATCH


def _settled(lines: Iterable[OrderLog]) -> list[OrderLog]:
    limit = clock.now() - SETTLED
    kept: list[OrderLog] = []
    for line in lines:
        if line.at > limit:
            break
        kept.append(line)
    return kept


def look_at(lines: list[OrderLog]) -> None:
    """Ask what these lines (rising) give reason to ask."""
    numbers = thresholds()
    wanted = {line.order_id for line in lines if line.verb in {"finish", "rate", *CHECKS}}
    orders = Order.objects.with_parts().select_related("finished_by").in_bulk(wanted)
    for line in lines:
        order = orders.get(line.order_id)
        if order is None:
            continue
        if line.verb == "finish":
            look_at_finish(order, line, numbers)
        elif line.verb == "rate":
            people.look_at_rating(order, line, numbers)
        elif line.verb in CHECKS:
            people.look_at_check(order, line, numbers)
    people.look_at_hands(lines, numbers)

"""What ratings and the hands of one person may give reason to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gridpact.core import clock
from gridpact.honesty.choices import (
    CALLS_RUN,
    MASS_MINUTES,
    MASS_ORDERS,
    PAIR_MINUTES,
    PAIR_RUN,
    PHONE_RATINGS,
    Kind,
)
from gridpact.honesty.measures import densest
from gridpact.honesty.models import CallRun, Finish, PairRun
from gridpact.honesty.selectors import good_ratings, staff_with_phone
from gridpact.honesty.services.raising import about, common_cell, raise_question, unit_of
from gridpact.orders.choices import Satisfaction
from gridpact.orders.models import Order, OrderLog, Rating

Numbers = dict[str, int]
HANDS = frozenset({"finish", "verify_pass", "close"})
REACH = 5000  # lines before a batch that may belong to the same minutes
NAMED = 50  # orders a question names


def look_at_rating(order: Order, line: OrderLog, numbers: Numbers) -> None:
    """A rating: from the phone of staff, one of many from one phone, or the n-th happy call."""
    rating = order.ratings.filter(at__lte=line.at).order_by("-id").first()
    if rating is None:
        return
    if rating.by_call_back:
        _count_call(order, line, rating, numbers)
        return
    if rating.satisfaction == Satisfaction.UNSATISFIED:
        return
    digest = order.reporter_phone_digest
    staff = staff_with_phone(digest)
    if staff is not None:
        own = staff.pk == order.finished_by_id
        evidence: dict[str, Any] = {"what": "own" if own else "staff", "name": str(staff)}
        about(order, Kind.PHONE, f"PHONE:{line.pk}", evidence, asked=order.finished_by_id)
        return
    ids = good_ratings(digest) if digest else []
    if len(ids) >= numbers[PHONE_RATINGS]:
        month = f"{clock.today():%Y-%m}"
        evidence = {"what": "many", "times": len(ids), "orders": ids[-NAMED:]}
        key = f"PHONE:{digest}:{month}"
        about(order, Kind.PHONE, key, evidence, asked=order.finished_by_id)


def _count_call(order: Order, line: OrderLog, rating: Rating, numbers: Numbers) -> None:
    """One more call-back by this person; whoever noted enough happy ones in a row is asked."""
    if line.actor_id is None:
        return
    run, _new = CallRun.objects.select_for_update().get_or_create(pk=line.actor_id)
    _go_on(run, order, goes_on=rating.satisfaction == Satisfaction.SATISFIED)
    if run.length >= numbers[CALLS_RUN]:
        orders = _orders(run.orders)
        raise_question(
            Kind.CALLS, f"CALLS:{line.pk}", order=None, cell=common_cell(orders),
            unit=order.desk.name, asked=line.actor_id, number=order.number,
            evidence={
                "times": run.length, "orders": run.orders, "numbers": [order.number],
            },
        )  # fmt: skip
        run.length, run.orders = 0, []
    run.save()


def _go_on(run: CallRun | PairRun, order: Order, *, goes_on: bool) -> None:
    """One more order in a row, each once, or the row is broken; the run is not saved."""
    if not goes_on:
        run.length, run.orders = 0, []
    elif order.pk not in run.orders:
        run.length += 1
        run.orders = [*run.orders, order.pk][-NAMED:]


def look_at_check(order: Order, line: OrderLog, numbers: Numbers) -> None:
    """A finish passed or not: whoever passed enough of one person's in a row at once is asked."""
    made = Finish.objects.filter(order=order, line__lt=line.pk).order_by("-line").first()
    if made is None or made.by_id is None or line.actor_id in {None, made.by_id}:
        return
    run, _new = PairRun.objects.select_for_update().get_or_create(
        finisher_id=made.by_id, verifier_id=line.actor_id
    )
    quick = line.at - made.at < timedelta(minutes=numbers[PAIR_MINUTES])
    _go_on(run, order, goes_on=line.verb == "verify_pass" and quick)
    if run.length >= numbers[PAIR_RUN]:
        orders = _orders(run.orders)
        raise_question(
            Kind.PAIR, f"PAIR:{line.pk}", order=None, cell=common_cell(orders),
            unit=order.desk.name, asked=line.actor_id, number=order.number,
            evidence={
                "times": run.length, "minutes": numbers[PAIR_MINUTES], "name": str(made.by),
                "orders": run.orders, "numbers": [order.number],
            },
        )  # fmt: skip
        run.length, run.orders = 0, []
    run.save()


def look_at_hands(lines: list[OrderLog], numbers: Numbers) -> None:
    """Many orders finished, verified or closed by one person within minutes."""
    new = {(line.actor_id, line.verb) for line in lines if line.verb in HANDS and line.actor_id}
    if not new:
        return
    within = timedelta(minutes=numbers[MASS_MINUTES])
    rows = OrderLog.objects.filter(
        pk__gt=lines[0].pk - REACH, pk__lte=lines[-1].pk, verb__in=HANDS,
        at__gte=min(line.at for line in lines) - within,
        actor_id__in={actor_id for actor_id, _verb in new},
    )  # fmt: skip
    by_hand: dict[tuple[int | None, str], list[OrderLog]] = {}
    for row in rows.order_by("at", "pk"):
        by_hand.setdefault((row.actor_id, row.verb), []).append(row)
    for hand in sorted(new, key=str):
        _ask_for_many(hand[1], by_hand.get(hand, []), within, numbers[MASS_ORDERS])


def _ask_for_many(verb: str, rows: list[OrderLog], within: timedelta, least: int) -> None:
    low, high = densest([row.at for row in rows], within)
    dense = rows[low:high]
    ids = list(dict.fromkeys(row.order_id for row in dense))
    if len(ids) < least:
        return
    orders = _orders(ids)
    first, last = dense[0], dense[-1]
    day = first.at.astimezone(clock.LOCAL).date()
    raise_question(
        Kind.MASS, f"MASS:{first.actor_id}:{verb}:{day}", order=None, cell=common_cell(orders),
        unit=unit_of(orders[0]), asked=first.actor_id, number=orders[0].number,
        evidence={
            "verb": verb, "times": len(ids), "orders": ids[:NAMED], "numbers": [orders[0].number],
            "minutes": max(1, round((last.at - first.at).total_seconds() / 60)),
            "from": first.at.isoformat(), "name": first.actor_name, "post": first.post,
        },
    )  # fmt: skip


def _orders(ids: list[int]) -> list[Order]:
    found = Order.objects.with_parts().in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]

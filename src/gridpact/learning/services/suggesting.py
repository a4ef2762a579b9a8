"""Suggesting for orders that wait at a desk, and noting what people decided in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gridpact.core import clock
from gridpact.core.access import Actor, require
from gridpact.learning.choices import Field
from gridpact.learning.models import Suggestion, Switch
from gridpact.learning.selectors.answers import Answerer
from gridpact.learning.selectors.examples import areas, handler_value
from gridpact.orders.choices import DESK
from gridpact.orders.events import OrderMoved
from gridpact.orders.models import Decision, Order

BATCH = 200
NEW = timedelta(minutes=5)  # older ones wait for the sweep of the minute
_COLUMNS = ("pk", "title", "text", "klass", "kind", "channel", "category__code", "cell_id")


def suggest_waiting(*, actor: Actor, most: int = 2000) -> int:
    """Suggest for orders at desks that have none yet, the newest first; how many there were."""
    require(actor, "learning.manage")
    on = _switched_on()
    if not on:
        return 0
    lacking = Q(pk__in=())
    for field in on:
        lacking |= Q(~Exists(Suggestion.objects.filter(order=OuterRef("pk"), field=field)))
    rows = Order.objects.filter(lacking, state__in=DESK).order_by("-created_at", "-id")
    found = list(rows.values(*_COLUMNS)[:most])
    answerer = Answerer.ready(on)
    for start in range(0, len(found), BATCH):
        _write(found[start : start + BATCH], answerer)
    return len(found)


def suggest_newest(*, actor: Actor, most: int) -> int:
    """Suggest for up to `most` orders that have just come to a desk and have nothing yet.

    Bounded, so that a flood of orders is left to `suggest_waiting` and slows nobody's intake.
    """
    require(actor, "learning.manage")
    lacking = ~Exists(Suggestion.objects.filter(order=OuterRef("pk")))
    rows = Order.objects.filter(lacking, state__in=DESK, created_at__gt=clock.now() - NEW)
    found = list(rows.order_by("-created_at", "-id").values_list("pk", flat=True)[:most])
    return suggest_orders(found, actor=actor) if found and _switched_on() else 0


def suggest_orders(orders: Iterable[int], *, actor: Actor) -> int:
    """Suggest for these orders, whatever their state; what has a suggestion keeps it."""
    require(actor, "learning.manage")
    found = list(Order.objects.filter(pk__in=orders).order_by("pk").values(*_COLUMNS))
    _write(found, Answerer.ready(_switched_on()))
    return len(found)


def _switched_on() -> list[Field]:
    off = set(Switch.objects.filter(is_on=False).values_list("field", flat=True))
    return [field for field in Field if field not in off]


def _write(rows: Sequence[dict[str, Any]], answerer: Answerer) -> None:
    now = clock.now()
    made = [
        Suggestion(
            order_id=row["pk"],
            field=answer.field,
            value=answer.value,
            confidence=answer.confidence,
            others=[list(each) for each in answer.others],
            evidence=answer.evidence,
            learnt_id=answer.learnt,
            made_at=now,
        )
        for row in rows
        for answer in answerer.answers(row)
    ]
    # Two workers at once, or an order that was merged away meanwhile, change nothing.
    Suggestion.objects.bulk_create(made, ignore_conflicts=True)


def on_moved(event: OrderMoved) -> None:
    """Keep what was decided beside what had been suggested; in the transaction of the move."""
    if event.verb == "triage":
        _triaged(event.order_id)
    elif event.verb == "verify_pass":
        _solved(event.order_id)


def _triaged(order_id: int) -> None:
    rows = {row.field: row for row in Suggestion.objects.filter(order_id=order_id)}
    if not rows:
        return
    klass, code = Order.objects.values_list("klass", "category__code").get(pk=order_id)
    decided = {Field.KLASS: klass, Field.CATEGORY: code or "", Field.AREA: areas().get(code, "")}
    for field, value in decided.items():
        if field in rows and value:
            rows[field].decided, rows[field].decided_at = value, clock.now()
            rows[field].save(update_fields=["decided", "decided_at"])
    told = rows.get(Field.KLASS)
    last = Decision.objects.filter(order_id=order_id).order_by("-id").first()
    if told is not None and told.value and last is not None:
        last.suggested, last.confidence, last.evidence = told.value, told.confidence, told.evidence
        last.save(update_fields=["suggested", "confidence", "evidence"])


def _solved(order_id: int) -> None:
    columns = ("handler_org__code", "handler_post__kind__code")
    value = handler_value(*Order.objects.values_list(*columns).get(pk=order_id))
    if value:
        Suggestion.objects.filter(order_id=order_id, field=Field.HANDLER).update(
            decided=value, decided_at=clock.now()
        )

"""Rows of what was found by words, each with the stretch of text that was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gridpact.core.access import Actor
from gridpact.core.among import among
from gridpact.orders.models import Order
from gridpact.orders.search.vocabulary import vocabulary
from gridpact.orders.search.wording import asked_in
from gridpact.orders.tables.rows import OrderRow
from gridpact.orders.tables.snippets import snippet


def with_snippets(
    orders: Iterable[Order], rows: Iterable[OrderRow], question: str, actor: Actor
) -> list[OrderRow]:
    """`rows` (of `orders`, in the same order) with their texts' stretches; one more query."""
    pairs = list(zip(orders, rows, strict=True))
    surfaces = asked_in(question, vocabulary()).surfaces
    told = Order.objects.filter(pk__in=among([order.pk for order, _row in pairs]))
    texts = {pk: (text, answer) for pk, text, answer in told.values_list("pk", "text", "answer")}
    made = []
    for order, row in pairs:
        order.text, order.answer = texts[order.pk]
        made.append(replace(row, snippet=snippet(order, surfaces, actor)))
    return made

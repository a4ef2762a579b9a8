"""What the demo district learnt a month ago, and what its desks have decided beside it since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.learning import services
from gridpact.learning.choices import Field
from gridpact.learning.models import Suggestion
from gridpact.learning.selectors.examples import areas, handler_value
from gridpact.orders.choices import SOLVED
from gridpact.orders.models import Order

DAYS = 30
_COLUMNS = (
    "pk", "created_at", "verified_at", "state", "klass", "category__code", "handler_org__code",
    "handler_post__kind__code",
)  # fmt: skip


def build_learning() -> int:
    """Learn from the orders before the last month, suggest for those of it; how many these were.

    What was decided is what the orders say; nothing is invented.
    """
    worker = system("learning")
    since = clock.now() - timedelta(days=DAYS)
    with clock.frozen(since):
        services.train(actor=worker)
    rows = Order.objects.filter(created_at__gt=since)
    count = services.suggest_orders(rows.values_list("pk", flat=True), actor=worker)
    orders = {row["pk"]: row for row in rows.values(*_COLUMNS)}
    top, told = areas(), list(Suggestion.objects.all())
    for suggestion in told:
        row = orders[suggestion.order_id]
        suggestion.made_at = row["created_at"]
        suggestion.decided = _decided(suggestion.field, row, top)
        suggestion.decided_at = row["verified_at"] or row["created_at"]
        if not suggestion.decided:
            suggestion.decided_at = None
    Suggestion.objects.bulk_update(told, ["made_at", "decided", "decided_at"], batch_size=500)
    return count


def _decided(field: str, row: dict[str, Any], top: dict[str, str]) -> str:
    """What the order says now; empty while it is undecided."""
    code = str(row["category__code"] or "")
    if field == Field.HANDLER:
        solved = row["state"] in SOLVED
        org, post = (row[name] for name in _COLUMNS[-2:])
        return handler_value(org, post) if solved else ""
    if not row["klass"]:
        return ""
    return {Field.KLASS: str(row["klass"]), Field.CATEGORY: code}.get(
        Field(field), top.get(code, "")
    )

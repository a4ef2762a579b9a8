"""The sweep of clocks on 1,000,000 open orders: with none, 1,000, 10,000 and 100,000 due."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from common import database_pid, milliseconds, prepare, processor_seconds

NAME, TOTAL = "clocks", 1_000_000
IDLE_TICKS = 50

_STEPS = """
UPDATE orders_orderstep SET minutes = 1260, source = 'case.handle.easy', step = 'handle',
    started_at = now() - interval '1 hour', due_at = now() + interval '5 days', light = 0
"""
_OPEN = """
UPDATE orders_order SET state = 'HANDLING', step = 'handle', light = 0, card = '',
    step_started_at = now() - interval '1 hour', due_at = now() + interval '5 days',
    mark_at = now() + interval '30 days'
"""
# The due ones began so long ago that warning, yellow and red card have all passed.
_DUE_STEPS = """
UPDATE orders_orderstep SET started_at = now() - interval '30 days', light = 0
WHERE order_id IN (SELECT id FROM bench_due)
"""
_DUE_ORDERS = """
UPDATE orders_order SET mark_at = now() - interval '1 minute', light = %s, card = %s
WHERE id IN (SELECT id FROM bench_due)
"""
# What orders have reached before, by how many levels are left to be marked.
_BEFORE = {1: (2, "YELLOW"), 3: (0, "")}


def make_due(cursor: Any, count: int, levels: int) -> None:
    """Let `count` orders, spread over the district, have passed everything a moment ago.

    levels: 3 where no worker has looked at them for long, 1 where only the red card is new.
    """
    cursor.execute("DROP TABLE IF EXISTS bench_due")
    cursor.execute(
        "CREATE TEMP TABLE bench_due AS SELECT id FROM orders_order"
        " WHERE light = 0 ORDER BY id %% 7919, id LIMIT %s",
        [count],
    )
    cursor.execute(_DUE_STEPS)
    cursor.execute(_DUE_ORDERS, _BEFORE[levels])
    for table in ("orders_order", "orders_orderstep"):
        cursor.execute(f"VACUUM ANALYZE {table}")


def sweep() -> tuple[int, float]:
    """How many orders were looked at, and the seconds it took."""
    from gridpact.core.access import system
    from gridpact.orders.services.clock.marks import mark_batch

    looked, start = 0, time.perf_counter()
    while count := mark_batch(actor=system("clock")):
        looked += count
    return looked, time.perf_counter() - start


def idle() -> float:
    """Seconds of a tick with nothing due, the median of several."""
    times = [sweep()[1] for _ in range(IDLE_TICKS)]
    return statistics.median(times)


def main() -> int:
    """Fill up, make due, sweep."""
    prepare(NAME)
    from django.db import connection

    from gridpact.orders.models import Order, OrderLog, Supervision
    from lists import grow

    grow(TOTAL)
    with connection.cursor() as cursor:
        if Order.objects.filter(state="HANDLING").count() < TOTAL:
            cursor.execute(_OPEN)
            cursor.execute(
                "INSERT INTO orders_orderstep (order_id, step, owner, started_at, due_at, minutes,"
                " by_clock, extra_minutes, paused_minutes, source, light)"
                " SELECT id, 'handle', '', now(), now(), 0, false, 0, 0, '', 0 FROM orders_order o"
                " WHERE NOT EXISTS (SELECT 1 FROM orders_orderstep s"
                " WHERE s.order_id = o.id AND s.ended_at IS NULL)"
            )
        cursor.execute(_STEPS)
        cursor.execute("VACUUM ANALYZE orders_orderstep")
        sweep()
        print(f"{Order.objects.open().count():,} open orders; a tick with nothing due:"
              f" {milliseconds(idle())}")  # fmt: skip
        for count, levels in ((1_000, 3), (10_000, 1), (10_000, 3), (100_000, 1), (100_000, 3)):
            make_due(cursor, count, levels)
            lines, cards = OrderLog.objects.count(), Supervision.objects.count()
            here, there = time.process_time(), processor_seconds(database_pid())
            looked, seconds = sweep()
            here, there = time.process_time() - here, processor_seconds(database_pid()) - there
            lines = OrderLog.objects.count() - lines
            cards = Supervision.objects.count() - cards
            print(
                f"{looked:,} due, {levels} level(s) each: {seconds:.2f} s (processor {here:.2f} s"
                f" and {there:.2f} s in the database), {lines:,} lines and {cards:,} cards",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A week of real orders on a simulated clock: cards by class and step, held against a plain count.

`python replay.py FILE [ROWS]`: FILE is a CSV with the columns rec_id, create_date, community, type,
main_type, sub_type, property, outcome. Nothing of it stays: everything is rolled back at the end.
"""

from __future__ import annotations

import csv
import heapq
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from common import prepare

CHINA = ZoneInfo("Asia/Shanghai")
# A week with a swapped Sunday at work and a holiday (Mid-Autumn, Friday to Sunday).
FIRST = datetime(2026, 9, 20, tzinfo=CHINA)
END = FIRST + timedelta(days=8)
DAYS_AT_WORK = {date(2026, 9, day) for day in (20, 21, 22, 23, 24)}
TICK = timedelta(minutes=30)
KINDS = {"投诉": "REPORT", "咨询": "CONSULTATION", "建议": "SUGGESTION"}
KLASSES = {"市容环卫": "EASY", "市政设施": "PUBLIC"}
HOTLINE_DAYS = {"REPORT": 15, "CONSULTATION": 2, "SUGGESTION": 10, "NEED": 10}
KLASS_DAYS = {"EASY": 3, "PUBLIC": 10, "HARD": 15, "PRIVATE": 3}
SHARES = {"warned": 0.7, "yellow_card": 1.0, "red_card": 1.5}


@dataclass
class Row:
    """A real order with the days of a simulated life: when each verb happens (None = never)."""

    number: int
    text: str
    kind: str
    klass: str
    channel: str
    times: dict[str, datetime] = field(default_factory=dict)


def read(path: Path, most: int) -> list[Row]:
    """The first rows of the file, their days spread over the week by their number alone."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_row(line) for _, line in zip(range(most), csv.DictReader(file), strict=False)]


def _row(line: dict[str, str]) -> Row:
    number = int(line["rec_id"])
    klass = "HARD" if "逾期" in line["outcome"] else KLASSES.get(line["type"], "PRIVATE")
    row = Row(
        number, f"{line['community']}：{line['main_type']}，{line['sub_type']}",
        KINDS.get(line["property"], "NEED"), klass, "HOTLINE" if number % 2 else "IMPORT",
    )  # fmt: skip
    day = date.fromisoformat(line["create_date"]).weekday()
    # Seconds keep events and looks of the clock apart.
    at = FIRST + timedelta(days=day, hours=8, minutes=number * 37 % 660, seconds=17)
    row.times["submit"] = at
    if number % 5 == 0:
        return row
    waits = (
        ("accept", number * 13 % 400 + 3), ("triage", 20), ("dispatch", number * 7 % 600 + 5),
        ("sign", number * 11 % 3500 + 5),
    )  # fmt: skip
    for verb, minutes in waits:
        at += timedelta(minutes=minutes)
        if at >= END:
            break
        row.times[verb] = at
    return row


# The plain count: nothing of the product in it.


def worked(start: datetime, end: datetime) -> float:
    """Working minutes from start to end, half-day by half-day."""
    total, day = 0.0, start.date()
    while day <= end.date():
        if day in DAYS_AT_WORK:
            for opens, closes in (((8, 30), (12, 0)), ((14, 30), (18, 0))):
                begin = datetime(day.year, day.month, day.day, *opens, tzinfo=CHINA)
                close = datetime(day.year, day.month, day.day, *closes, tzinfo=CHINA)
                span = min(end, close) - max(start, begin)
                total += max(0.0, span.total_seconds() / 60)
        day += timedelta(days=1)
    return total


def last_look(end: datetime) -> datetime:
    """The last look of the clock before `end`."""
    return FIRST + (end - FIRST) // TICK * TICK


def steps_of(row: Row) -> Iterator[tuple[str, datetime, datetime, float, bool]]:
    """(step, start, end, limit in minutes, plain minutes?) of the order's life within the week."""
    at, handle = row.times, KLASS_DAYS[row.klass] * 420
    if row.channel == "HOTLINE":
        handle = HOTLINE_DAYS[row.kind] * 420
    plan = (
        ("accept", "submit", "accept", 120, False), ("dispatch", "accept", "dispatch", 240, False),
        ("sign", "dispatch", "sign", 24 * 60, True), ("handle", "sign", "", handle, False),
    )  # fmt: skip
    for step, start, end, limit, plain in plan:
        if start in at:
            yield step, at[start], at.get(end, END), limit, plain


def plain_count(rows: list[Row]) -> Counter[tuple[str, str, str]]:
    """Levels that must have been reached, by level, class and step."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        klass = row.klass if "triage" in row.times else ""
        for step, start, end, limit, plain in steps_of(row):
            seen = last_look(end)
            used = (seen - start).total_seconds() / 60 if plain else worked(start, seen)
            for level, share in SHARES.items():
                found[level, klass, step] += seen > start and used >= limit * share
    return +found


# The product on a simulated clock.


def live(rows: list[Row]) -> Counter[tuple[str, str, str]]:
    """Let the rows live through the week, with a look of the clock every half hour."""
    from gridpact.core import clock
    from gridpact.core.access import system
    from gridpact.orders.models import Order, OrderLog
    from gridpact.orders.services.clock.marks import mark_batch

    events = [(at, n, verb) for n, row in enumerate(rows) for verb, at in row.times.items()]
    looks = [(FIRST + TICK * n, -1, "look") for n in range(int((END - FIRST) / TICK) + 1)]
    queue = [*events, *looks]
    heapq.heapify(queue)
    orders: dict[int, Order] = {}
    # Looks at the orders of the demo district would count among ours.
    Order.objects.open().update(mark_at=None)
    while queue:
        at, n, verb = heapq.heappop(queue)
        with clock.frozen(at):
            if verb == "look":
                while mark_batch(actor=system("clock")):
                    pass
            else:
                _move(rows[n], n, verb, orders)
    steps: Counter[tuple[str, str, str]] = Counter()
    ours = OrderLog.objects.filter(order__source_system="replay", verb__in=SHARES)
    step_of = {"SUBMITTED": "accept", "ACCEPTED": "dispatch", "TRIAGED": "dispatch",
               "DISPATCHED": "sign", "CLAIMED": "handle"}  # fmt: skip
    for level, klass, state in ours.values_list("verb", "order__klass", "before"):
        steps[level, klass, step_of[state]] += 1
    return steps


def _move(row: Row, n: int, verb: str, orders: dict[int, Any]) -> None:
    from gridpact.core.access import system
    from gridpact.grid.models import Cell
    from gridpact.orders import services
    from gridpact.orders.services.desk.triage import Target
    from gridpact.orgs.models import Org

    actor = system("replay")
    if verb == "submit":
        cells = _CACHE.setdefault("cells", list(Cell.objects.filter(level="COMMUNITY")))
        intake = services.Intake(
            text=row.text, kind=row.kind, cell=cells[row.number % len(cells)].code,
            channel=row.channel, source_system="replay", source_number=str(row.number),
            anonymous=True,
        )  # fmt: skip
        orders[n] = services.open_order(intake, actor=actor)
        return
    target = _CACHE.setdefault("org", Org.objects.filter(kind="DEPARTMENT").first())
    order = orders[n]
    if verb == "accept":
        services.accept_order(order, actor=actor)
    elif verb == "triage":
        services.triage_order(order, actor=actor, klass=row.klass, reason="回放")
    elif verb == "dispatch":
        services.dispatch_order(order, actor=actor, to=Target(org=target.pk))
    else:
        services.sign_order(order, actor=actor)


_CACHE: dict[str, Any] = {}


def main(path: Path, most: int) -> int:
    """Print both counts; 1 when they differ."""
    rows = read(path, most)
    expected = plain_count(rows)
    prepare("replay")
    from django.db import transaction

    start = time.perf_counter()
    with transaction.atomic():
        found = live(rows)
        transaction.set_rollback(True)
    moves = sum(len(row.times) for row in rows)
    print(f"{len(rows):,} orders, {moves:,} moves, a week in {time.perf_counter() - start:.0f} s")
    for key in sorted({*expected, *found}):
        level, klass, step = key
        mark = "" if expected[key] == found[key] else "   <-- differs"
        print(f"{level:12} {klass or '-':8} {step:9} {expected[key]:6,} {found[key]:6,}{mark}")
    same = expected == found
    print("equal" if same else "DIFFERENT", f"({sum(found.values()):,} levels)")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5000))

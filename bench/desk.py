"""The triage screen, 50 counters, hints and the supervision desk on 1,000,000 orders, in process.

Each line gives wall time, and processor time of this process and of the database's session.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from common import prepare
from lists import grow

NAME, TOTAL, ROUNDS = "large-lists", 1_000_000, 15
PEOPLE = ("zhihe", "township", "district")
TICKS = os.sysconf("SC_CLK_TCK")


_LIT = """
UPDATE orders_order AS o SET light = x.light, card = x.card,
    due_at = now() + x.days * interval '1 day'
FROM (VALUES (0, 3, 'RED', -3), (1, 2, 'YELLOW', -1), (2, 2, 'YELLOW', -0.5), (3, 1, '', 0.5),
    (4, 1, '', 0.3)) AS x (m, light, card, days)
WHERE o.due_at IS NOT NULL AND o.id %% 60 = x.m
"""
_CARDS = """
INSERT INTO orders_supervision (order_id, card, step, reason, instruction, given_at, lift_reason)
SELECT id, card, step, '', '', now(), '' FROM orders_order WHERE card <> ''
"""


def light_up() -> None:
    """Let a twentieth of the open orders be late and under a card, and fewer be warned."""
    from django.db import connection

    from gridpact.orders.models import Order

    if Order.objects.filter(light__gt=0, number__startswith="BN").exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_LIT, [])
        cursor.execute(_CARDS)
        for table in ("orders_order", "orders_supervision"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def session_pid() -> int:
    """The database process that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def ticks(pid: int) -> float:
    """Processor seconds of one process."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return sum(map(int, text.rpartition(")")[2].split()[11:13])) / TICKS


def timed(label: str, bar: float, call: Callable[[], Any]) -> bool:
    """Median and worst of some rounds against the bar, in seconds; what is first is not counted."""
    call()
    pid, took = session_pid(), []
    here, there = time.process_time(), ticks(pid)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    here, there = (time.process_time() - here) / ROUNDS, (ticks(pid) - there) / ROUNDS
    middle = statistics.median(took)
    print(
        f"{'ok ' if middle <= bar else 'NOT'} {label}: median {middle * 1000:.0f} ms, worst"
        f" {max(took) * 1000:.0f} ms (bar {bar * 1000:.0f}); processor {here * 1000:.0f} ms and"
        f" database {there * 1000:.0f} ms", flush=True,
    )  # fmt: skip
    return middle <= bar


def page(client: Any, address: str, **headers: str) -> None:
    """One page, checked that it came."""
    status = client.get(address, headers=headers).status_code
    if status != 200:
        raise RuntimeError(f"{address}: {status}")


def fifty(actor: Any) -> dict[str, int]:
    """Fifty counters of the workbench in one statement: five queues of ten cells of the area."""
    from gridpact.grid.models import Cell
    from gridpact.orders.selectors.counting import counted
    from gridpact.orders.selectors.queues import rows_of, standing_cell

    at, lists = standing_cell(actor), {}
    if at is None:
        raise RuntimeError("stands nowhere")
    below = "GRID" if at.level == "COMMUNITY" else "COMMUNITY"
    cells = Cell.objects.filter(level=below, path__startswith=at.path).defer("boundary")
    for cell in cells.order_by("code")[:10]:
        for name in ("overdue", "accept", "triage", "dispatch", "cell"):
            lists[f"{name} {cell.code}"] = rows_of(actor, name, cell)
    return counted(lists)


def as_person(name: str) -> list[bool]:
    """All questions of one person; which bars were met."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from gridpact.orders.hooks.hints import _sources
    from gridpact.orders.models import Order
    from gridpact.orders.selectors.desk import desk_cell, desk_rows
    from gridpact.orgs.selectors import actor_for

    user = get_user_model().objects.get(username=name)
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(user)
    actor = actor_for(user)
    good = []
    at = desk_cell(actor)
    for path, bar in (
        ("/work", 0.1), ("/orders/?queue=cell", 0.1), ("/orders/?queue=all", 0.1),
        ("/orders/?queue=overdue", 0.1), ("/orders/?queue=cell&light=red", 0.1),
        ("/supervision/", 0.1), ("/work/desk", 0.1), ("/work/desk/queue", 0.1),
    ):  # fmt: skip
        good.append(timed(f"{name}: {path}", bar, partial(page, client, path)))
    rows = Order.objects.none() if at is None else desk_rows(at, below=True)
    order = rows.with_parts().order_by("-pk").first()
    if order is not None:
        pane = partial(page, client, f"/work/desk/{order.number}")
        good.append(timed(f"{name}: one order at the desk", 0.1, pane))
        part = partial(pane, **{"HX-Request": "true"})
        good.append(timed(f"{name}: the next order, without the page around it", 0.1, part))
        for source in _sources():
            hint = partial(source, actor, order)
            good.append(timed(f"{name}: {source.__name__}", 0.05, hint))
    good.append(timed(f"{name}: 50 counters", 0.1, partial(fifty, actor)))
    return good


def main() -> int:
    """Ask as a community, a township and the district."""
    prepare(NAME)
    grow(TOTAL)
    light_up()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    good = [each for name in sys.argv[1:] or PEOPLE for each in as_person(name)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Placing orders by API against a hand-written loop with the same INSERTs on the same server."""

from __future__ import annotations

import itertools
import json
import statistics
import sys
from collections.abc import Callable
from typing import Any

import psycopg

from common import (
    PORT,
    Connection,
    Round,
    database_pid,
    drive,
    milliseconds,
    points_inside,
    prepare,
    processor_seconds,
    request,
    server,
    spread,
)

CLIENTS, ROUNDS, SECONDS = 8, 5, 4.0


def bodies(count: int) -> list[bytes]:
    """Requests to place an order at a point, with a phone and without a photo."""
    raw = []
    for number, (lon, lat) in enumerate(points_inside(count)):
        body = {
            "text": f"楼道第 {number} 盏灯不亮，晚上老人上下楼看不清，请安排人来修。",
            "kind": "NEED",
            "location": {"lon": lon, "lat": lat, "datum": "wgs84"},
            "contact": {"name": "陈某某", "phone": "13800000000"},
        }
        data = json.dumps(body, ensure_ascii=False).encode()
        raw.append(request("POST", "/api/v1/public/orders", data))
    return raw


def through_the_api(raw: list[bytes]) -> Callable[[int], Callable[[], None]]:
    """Each client sends its own bodies over one kept-alive connection."""

    def client(number: int) -> Callable[[], None]:
        connection, mine = Connection(PORT), itertools.cycle(raw[number::CLIENTS])

        def place() -> None:
            status, answer = connection.ask(next(mine))
            if status != 201:
                raise RuntimeError(f"{status}: {answer[:300]!r}")

        return place

    return client


def statements_of_one_order() -> tuple[list[tuple[str, list[Any]]], int, str]:
    """The INSERT statements of one intake with their values, recorded while it runs."""
    from gridpact.core import rows
    from gridpact.core.access import PUBLIC
    from gridpact.orders.services import Contact, Intake, open_order

    seen: list[tuple[str, list[Any]]] = []
    run = rows._run

    def watch(kind: Any, sql: str, values: list[Any]) -> Any:
        if "INSERT" in sql and "numberday" not in sql:
            seen.append((sql, values))
        return run(kind, sql, values)

    rows._run = watch
    try:
        lon, lat = points_inside(1)[0]
        text = "楼道第 1 盏灯不亮，晚上老人上下楼看不清，请安排人来修。"
        contact = Contact("陈某某", "13800000000")
        order = open_order(
            Intake(text, lon=lon, lat=lat, contact=contact, channel="API"), actor=PUBLIC
        )
    finally:
        rows._run = run
    return seen, order.pk, order.number


def by_hand() -> Callable[[int], Callable[[], None]]:
    """Each client repeats the recorded INSERTs with fresh keys and commits: nothing else."""
    from django.db import connection as django_connection

    from gridpact.core.database import database_url

    recorded, old_id, old_number = statements_of_one_order()
    with django_connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('orders_order_id_seq', nextval('orders_order_id_seq') + 2000000)"
        )
        first = cursor.fetchone()[0] - 1_000_000
    keys = itertools.count(first)

    def client(_number: int) -> Callable[[], None]:
        connection = psycopg.connect(database_url())
        cursor = psycopg.RawCursor(connection)

        def place() -> None:
            key = next(keys)
            for sql, values in recorded:
                fresh = [
                    key if value == old_id and type(value) is int
                    else f"RF{key}" if value == old_number else value
                    for value in values
                ]  # fmt: skip
                cursor.execute(sql, fresh, prepare=True)
            connection.commit()

        return place

    return client


def main() -> int:
    """Interleaved rounds; prints rates, their ratio round by round, and the slowest twentieth."""
    prepare("small")
    raw, hand = bodies(4000), by_hand()
    api = through_the_api(raw)
    ours: list[Round] = []
    theirs: list[Round] = []
    busy = [0.0, 0.0]
    with server() as process:
        pids = (process.pid, database_pid())
        drive(api, CLIENTS, 2.0)
        drive(hand, CLIENTS, 1.0)
        for _ in range(ROUNDS):
            before = [processor_seconds(pid) for pid in pids]
            ours.append(drive(api, CLIENTS, SECONDS))
            busy = [
                used + processor_seconds(pid) - start
                for used, pid, start in zip(busy, pids, before, strict=True)
            ]
            theirs.append(drive(hand, CLIENTS, SECONDS))
    ratios = [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]
    slow = [one.quantile(0.95) for one in ours]
    orders = sum(len(one.calls) for one in ours)
    web, database = (milliseconds(used / orders) for used in busy)
    print(f"intake by API, {CLIENTS} clients: {spread([one.rate for one in ours])} orders/s")
    print(f"same INSERTs by hand: {spread([one.rate for one in theirs])} orders/s")
    print(f"ratio: {spread(ratios, 2)} (bar 0.40)")
    print(f"p95: {milliseconds(statistics.median(slow))}, worst round {milliseconds(max(slow))}")
    print(f"processor time of an order: web {web}, database {database}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

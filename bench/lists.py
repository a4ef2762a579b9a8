"""Staff queue, detail page and public board on 10,000 and on 1,000,000 orders, in turns."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from common import (
    COMMUNITY,
    PORT,
    Connection,
    Round,
    database_pid,
    drive,
    milliseconds,
    prepare,
    processor_seconds,
    request,
    server,
    session_cookie,
    spread,
    token,
)

SIZES = {"small-lists": 10_000, "large-lists": 1_000_000}
ROUNDS, SECONDS = 5, 2.0

_GROW = """
INSERT INTO orders_order ({columns}) SELECT {values} FROM (
    SELECT g, c.*, w.*, now() - random() * interval '400 days' AS placed,
        w.state NOT IN ('CLOSED', 'REJECTED', 'WITHDRAWN') AS open
    FROM generate_series(%s::bigint, %s::bigint) g
    JOIN bench_cell c ON c.n = (g * 7919) %% (SELECT count(*) FROM bench_cell)
    JOIN bench_state w ON w.m = (g * 104729) %% (SELECT count(*) FROM bench_state)
    ORDER BY g
) AS x
"""
# Of a hundred orders: most are history, some wait in each open state.
_STATES = {
    "CLOSED": 78, "REJECTED": 2, "WITHDRAWN": 2, "SUBMITTED": 2, "ACCEPTED": 2, "TRIAGED": 1,
    "OFFERED": 2, "DISPATCHED": 2, "CLAIMED": 2, "HANDLING": 4, "DONE": 2, "VERIFIED": 1,
}  # fmt: skip
_VALUES = {
    "number": "'BN' || lpad(g::text, 12, '0')",
    "kind": "'NEED'",
    "channel": "'WEB'",
    "title": "'楼道第 ' || g || ' 盏灯不亮'",
    "text": "'楼道第 ' || g || ' 盏灯不亮，晚上老人上下楼看不清，请安排人来修。'",
    "cell_id": "cell_id", "district_id": "district_id", "township_id": "township_id",
    "community_id": "community_id", "grid_id": "grid_id", "desk_id": "community_id",
    "lon": "lon", "lat": "lat", "datum": "'wgs84'", "placed_by": "'polygon'",
    "state": "state", "priority": "'NORMAL'", "slots": "1",
    "klass": "CASE WHEN state IN ('SUBMITTED', 'ACCEPTED', 'REJECTED') THEN '' ELSE klass END",
    "is_public": "klass <> 'PRIVATE' AND state NOT IN"
    " ('SUBMITTED', 'ACCEPTED', 'REJECTED', 'WITHDRAWN')",
    "created_at": "placed", "promised_at": "placed + interval '16 days'",
    "step": "CASE WHEN open THEN 'handle' ELSE '' END",
    "step_started_at": "CASE WHEN open THEN placed END",
    "due_at": "CASE WHEN open THEN now() + (random() * 15 - 3) * interval '1 day' END",
    "verified_at": "CASE WHEN state IN ('CLOSED', 'VERIFIED') THEN placed + interval '5 days' END",
}  # fmt: skip


_PLAIN = {
    "BooleanField": "false", "PositiveSmallIntegerField": "0", "PositiveIntegerField": "0",
}  # fmt: skip


def grow(total: int) -> None:
    """Fill the district up to `total` orders with timelines and clocks, then analyse the tables."""
    from django.db import connection

    from gridpact.orders.models import Order

    have = Order.objects.count()
    if have >= total:
        return
    print(f"filling up from {have:,} to {total:,} orders", file=sys.stderr)
    columns, values = [], []
    for field in Order._meta.concrete_fields:
        if field.primary_key or (field.null and field.attname not in _VALUES):
            continue
        kind = field.get_internal_type()
        plain = _PLAIN.get(kind, "''")
        columns.append(f'"{field.column}"')
        values.append(_VALUES.get(field.attname, plain))
    with connection.cursor() as cursor:
        _helpers(cursor)
        cursor.execute(
            _GROW.format(columns=", ".join(columns), values=", ".join(values)), [have + 1, total]
        )
        for verb, state in (("submit", "SUBMITTED"), ("accept", "ACCEPTED")):
            cursor.execute(
                "INSERT INTO orders_orderlog (order_id, at, verb, before, after, actor_name, post,"
                " text, told) SELECT id, created_at, %s, '', %s, '', '', '', '' FROM orders_order"
                " WHERE number LIKE 'BN%%'",
                [verb, state],
            )
        cursor.execute(
            "INSERT INTO orders_orderstep (order_id, step, owner, started_at, due_at, minutes,"
            " by_clock, extra_minutes, paused_minutes, source, light)"
            " SELECT id, step, '', created_at, due_at, 1260, false, 0, 0, '', 0 FROM orders_order"
            " WHERE number LIKE 'BN%%' AND due_at IS NOT NULL"
        )
        for table in ("orders_order", "orders_orderlog", "orders_orderstep"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _helpers(cursor: Any) -> None:
    """Temporary tables of the cells and states that orders are spread over."""
    from gridpact.grid.models import Cell
    from gridpact.grid.tree import tree

    points = {
        pk: (lon, lat) for pk, lon, lat in Cell.objects.values_list("pk", "point_lon", "point_lat")
    }
    rows = [
        (n, *ref.scope.values(), *points[ref.id])
        for n, ref in enumerate(each for each in tree().by_id.values() if each.level == "UNIT")
    ]
    cursor.execute(
        "CREATE TEMP TABLE bench_cell AS SELECT * FROM unnest(%s::int[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[])"
        " AS t (n, cell_id, district_id, township_id, community_id, grid_id, lon, lat)",
        [list(column) for column in zip(*rows, strict=True)],
    )
    states = [state for state, count in _STATES.items() for _ in range(count)]
    klasses = [("EASY", "PUBLIC", "PRIVATE", "HARD")[n % 4] for n in range(len(states))]
    cursor.execute(
        "CREATE TEMP TABLE bench_state AS SELECT * FROM unnest(%s::int[], %s::text[], %s::text[])"
        " AS t (m, state, klass)",
        [list(range(len(states))), states, klasses],
    )


def pages() -> dict[str, str]:
    """What is asked for, by name: the queue of one community, filtered and sorted; and others."""
    from gridpact.grid.models import Cell
    from gridpact.orders.models import Order

    community = Cell.objects.get(code=COMMUNITY)
    one = Order.objects.filter(community_id=community.pk, state="HANDLING").order_by("pk").first()
    if one is None:
        raise RuntimeError("the community has no order in hand")
    return {
        "queue": "/orders/?queue=cell&state=HANDLING&sort=due",
        "queue by API": f"/api/v1/orders?state=HANDLING&cell={COMMUNITY}&sort=due",
        "all in area": "/orders/?queue=all",
        "detail": f"/orders/{one.number}",
        "board": "/board",
        "workbench": "/work",
        "figures": "/figures",
    }


def plans(addresses: dict[str, str]) -> list[str]:
    """Queries of these pages that read the whole table of orders: there should be none."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, bad = Client(headers={"Host": "127.0.0.1"}), []
    client.force_login(get_user_model().objects.get(username="zhihe"))
    for name, address in addresses.items():
        if name == "figures":  # counts a year; it may read it
            continue
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        for query in queries.captured_queries:
            if not query["sql"].startswith("SELECT") or "orders_order" not in query["sql"]:
                continue
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"), [])
                plan = "\n".join(row[0] for row in cursor.fetchall())
            if "Seq Scan on orders_order " in plan:
                bad.append(f"{name}: {query['sql'][:300]}\n{plan}")
    return bad


def describe(name: str) -> int:
    """Prepare one district in a process of its own; prints what the measuring side needs."""
    prepare(name)
    grow(SIZES[name])
    addresses = pages()
    if name == max(SIZES, key=lambda each: SIZES[each]):
        for plan in plans(addresses):
            print(plan, file=sys.stderr)
    facts = {
        "cookie": session_cookie("zhihe"), "token": token("zhihe"), "addresses": addresses,
    }  # fmt: skip
    print(json.dumps(facts))
    return 0


def asking(facts: dict[str, Any], page: str, port: int) -> Callable[[int], Callable[[], None]]:
    """A client that asks for one page again and again and checks that it came."""
    path = facts["addresses"][page]
    if path.startswith("/api/"):
        raw = request("GET", path, Authorization=f"Bearer {facts['token']}")
    else:
        raw = request("GET", path, Cookie=facts["cookie"])

    def client(_number: int) -> Callable[[], None]:
        connection = Connection(port)

        def ask() -> None:
            status, body = connection.ask(raw)
            if status != 200:
                raise RuntimeError(f"{path}: {status} {body[:300]!r}")

        return ask

    return client


def measure(sides: dict[str, tuple[dict[str, Any], int]], page: str, clients: int) -> None:
    """Rounds on both districts in turns; prints both and their ratio."""
    rounds: dict[str, list[Round]] = {name: [] for name in sides}
    used: dict[str, list[float]] = {name: [0.0, 0.0] for name in sides}
    for number in range(ROUNDS + 1):
        for name, (facts, port) in sides.items():
            pids = (facts["server"], facts["database"])
            before = [processor_seconds(pid) for pid in pids]
            one = drive(asking(facts, page, port), clients, SECONDS if number else 1.0)
            if number:  # the first warms up
                rounds[name].append(one)
                for at, pid in enumerate(pids):
                    used[name][at] += processor_seconds(pid) - before[at]
    for name, done in rounds.items():
        slow = statistics.median(one.quantile(0.95) for one in done)
        calls = sum(len(one.calls) for one in done)
        middle = statistics.median(one.quantile(0.5) for one in done)
        print(
            f"{page}, {SIZES[name]:,} orders, {clients} client(s):"
            f" {spread([one.rate for one in done])} pages/s,"
            f" median {milliseconds(middle)}, p95 {milliseconds(slow)};"
            f" processor time of a page: web {milliseconds(used[name][0] / calls)},"
            f" database {milliseconds(used[name][1] / calls)}"
        )
    small, large = rounds.values()
    ratios = [
        after.quantile(0.5) / before.quantile(0.5)
        for before, after in zip(small, large, strict=True)
    ]
    print(f"  time on the large district / on the small one: {spread(ratios, 2)}")


def main() -> int:
    """Measures every page at one client, and the queue at eight."""
    sides: dict[str, tuple[dict[str, Any], int]] = {}
    with ExitStack() as stack:
        for number, name in enumerate(SIZES):
            command = [sys.executable, __file__, name]
            out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            port = PORT - 1 - number
            process = stack.enter_context(server(name, port=port))
            pids = {"server": process.pid, "database": database_pid(name)}
            sides[name] = {**json.loads(out.splitlines()[-1]), **pids}, port
        pages_asked = next(iter(sides.values()))[0]["addresses"]
        for page in pages_asked:
            measure(sides, page, clients=1)
        measure(sides, "queue", clients=8)
    return 0


if __name__ == "__main__":
    sys.exit(describe(sys.argv[1]) if len(sys.argv) > 1 else main())

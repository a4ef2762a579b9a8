"""Order numbers: prefix + day + six digits that start at 000001 each day, without a shared row.

A sequence never blocks: the number of the day is the sequence value minus the day's base, and
the base is written once a day by whoever comes first.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from gridpact.core.rows import execute
from gridpact.orders.hooks.routes import router
from gridpact.orders.models import NumberDay

_bases: dict[date, int] = {}


def number_text(day: date, serial: int) -> str:
    """`LG` + yyyymmdd + six digits (more when a day has over 999,999 orders)."""
    return f"{settings.NUMBER_PREFIX}{day:%Y%m%d}{serial:06d}"


class Drawn(NamedTuple):
    """What one round trip brought: an order id, sequence values, and versions.

    Versions of the tree, of the rules that route, and of calendars and limits.
    """

    order_id: int
    values: list[int]
    tree: int
    rules: int
    clocks: int


def draw(day: date, count: int = 1) -> Drawn:
    """Draw `count` sequence values at once; id and versions come with a single one."""
    if count == 1:
        order_id, value, tree, rules, clocks = execute(_draw_one(), [])[0]
        return Drawn(order_id, [value], tree, rules, clocks)
    rows = execute("SELECT nextval('orders_number_seq') FROM generate_series(1, %s)", [count])
    return Drawn(0, [row[0] for row in rows], 0, 0, 0)


@cache
def _draw_one() -> str:
    return (  # every part is a constant of ours
        "SELECT nextval('orders_order_id_seq'), nextval('orders_number_seq'),"  # noqa: S608
        " coalesce((SELECT number FROM grid_treeversion LIMIT 1), 0),"
        f" coalesce(({router().version_sql}), 0),"
        " coalesce((SELECT number FROM clocks_clockversion LIMIT 1), 0)"
    )


def serial_of(day: date, value: int) -> int:
    """The serial (1, 2, …) of sequence value `value` on `day`; below 1 when drawn too early."""
    base = _bases.get(day)
    if base is None:
        execute(
            "INSERT INTO orders_numberday (day, base) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [day, value - 1],
        )
        base = NumberDay.objects.values_list("base", flat=True).get(pk=day)
        known = base
        transaction.on_commit(lambda: _bases.update({day: known}))
    return value - base

"""Rules that route, for orders that came by file: asked right after a batch was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Model

from gridpact.core.rows import execute
from gridpact.grid.tree import CellRef, Tree
from gridpact.orders.hooks.routes import Arrival, router
from gridpact.orders.models import Order, OrderStep

_CHANGED = ("desk", "priority", "is_key", "route_rule")


def rules_version() -> int:
    """The version of the rules in force, 0 when there are none."""
    rows = execute(f"SELECT coalesce(({router().version_sql}), 0)", [])
    return int(rows[0][0])


def route_rows(rows: Sequence[tuple[Order, CellRef]], snapshot: Tree, version: int) -> None:
    """Give written orders the desk the rules name; in the caller's transaction.

    The orders need what rules ask: key, kind, channel, title, text, time of placing, desk. A file
    brings no photos.
    """
    if not version:
        return
    traces: list[Model] = []
    routed: list[Order] = []
    for order, cell in rows:
        found = router().receive(Arrival(order, cell, snapshot, photos=False), version)
        if found:
            traces += found
            routed.append(order)
    Order.objects.bulk_update(routed, _CHANGED, batch_size=500)
    for desk_id in {order.desk_id for order in routed}:
        mine = [order.pk for order in routed if order.desk_id == desk_id]
        steps = OrderStep.objects.filter(order_id__in=mine, ended_at__isnull=True)
        steps.update(owner=snapshot.names(desk_id)[:120])
    _keep(traces)


def _keep(rows: Iterable[Model]) -> None:
    by_kind: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_kind.setdefault(type(row), []).append(row)
    for kind, found in by_kind.items():
        kind._default_manager.bulk_create(found, batch_size=1000)  # noqa: SLF001 - Django's name

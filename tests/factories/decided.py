"""Decided orders to learn from: three kinds of matters, each with its own words and handler."""

from __future__ import annotations

from datetime import timedelta

from gridpact.core import clock
from gridpact.orders.models import Category, Order
from tests.factories.world import GRID, World

# words of the matter, class, category, organisation or post that solves it
MATTERS = (
    ("路灯不亮了，第{n}盏", "PUBLIC", "A03", "chengguan"),
    ("邻居半夜吵架第{n}回", "PRIVATE", "A05", ""),
    ("楼道里堆了第{n}袋垃圾", "EASY", "A02", "school"),
)


def decided_orders(
    world: World, count: int = 240, *, state: str = "CLOSED", ahead: int = 0
) -> list[Order]:
    """Orders of the `count` days before the one in `ahead` days, one a day, in turn of the kinds."""
    categories = {each.code: each for each in Category.objects.all()}
    cell = world.cells[GRID]
    head = world.post("area")
    rows = []
    for n in range(count):
        text, klass, code, org = MATTERS[n % len(MATTERS)]
        at = clock.now() - timedelta(days=count - n - ahead)
        rows.append(
            Order(
                number=f"T{ahead:04d}{n:06d}", title=text.format(n=n)[:20], text=text.format(n=n),
                klass=klass, category=categories[code], state=state, cell=cell, desk=cell,
                created_at=at, promised_at=at, closed_at=at, channel="API",
                handler_org=world.orgs[org] if org else None,
                handler_post=None if org else head,
                district_id=cell.path_ids[0], township_id=cell.path_ids[1],
                community_id=cell.path_ids[2], grid_id=cell.pk,
            )
        )  # fmt: skip
    return Order.objects.bulk_create(rows)

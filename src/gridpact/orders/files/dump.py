"""Orders as a file that `load orders` reads again: contacts masked, numbers kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from gridpact.core import clock
from gridpact.core.masking import mask_name, mask_phone
from gridpact.grid.models import Cell
from gridpact.orders.choices import ENDED
from gridpact.orders.files.exports import newest_first
from gridpact.orders.models import Order
from gridpact.ui.sheets import SheetColumn

COLUMNS = tuple(
    SheetColumn(name)
    for name in (
        "number", "title", "text", "time", "name", "phone", "lon", "lat", "datum", "cell",
        "address", "category", "kind", "outcome", "dispose_unit", "reply", "closed_date",
    )
)  # fmt: skip


def dump_rows(
    cell: Cell | None, start: date | None, end: date | None
) -> Iterator[tuple[object, ...]]:
    """Rows in the order of `COLUMNS`, newest first; days are local and both included."""
    rows = Order.objects.with_parts()
    if cell is not None:
        rows = rows.under(cell)
    if start is not None:
        rows = rows.filter(created_at__gte=_midnight(start))
    if end is not None:
        rows = rows.filter(created_at__lt=_midnight(end + timedelta(days=1)))
    yield from (_row(order) for order in newest_first(rows))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.LOCAL)


def _second(at: datetime | None) -> str:
    return f"{at.astimezone(clock.LOCAL):%Y-%m-%d %H:%M:%S}" if at else ""


def _row(order: Order) -> tuple[object, ...]:
    ended = order.state in ENDED
    return (
        order.number,
        order.title,
        order.text,
        _second(order.created_at),
        mask_name(order.reporter_name),
        mask_phone(order.reporter_phone),
        order.lon,
        order.lat,
        "wgs84" if order.lon is not None else "",
        order.cell.code,
        order.address,
        order.category.name if order.category is not None else "",
        order.kind,
        order.state,
        order.handler_label,
        order.answer if ended else "",  # an answer tells a loading program that it is over
        _second(order.closed_at) if ended else "",
    )

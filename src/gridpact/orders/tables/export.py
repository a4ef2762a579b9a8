"""The rows of an exported order list: masked like the list itself, without the reporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import Level
from gridpact.grid.tree import tree
from gridpact.orders.models import Order
from gridpact.orders.tables.rows import shown_title
from gridpact.ui.sheets import SheetColumn

COLUMNS = (
    SheetColumn(_("number"), 20),
    SheetColumn(_("title"), 48),
    SheetColumn(_("kind"), 10),
    SheetColumn(_("class"), 12),
    SheetColumn(_("state"), 14),
    SheetColumn(_("Cell"), 36),
    SheetColumn(_("In whose hands"), 32),
    SheetColumn(_("placed"), 18),
    SheetColumn(_("due"), 18),
    SheetColumn(_("Satisfaction"), 12),
)


def export_rows(orders: Iterable[Order], actor: Actor) -> Iterator[tuple[object, ...]]:
    """One tuple a row in the order of `COLUMNS`; `orders` are loaded `with_parts`."""
    snapshot = tree()
    for order in orders:
        yield (
            order.number,
            shown_title(order, actor),
            order.get_kind_display(),
            order.get_klass_display() if order.klass else "",
            order.get_state_display(),
            snapshot.names(order.cell_id, Level.DISTRICT),
            order.handler_label,
            order.created_at,
            order.due_at,
            order.get_satisfaction_display() if order.satisfaction else "",
        )

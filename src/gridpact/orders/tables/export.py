"""The rows of an exported order list: masked like the list itself, without the reporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import Level
from gridpact.grid.tree import tree
from gridpact.orders.choices import Kind, Klass, Satisfaction, State
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
    # Django's own display methods rebuild and translate the choices for every row.
    kinds, classes, states, words = (
        {value: str(label) for value, label in choices.choices}
        for choices in (Kind, Klass, State, Satisfaction)
    )
    for order in orders:
        yield (
            order.number,
            shown_title(order, actor),
            kinds[order.kind],
            classes.get(order.klass, ""),
            states[order.state],
            snapshot.names(order.cell_id, Level.DISTRICT),
            order.handler_label,
            order.created_at,
            order.due_at,
            words.get(order.satisfaction, ""),
        )

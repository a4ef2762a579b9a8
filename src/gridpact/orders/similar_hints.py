"""What similar solved orders suggest at the triage desk: the class and category they had."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.orders.hints import Hint
from gridpact.orders.models import Order
from gridpact.orders.similar import similar_to
from gridpact.orders.tables.similar import facts_of

MOST = 3


def similar_hints(actor: Actor, order: Order) -> list[Hint]:
    """One hint that names up to three similar orders; it fills nothing in by itself."""
    found = similar_to(order, actor, MOST)
    if not found:
        return []
    first = found[0].order
    lines = [
        " · ".join([each.order.number, mask_text(each.order.title), *facts_of(each)])
        for each in found
    ]
    return [
        Hint(
            _("Solved before: similar orders"),
            lines,
            klass=first.klass,
            category=first.category.code if first.category is not None else "",
            preselect=(),
        )
    ]

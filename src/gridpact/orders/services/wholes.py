"""Up and down the tie of a split order: the wholes above a part, the parts below a whole."""

from __future__ import annotations

from gridpact.orders.choices import Klass
from gridpact.orders.models import Order


def wholes_of(order: Order) -> list[Order]:
    """What the order is a part of, the nearest first; each part may have been split again.

    A ring, which merging could once leave behind, is walked through once.
    """
    above: list[Order] = []
    whole = order.parent
    while whole is not None and whole not in above:
        above.append(whole)
        whole = whole.parent
    return above


def is_part_of_private(order: Order) -> bool:
    """A part of a private matter is as private as the whole, whatever its own class."""
    return any(whole.klass == Klass.PRIVATE for whole in wholes_of(order))


def hide_parts(order: Order) -> None:
    """Take everything below the order off the public pages."""
    level, seen = [order.pk], {order.pk}
    while level:
        below = Order.objects.filter(parent_id__in=level).exclude(pk__in=seen)
        below.update(is_public=False)
        level = list(below.values_list("pk", flat=True))
        seen.update(level)

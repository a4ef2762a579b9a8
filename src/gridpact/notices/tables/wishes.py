"""Cards of small wishes: what, where and how to help; who made one true, and the thanks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from gridpact.grid.tree import Tree
from gridpact.notices.masks import public_place
from gridpact.orders.models import Order
from gridpact.orders.selectors.standing import public_text


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish, masked: no name, no door. `by` is the unit that made it true, never a person."""

    number: str
    title: str
    href: str
    help_href: str
    place: str
    skill: str
    places: int
    until: datetime | None
    done_at: datetime | None
    by: str
    thanks: str


def wishes(
    orders: Iterable[Order], snapshot: Tree, thanks: Mapping[int, str] | None = None
) -> list[Wish]:
    """Wishes in the order of the rows."""
    said = thanks or {}
    return [
        Wish(
            number=order.number,
            title=public_text(order, order.title),
            href=reverse("notices:follow", args=[order.number]),
            help_href=reverse("orders:detail", args=[order.number]),
            place=public_place(order, snapshot),
            skill=order.skill,
            places=order.slots_free,
            until=order.offered_until,
            done_at=order.verified_at,
            by=str(order.handler_org) if order.handler_org_id is not None else "",
            thanks=public_text(order, said.get(order.pk, "")),
        )
        for order in orders
    ]

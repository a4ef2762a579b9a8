"""What a caller placed before, as far as it is in sight."""

from __future__ import annotations

from dataclasses import dataclass

from gridpact.core import crypto
from gridpact.core.access import Actor
from gridpact.core.masking import mask_name
from gridpact.orders.models import Order

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """A known caller: the masked name, the newest orders in sight."""

    name: str
    orders: list[Order]

    @property
    def open_count(self) -> int:
        """How many of them are not ended."""
        return sum(not order.closed_at for order in self.orders)


def known_caller(actor: Actor, phone: str) -> Caller | None:
    """Who called from this number before; None when nothing of theirs is in sight."""
    digest = crypto.digest("phone", phone)
    if not digest:
        return None
    rows = Order.objects.visible_to(actor).filter(reporter_phone_digest=digest)
    orders = list(
        rows.select_related("cell").defer("cell__boundary").order_by("-created_at")[:SHOWN]
    )
    if not orders:
        return None
    return Caller(mask_name(newest_name(orders)), orders)


def newest_name(orders: list[Order]) -> str:
    """The name the caller gave last, in clear."""
    names = (crypto.unseal(order.reporter_name_sealed) for order in orders)
    return next((name for name in names if name), "")

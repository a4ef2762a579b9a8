"""One order as its resident follows it, or as anybody sees it on the board."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from gridpact.core.access import Actor
from gridpact.notices.selectors.board import on_board
from gridpact.orders.choices import PhotoRole
from gridpact.orders.models import Order, OrderLog, OrderStep, Photo, Rating
from gridpact.orders.policies import is_reporter
from gridpact.orders.selectors.standing import (
    extension_told,
    is_joinable,
    is_rating_open,
    is_urgeable,
    merged_target,
    urge_open_at,
)
from gridpact.orders.services import allowed_now

_NUMBER = re.compile(r"[A-Z]{1,4}\d{8,20}")


def normal_number(number: str) -> str:
    """As printed on the receipt, however it was typed."""
    return re.sub(r"\s", "", number).upper()[:24]


def normal_code(code: str) -> str:
    """The code without blanks and dashes, in capitals."""
    return re.sub(r"[\s-]", "", code).upper()[:24]


def find(number: str) -> Order | None:
    """The order of a number with everything its page names, or None."""
    if not _NUMBER.fullmatch(number):
        return None
    return Order.objects.with_parts().filter(number=number).first()


def code_fits(order: Order | None, code: str) -> bool:
    """Whether number and code belong together, in constant time."""
    wanted = order.code if order is not None else "-"
    return hmac.compare_digest(wanted.encode(), normal_code(code).encode())


def reporter_of(order: Order, actor: Actor) -> Actor:
    """`actor` with the rights of whoever holds the receipt of this order."""
    own = actor.own_rights | {f"reporter:{order.pk}"}
    return Actor(
        kind=actor.kind if actor.is_signed_in else "reporter",
        user_id=actor.user_id,
        name=actor.name if actor.is_signed_in else gettext("reporter"),
        grants=actor.grants,
        memberships=actor.memberships,
        own_rights=own,
        acting_as=actor.acting_as,
        address=actor.address,
    )


def public_order(number: str) -> Order | None:
    """The order of a number if the board may show it."""
    if not _NUMBER.fullmatch(number):
        return None
    return on_board().with_parts().filter(number=number).first()


@dataclass(frozen=True, slots=True)
class Followed:
    """An order with its timeline, clocks, pictures and ratings.

    `is_holder` is true for the resident; everybody else gets the public part only.
    """

    order: Order
    is_holder: bool
    log: list[OrderLog]
    steps: list[OrderStep]
    photos: list[Photo]
    ratings: list[Rating]
    may_withdraw: bool
    may_rate: bool
    may_urge: bool
    urge_from: datetime | None
    may_join: bool
    extension: OrderLog | None
    merged_into: Order | None


def followed(order: Order, actor: Actor) -> Followed:
    """Everything the follow page shows to `actor` (at most seven queries)."""
    is_holder = is_reporter(actor, order)
    photos = order.photos.all()
    if not is_holder:
        photos = photos.filter(role__in=(PhotoRole.BEFORE, PhotoRole.AFTER), kind="image")
    allowed = allowed_now(order, actor) if is_holder else []
    may_urge = "urge" in allowed and is_urgeable(order)
    log = list(order.log.all())
    return Followed(
        order=order,
        is_holder=is_holder,
        log=log,
        steps=list(order.steps.all()),
        photos=list(photos),
        ratings=list(order.ratings.all()),
        may_withdraw="withdraw" in allowed,
        may_rate="rate" in allowed and is_rating_open(order),
        may_urge=may_urge,
        urge_from=urge_open_at(order) if may_urge else None,
        may_join=not is_holder and is_joinable(order),
        extension=extension_told(log),
        merged_into=merged_target(order) if is_holder else None,
    )

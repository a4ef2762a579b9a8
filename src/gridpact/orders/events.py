"""Facts about orders that other apps may react to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """`verb` took order `order_id` from `before` to `after`.

    `can_wait`: the clock or a program moved it, not a person, and the order is not urgent.
    """

    order_id: int
    number: str
    verb: str
    before: str
    after: str
    title: str
    cell_id: int
    desk_id: int
    actor_user_id: int | None
    reporter_id: int | None
    handler_post_id: int | None
    handler_org_id: int | None
    handler_user_id: int | None
    can_wait: bool

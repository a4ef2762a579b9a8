"""What the public may read of an order: texts, places and persons without their private parts."""

from __future__ import annotations

from gridpact.core.masking import mask_address, mask_name, mask_text
from gridpact.grid.tree import Tree
from gridpact.orders.models import Order, OrderLog

# A map of matters must not point at somebody's door: 0.001° is about 100 m here.
POINT_DECIMALS = 3


def public_address(order: Order) -> str:
    """The address down to the building."""
    return mask_text(mask_address(order.address))


def public_place(order: Order, snapshot: Tree) -> str:
    """Community and grid, never the building or the stairwell; above them the township."""
    ids = (order.community_id, order.grid_id) if order.community_id else (order.township_id,)
    names = [snapshot.by_id[each].name for each in ids if each and each in snapshot.by_id]
    if len(names) == 2 and names[1].startswith(names[0]):
        return names[1]
    return " · ".join(names)


def public_point(order: Order) -> tuple[float, float] | None:
    """Longitude and latitude (WGS-84) rounded to some 100 m, or None without a point."""
    if order.lon is None or order.lat is None:
        return None
    return round(order.lon, POINT_DECIMALS), round(order.lat, POINT_DECIMALS)


def public_handler(order: Order) -> str:
    """The organisation by name; a post with its holder's surname; a member by surname only."""
    if order.handler_org is not None:
        return str(order.handler_org)
    if order.handler_post is not None:
        return f"{order.handler_post.label} {mask_name(str(order.handler_post.user))}"
    return mask_name(str(order.handler_user)) if order.handler_user is not None else ""


def is_reporters_own(order: Order, line: OrderLog) -> bool:
    """The resident did this, with an account or with number and code."""
    if line.actor_id is not None:
        return line.actor_id == order.reporter_user_id
    return line.verb in {"submit", "withdraw", "rate", "urge"}


def public_person(line: OrderLog) -> str:
    """Who made a move: the post in full, the person by surname."""
    who = mask_name(line.actor_name) if line.actor_id is not None else ""
    return f"{line.post} {who}".strip()

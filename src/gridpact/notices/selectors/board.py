"""What the public board shows, always by an index and a limit, never by counting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from gridpact.core import clock
from gridpact.grid.choices import Level
from gridpact.grid.models import under_q
from gridpact.grid.tree import CellRef
from gridpact.orders.choices import SOLVED, Klass, PhotoRole, State
from gridpact.orders.models import Order, Photo
from gridpact.orders.models.sight import OrderQuerySet

# `is_public` is the desk's word; states and classes are named again so that no slip shows more.
SHOWN_STATES = (
    State.TRIAGED, State.OFFERED, State.DISPATCHED, State.CLAIMED, State.HANDLING,
    State.SUSPENDED, State.ESCALATED, State.DONE, State.VERIFIED, State.CLOSED,
)  # fmt: skip
SHOWN_CLASSES = (Klass.PUBLIC, Klass.HARD, Klass.EASY)
UNSOLVED = tuple(state for state in SHOWN_STATES if state not in SOLVED)
ORDER = ("-created_at", "-id")
MOST_OFFERS = 100
MOST_POINTS = 500


def on_board() -> OrderQuerySet:
    """Orders anyone may see: triaged, not private, not refused, withdrawn or merged."""
    return Order.objects.on_board().filter(state__in=SHOWN_STATES, klass__in=SHOWN_CLASSES)


def in_area(rows: OrderQuerySet, ref: CellRef) -> OrderQuerySet:
    """`rows` under a cell, at the finest under its grid: a filter must not tell the building.

    Within a grid the community is named too, since the board's index leads with it.
    """
    community, grid = ref.ancestors.get(Level.COMMUNITY), ref.ancestors.get(Level.GRID)
    if grid is not None:
        return rows.filter(community_id=community, grid_id=grid)
    return rows.filter(under_q(ref.level, ref.id))


def with_names(rows: OrderQuerySet) -> OrderQuerySet:
    """What a card names, in the same query."""
    return rows.select_related("category__parent")


def latest_solved(area: CellRef | None = None, limit: int = 6) -> list[Order]:
    """The newest solved matters, of an area if one is given."""
    rows = on_board().filter(state__in=SOLVED, verified_at__isnull=False)
    rows = in_area(rows, area) if area is not None else rows
    return list(with_names(rows).order_by(*ORDER)[:limit])


@dataclass(frozen=True, slots=True)
class Offers:
    """What waits in the claim hall: the most urgent ones, and how many places they have."""

    orders: list[Order]
    places: int
    is_capped: bool


def offers(limit: int = 3) -> Offers:
    """Offered orders with a free place, soonest end first, counted over at most 100 orders."""
    rows = with_names(
        on_board()
        .filter(state=State.OFFERED, slots_free__gt=0)
        .filter(Q(offered_until__isnull=True) | Q(offered_until__gt=clock.now()))
    ).order_by("due_at", "id")[:MOST_OFFERS]
    found = list(rows)
    places = sum(order.slots_free for order in found)
    return Offers(found[:limit], places, len(found) == MOST_OFFERS)


def public_pictures(orders: Iterable[Order]) -> dict[int, list[Photo]]:
    """Pictures of each order that show the place before and after the work (one query).

    What residents sent themselves stays with them and the staff: it may show people and homes.
    """
    found: dict[int, list[Photo]] = defaultdict(list)
    photos = Photo.objects.filter(
        order_id__in=[order.pk for order in orders],
        role__in=(PhotoRole.BEFORE, PhotoRole.AFTER),
        kind="image",
    )
    for photo in photos:
        if photo.order_id is not None:
            found[photo.order_id].append(photo)
    return found


def points(rows: OrderQuerySet) -> list[Order]:
    """The newest 500 orders with a place, for the map."""
    return list(rows.filter(lon__isnull=False).order_by(*ORDER)[:MOST_POINTS])

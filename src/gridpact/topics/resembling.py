"""Matters that may be the same as one being placed or decided: near by, recent, alike in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Q

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.masking import mask_name, mask_text
from gridpact.core.segment import fold
from gridpact.grid.addressing import Found as Located
from gridpact.grid.addressing import locate_address
from gridpact.grid.choices import Level
from gridpact.grid.models import under_q
from gridpact.grid.selectors import locate
from gridpact.grid.tree import CellRef, tree
from gridpact.orders.choices import DESK, OPEN, SOLVED, Klass, State
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet

DAYS = 60
SOLVED_DAYS = 14  # what was solved longer ago has come anew
NEAREST = 300  # metres
MOST_COMPARED = 300  # the newest of the community
SHOWN = 3
ALIKE = 0.3  # share of what a text says, weighed by rarity, that the other says too
LEAST_SIGNS = 10
_MOST_SIGNS = 300
_FEW = 50  # fewer rows than this say little about how rare a pair is
_METRES = 111_320  # of one degree of latitude
_ENDED_ELSE = (State.REJECTED, State.WITHDRAWN, State.MERGED)


@dataclass(frozen=True, slots=True)
class Resembling:
    """A matter that may be the same. title and place as the public board shows them."""

    pk: int
    number: str
    title: str
    place: str
    created_at: datetime
    is_solved: bool
    affected: int
    likeness: float
    metres: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    title: str
    text: str
    lon: float | None
    lat: float | None


def resembling_on_board(
    text: str, *, lon: str = "", lat: str = "", cell: str = "", datum: str = "wgs84"
) -> list[Resembling]:
    """Public matters of the same community like this text: the likest three of 60 days.

    lon and lat are degrees in `datum` as typed, cell a code; what cannot be read is not given.
    A text of fewer than ten signs, or no place in a community, finds nothing.
    """
    where, ref = _where(lon, lat, datum, cell)
    if ref is None or len(text.strip()) < LEAST_SIGNS:
        return []
    rows = Order.objects.on_board().filter(community_id=ref.id).filter(_recent())
    near = _likest(text, where, rows.order_by("-created_at", "-id").values_list(*_COMPARED))
    return _shown(near)


def resembling_orders(order: Order, actor: Actor) -> list[tuple[Order, float, int | None]]:
    """Orders under the actor's posts that may be the same as `order`: with likeness and metres."""
    if order.community_id is None:
        return []
    private = Q(klass=Klass.PRIVATE)
    kept = private if order.klass == Klass.PRIVATE else ~private
    rows = _under(actor, order.community_id).filter(kept).exclude(pk=order.pk)
    where = (order.lon, order.lat) if order.lon is not None and order.lat is not None else None
    return _found(f"{order.title}\n{order.text}", where, rows)


def resembling_draft(
    actor: Actor, text: str, *, lon: str, lat: str, datum: str, cell: str, address: str
) -> list[tuple[Order, float, int | None]]:
    """The same for what is only being entered, as `resembling_on_board` takes it.

    Private matters are never named: whoever is on the phone need not be the one they concern.
    """
    if len(text.strip()) < LEAST_SIGNS:
        return []
    where, ref = _where(lon, lat, datum, cell)
    ref = ref or _by_words(address) or _by_words(cell)
    if ref is None:
        return []
    return _found(text, where, _under(actor, ref.id).exclude(klass=Klass.PRIVATE))


def _by_words(said: str) -> CellRef | None:
    """The community an address or a name means, if it means one."""
    place = locate_address(said.replace("\x00", " ")) if said.strip() else None
    if not isinstance(place, Located):
        return None
    return tree().by_id.get(place.cell.ancestors.get(Level.COMMUNITY, 0))


def _under(actor: Actor, community: int) -> OrderQuerySet:
    """Recent orders of a community under the actor's posts."""
    seen = Q(pk__in=())
    for grant in actor.grants_for("orders.read"):
        seen |= under_q(grant.level, grant.cell_id)
    return Order.objects.filter(seen, community_id=community).filter(_recent())


def _found(
    text: str, where: tuple[float, float] | None, rows: OrderQuerySet
) -> list[tuple[Order, float, int | None]]:
    near = _likest(text, where, rows.order_by("-created_at").values_list(*_COMPARED))
    found = Order.objects.for_rows().in_bulk([row.pk for row, _alike, _metres in near])
    return [(found[row.pk], alike, metres) for row, alike, metres in near if row.pk in found]


_COMPARED = ("pk", "title", "text", "lon", "lat")


def _recent() -> Q:
    now = clock.now()
    solved_since = now - timedelta(SOLVED_DAYS)
    ended = ~Q(state__in=[*SOLVED, *_ENDED_ELSE])
    return Q(created_at__gte=now - timedelta(DAYS)) & (
        ended | Q(state__in=SOLVED, finished_at__gte=solved_since)
    )


def _where(
    lon: str, lat: str, datum: str, code: str
) -> tuple[tuple[float, float] | None, CellRef | None]:
    """The WGS-84 point, if one was given in the district, and its community, else the cell's."""
    snapshot = tree()
    try:
        place = locate(float(lon), float(lat), datum or "wgs84", snapshot)
    except ValueError:
        place = None
    ref = place.cell if place is not None else snapshot.by_code.get(code.strip())
    point = None
    if place is not None and place.lon is not None and place.lat is not None:
        point = place.lon, place.lat
    if ref is None:
        return point, None
    return point, snapshot.by_id.get(ref.ancestors.get(Level.COMMUNITY, 0))


def _likest(
    text: str, where: tuple[float, float] | None, rows: Sequence[tuple[object, ...]] | object
) -> list[tuple[_Row, float, int | None]]:
    """The three likest of the newest 300 rows, none farther than 300 m where both have a point."""
    wanted = _pairs(text)
    compared = [_Row(*row) for row in rows[:MOST_COMPARED]]  # type: ignore[index]  # a queryset
    said = [_pairs(f"{row.title}\n{row.text}") for row in compared]
    spread = Counter(pair for pairs in said for pair in pairs)
    rows_or_more = max(len(said), _FEW)
    weight = {pair: math.log(1 + rows_or_more / (1 + spread[pair])) for pair in wanted}
    whole = math.fsum(weight.values())
    near = []
    for row, pairs in zip(compared, said, strict=True):
        metres = _metres(where, row)
        alike = math.fsum(weight[pair] for pair in wanted & pairs) / whole if whole else 0.0
        if alike >= ALIKE and (metres is None or metres <= NEAREST):
            near.append((row, round(alike, 2), metres))
    near.sort(key=lambda each: (-each[1], each[2] or 0, -each[0].pk))
    return near[:SHOWN]


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring signs, letters and digits only."""
    signs = "".join(sign if sign.isalnum() else " " for sign in fold(text[:_MOST_SIGNS]))
    return {pair for pair in map("".join, pairwise(signs)) if " " not in pair}


def _metres(where: tuple[float, float] | None, row: _Row) -> int | None:
    if where is None or row.lon is None or row.lat is None:
        return None
    east = (row.lon - where[0]) * math.cos(math.radians(where[1]))
    return round(math.hypot(east, row.lat - where[1]) * _METRES)


def _shown(near: list[tuple[_Row, float, int | None]]) -> list[Resembling]:
    """As the public board shows them; distances are rounded to 100 m."""
    orders = Order.objects.in_bulk([row.pk for row, _alike, _metres in near])
    snapshot = tree()
    shown = []
    for row, alike, metres in near:
        order = orders[row.pk]
        grid = snapshot.by_id.get(order.grid_id or order.community_id or 0)
        name = order.reporter_name
        title = order.title.replace(name, mask_name(name)) if len(name) > 1 else order.title
        away = None if metres is None else max(100, round(metres, -2))
        shown.append(Resembling(
            order.pk, order.number, mask_text(title), grid.name if grid else "",
            order.created_at, order.state in SOLVED, order.affected, alike, away,
        ))  # fmt: skip
    return shown


def may_be_merged(order: Order) -> bool:
    """It still waits for a decision, so the desk may make one matter of the two."""
    return order.state in DESK


def is_target(order: Order) -> bool:
    """Another order may be merged into it."""
    return order.state in OPEN

"""Reads of the triage desk: its queue, what lies near an order, who answers there, who looks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.segment import fold
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Appointment, Cell, under_q
from gridpact.orders.choices import DESK, OPEN, State
from gridpact.orders.models import Decision, DeskUndo, DeskVisit, Order
from gridpact.orders.models.sight import OrderQuerySet

ORDER_BY = ("-light", "due_at", "id")
NEAR_M = 300
NEAR_DAYS = 90
_MOST_NEAR = 60  # the newest of those in the box are measured
_ALIKE = 0.3  # of the pairs of signs of a title stand in the other order too
_READ = 200  # signs of a text that are compared
_METRES = 111_320  # of one degree of latitude
LOOKING = timedelta(minutes=5)
AGAIN_DAYS = 30


def desk_cell(actor: Actor) -> Cell | None:
    """The cell whose orders the actor decides: of the post acted as, else of the first that may."""
    grants = actor.grants_for("orders.triage")
    if not grants:
        return None
    post = actor.post
    chosen = post if post in grants and post is not None else grants[0]
    return cell_once(actor, chosen.cell_id)


def cell_once(actor: Actor, cell_id: int) -> Cell:
    """A cell of the actor's own posts, read once a request however many parts of a page ask."""
    known: dict[int, Cell] = actor.extra.setdefault("cells", {})
    if cell_id not in known:
        known[cell_id] = Cell.objects.defer("boundary").get(pk=cell_id)
    return known[cell_id]


def has_desk(cell: Cell) -> bool:
    """Orders are addressed to communities and what lies above; a grid's head shares their desk."""
    return RANK[cell.level] <= RANK[Level.COMMUNITY]


def has_lower_desks(cell: Cell) -> bool:
    """Districts and townships have desks below their own."""
    return RANK[cell.level] < RANK[Level.COMMUNITY]


def desk_rows(cell: Cell, *, below: bool = False) -> OrderQuerySet:
    """Orders that wait for a decision at the desk of `cell`, or (`below`) anywhere under it.

    What was sent up past this cell waits elsewhere.
    """
    rows = Order.objects.filter(state__in=DESK)
    if has_desk(cell) and not below:
        return rows.filter(desk_id=cell.pk)
    rows = rows.filter(under_q(cell.level, cell.pk))
    return rows.exclude(state=State.ESCALATED, desk_id__in=cell.path_ids[:-1])


def again_rows(cell: Cell) -> OrderQuerySet:
    """Orders under `cell` whose class was changed within the last 30 days, in whatever state."""
    since = clock.now() - timedelta(days=AGAIN_DAYS)
    anew = Decision.objects.filter(order=OuterRef("pk"), at__gte=since)
    anew = anew.exclude(before="").exclude(before=F("klass"))
    return Order.objects.filter(under_q(cell.level, cell.pk)).filter(Exists(anew))


@dataclass(frozen=True, slots=True)
class Near:
    """Another order close by; metres None: the same address without a point.

    is_alike: its title says much of the same in the same words.
    """

    order: Order
    metres: int | None
    is_alike: bool


def neighbours(order: Order, actor: Actor, limit: int = 6) -> list[Near]:
    """Orders of the same community within 300 m or with the same address, of the last 90 days.

    What sounds the same comes first, then what is open, then what is nearest.
    """
    where = _around(order)
    if order.community_id is None or not where:
        return []
    since = clock.now() - timedelta(days=NEAR_DAYS)
    rows = Order.objects.filter(_readable(actor), community_id=order.community_id)
    rows = rows.filter(where, created_at__gte=since).exclude(pk=order.pk)
    columns = ("pk", "lon", "lat", "state", "title")
    points = rows.order_by("-created_at").values_list(*columns)[:_MOST_NEAR]
    said = _pairs(f"{order.title}{order.text[:_READ]}")
    near = [
        (not _is_alike(said, title), state not in OPEN, away or 0, pk, away)
        for pk, lon, lat, state, title in points
        if (away := _metres(order, lon, lat)) is None or away <= NEAR_M
    ]
    near = sorted(near)[:limit]
    found = Order.objects.for_rows().in_bulk([pk for *_rank, pk, _away in near])
    return [Near(found[pk], away, not other) for other, _closed, _m, pk, away in near]


def _is_alike(said: set[str], title: str) -> bool:
    told = _pairs(title)
    return bool(told) and len(told & said) >= _ALIKE * len(told)


def _pairs(text: str) -> set[str]:
    """Every two signs that stand together, without blanks and stops."""
    signs = "".join(sign for sign in fold(text) if sign.isalnum())
    return {signs[at : at + 2] for at in range(len(signs) - 1)}


def open_points(order: Order, actor: Actor) -> list[tuple[Order, float | None, float | None]]:
    """The open ones among the neighbours, with their points in WGS-84 degrees."""
    near = {each.order.pk: each.order for each in neighbours(order, actor) if each.order.is_open}
    points = Order.objects.filter(pk__in=near).values_list("pk", "lon", "lat")
    return [(near[pk], lon, lat) for pk, lon, lat in points]


def _readable(actor: Actor) -> Q:
    """Orders under the actor's posts; what they handle elsewhere is no neighbour."""
    seen = Q(pk__in=())
    for grant in actor.grants_for("orders.read"):
        seen |= under_q(grant.level, grant.cell_id)
    return seen


def _around(order: Order) -> Q:
    """The condition "near this order"; empty when it has neither point nor address."""
    where = Q(address=order.address) if order.address else Q()
    if order.lon is not None and order.lat is not None:
        high = NEAR_M / _METRES
        wide = high / max(math.cos(math.radians(order.lat)), 0.01)
        where |= Q(
            lon__range=(order.lon - wide, order.lon + wide),
            lat__range=(order.lat - high, order.lat + high),
        )
    return where


def _metres(order: Order, lon: float | None, lat: float | None) -> int | None:
    if order.lon is None or order.lat is None or lon is None or lat is None:
        return None
    east = (lon - order.lon) * math.cos(math.radians(order.lat))
    return round(math.hypot(east, lat - order.lat) * _METRES)


def same_reporter(order: Order, actor: Actor, limit: int = 5) -> list[Order]:
    """Other orders in sight from the same phone, newest first; none for an anonymous one."""
    if not order.reporter_phone_digest:
        return []
    rows = Order.objects.visible_to(actor).exclude(pk=order.pk)
    rows = rows.filter(reporter_phone_digest=order.reporter_phone_digest)
    return list(rows.for_rows().order_by("-created_at")[:limit])


def answering(order: Order) -> list[Appointment]:
    """Heads in term from the order's own cell up to its community, nearest first."""
    rows = (
        Appointment.objects.heads_of(order.cell.path_ids)
        .filter(user__is_active=True, cell__level__in=_ANSWERING)
        .select_related("kind", "user", "cell")
        .defer("cell__boundary")
    )
    return sorted(rows, key=lambda row: (-row.cell.rank, row.acting_for_id is None, row.pk))


_ANSWERING = (Level.COMMUNITY, Level.GRID, Level.MICRO_GRID, Level.UNIT)


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody else who opened the order within the last five minutes."""

    name: str
    at: datetime


def lookers(orders: Iterable[int], actor: Actor) -> dict[int, Looker]:
    """The last other person who opened each of these orders (by key), one query."""
    since = clock.now() - LOOKING
    rows = DeskVisit.objects.filter(order__in=list(orders), at__gte=since)
    rows = rows.exclude(user=actor.user_id).select_related("user").order_by("at")
    return {row.order_id: Looker(str(row.user), row.at) for row in rows}


def takeable(actor: Actor, seconds: int) -> DeskUndo | None:
    """The actor's last decision, while it can be taken back and nobody went on with it."""
    since = clock.now() - timedelta(seconds=seconds)
    rows = DeskUndo.objects.filter(user=actor.user_id, at__gte=since).select_related("order")
    return rows.order_by("-at").first()


def seconds_left(undo: DeskUndo | None, seconds: int) -> int:
    """How long the bar still counts down; a page drawn anew does not begin again."""
    gone = int((clock.now() - undo.at).total_seconds()) if undo is not None else 0
    return max(seconds - gone, 1)

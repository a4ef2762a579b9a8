"""Reads over orders: queues of the workbench, what the board shows, who can receive an order."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gridpact.core.access import Actor
from gridpact.grid.models import Appointment, Cell
from gridpact.networks.models import NetworkCell
from gridpact.networks.services import officers_at
from gridpact.orders.choices import State
from gridpact.orders.filters import scope_of
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orgs.models import Org

COUNT_CAP = 1000  # a queue's badge says "999+" beyond this, so that no page counts a big table


_STATES = {
    "accept": (State.SUBMITTED,),
    "triage": (State.ACCEPTED, State.ESCALATED),
    "dispatch": (State.TRIAGED,),
    "verify": (State.DONE,),
}


def queue(actor: Actor, name: str, cell: Cell | None = None) -> OrderQuerySet:
    """A named queue of `QUEUES`; `cell` is the actor's territory, everything open in it."""
    rows = Order.objects.all()
    if name == "mine":
        return rows.mine(actor).open()
    if name == "offered":
        return rows.filter(OrderQuerySet.hall_q(actor) | scope_of(actor, cell), state=State.OFFERED)
    rows = rows.filter(scope_of(actor, cell))
    if name in _STATES:
        return rows.filter(state__in=_STATES[name])
    return rows.overdue() if name == "overdue" else rows.open()


QUEUES = ("mine", "accept", "triage", "dispatch", "verify", "overdue", "offered", "cell")


def capped_count(rows: QuerySet[Order]) -> int:
    """How many rows, counting no further than 1,000."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()


@dataclass(frozen=True, slots=True)
class Receivers:
    """Whom an order in this place can be dispatched to."""

    posts: list[Appointment]
    orgs: list[Org]
    officers: list[NetworkCell]


def officers_of(order: Order) -> list[NetworkCell]:
    """Cells of department networks that lie on the order's place and have an officer."""
    place = (order.lon, order.lat) if order.lon is not None and order.lat is not None else None
    return officers_at(order.cell, place)


def receivers(order: Order) -> Receivers:
    """Posts on its cells and right below (deepest first), officers, departments, units around it.

    Below, because an order known by its community only is worked on by one of its grids.
    """
    posts = (
        Appointment.objects.in_term()
        .filter(Q(cell_id__in=order.cell.path_ids) | Q(cell__parent_id=order.cell_id))
        .filter(user__is_active=True)
        .exclude(kind__code__in=("system_admin", "security_admin", "audit_admin", "orgdept"))
        .select_related("kind", "cell", "user")
        .order_by("-kind__sort", "cell__code", "pk")
    )
    orgs = (
        Org.objects.active()
        .filter(Q(kind="DEPARTMENT") | Q(cell_id__in=order.cell.path_ids))
        .order_by("kind", "code")[:200]
    )
    return Receivers(list(posts), list(orgs), officers_of(order))


def similar_open(order: Order, limit: int = 5) -> list[Order]:
    """Other open orders of the same cell, newest first."""
    return list(
        Order.objects.filter(cell_id=order.cell_id)
        .open()
        .exclude(pk=order.pk)
        .order_by("-created_at", "-id")[:limit]
    )

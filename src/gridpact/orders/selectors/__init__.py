"""Reads over orders: queues of the workbench, what the board shows, who can receive an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.grid.choices import Level
from gridpact.grid.models import Appointment, Cell
from gridpact.networks.models import NetworkCell
from gridpact.networks.services import officers_at
from gridpact.orders.choices import MOVES, State
from gridpact.orders.filters import scope_of
from gridpact.orders.models import Assist, Extension, Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.policies import called_as
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
    orgs = (
        Org.objects.active()
        .filter(Q(kind="DEPARTMENT") | Q(cell_id__in=order.cell.path_ids))
        .order_by("kind", "code")[:200]
    )
    return Receivers(_posts_of(order), list(orgs), officers_of(order))


def _posts_of(order: Order) -> list[Appointment]:
    posts = (
        Appointment.objects.in_term()
        .filter(Q(cell_id__in=order.cell.path_ids) | Q(cell__parent_id=order.cell_id))
        .filter(user__is_active=True)
        .exclude(kind__code__in=("system_admin", "security_admin", "audit_admin", "orgdept"))
        .select_related("kind", "cell", "user")
        .defer("cell__boundary")
        .order_by("-kind__sort", "cell__code", "pk")
    )
    return list(posts)


def guides(order: Order) -> list[Appointment]:
    """Posts that can guide a private matter: of its community and the grids on its place."""
    wanted = {Level.COMMUNITY, Level.GRID, Level.MICRO_GRID, Level.UNIT}
    return [post for post in _posts_of(order) if post.cell.level in wanted]


def similar_open(order: Order, limit: int = 5) -> list[Order]:
    """Other open orders of the same cell, newest first."""
    return list(
        Order.objects.filter(cell_id=order.cell_id)
        .open()
        .exclude(pk=order.pk)
        .order_by("-created_at", "-id")[:limit]
    )


def callable_orgs() -> list[Org]:
    """Departments that a whistle can call."""
    return list(Org.objects.active().filter(kind="DEPARTMENT").order_by("code"))


def waiting_for(order: Order) -> str:
    """Names of the departments that assist and have not reported back yet."""
    if order.caller_id is None:
        return ""
    rows = order.assists.open().filter(is_lead=False).values_list("org__name", flat=True)
    return gettext(", ").join(rows)


SPLIT_FROM = frozenset({State.TRIAGED, State.ESCALATED, State.HANDLING})


def _time_acts(order: Order, actor: Actor, extensions: Sequence[Extension]) -> dict[str, bool]:
    """Asking for more time, and refusing it: one request at a time, before the limit passes."""
    if order.state not in MOVES["extend"].sources:
        return {}
    asks, decides = can(actor, "orders.ask_extension", order), can(actor, "orders.extend", order)
    if not (asks or decides):
        return {}
    words = [each.granted for each in extensions]
    late = order.due_at is not None and order.due_at <= clock.now()
    return {
        "ask_extension": asks and not late and not any(word in {None, True} for word in words),
        "refuse_extension": decides and None in words,
    }


def acts_now(
    order: Order, actor: Actor, calls: Sequence[Assist], extensions: Sequence[Extension]
) -> list[str]:
    """The acts beside the table that this actor can do now; both lists are the order's."""
    called = set(called_as(actor))
    mine = [call for call in calls if call.org_id in called and call.is_open]
    found = {
        "report_in": any(call.here_at is None for call in mine),
        "report_back": any(not call.is_lead for call in mine),
        "rate_assist": any(call.back_at and call.stars is None for call in calls)
        and can(actor, "orders.rate_assist", order),
        "contact": order.is_open and can(actor, "orders.contact", order),
        "split": order.state in SPLIT_FROM and can(actor, "orders.split", order),
        **_time_acts(order, actor, extensions),
    }
    return [verb for verb, possible in found.items() if possible]

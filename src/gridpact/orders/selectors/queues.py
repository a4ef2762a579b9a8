"""The saved views of order lists: what a queue is called, who has it, where a person stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.grid.tree import tree
from gridpact.orders.filters import scope_of
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.selectors import queue
from gridpact.orders.selectors.counting import COUNTED, counted
from gridpact.orders.selectors.desk import cell_once, desk_cell, desk_rows
from gridpact.orgs.models import Org

EVERYTHING = "all"


class Queue(NamedTuple):
    """A saved view; `right` empty means every signed-in person has it."""

    name: str
    label: Promise
    right: str
    icon: str


DESK = Queue("desk", _("To decide at the desk"), "orders.triage", "arrows-split-2")
IN_HAND = Queue("mine", _("In my hands"), "", "briefcase")
# In the order of urgency: the workbench shows the first one that is not empty.
QUEUES = (
    Queue("overdue", _("Overdue"), "orders.read", "alert-triangle"),
    DESK,
    IN_HAND,
    Queue("accept", _("To accept"), "orders.accept", "inbox"),
    Queue("triage", _("To triage"), "orders.triage", "arrows-split-2"),
    Queue("dispatch", _("To dispatch"), "orders.dispatch", "send"),
    Queue("verify", _("To verify"), "orders.verify", "shield-check"),
    Queue("offered", _("Claim hall"), "", "hand-grab"),
    Queue("cell", _("Open in my area"), "orders.read", "map-pin"),
    Queue(EVERYTHING, _("All in my area"), "orders.read", "list"),
)
# The order of the tabs above a list: my area first, then along the way of an order.
TABS = ("cell", "mine", "overdue", "accept", "triage", "dispatch", "verify", "offered", EVERYTHING)


def queues_of(actor: Actor, names: Sequence[str] | None = None) -> list[Queue]:
    """The queues this actor has, by urgency, or in the order of `names`."""
    have = {each.name: each for each in QUEUES if not each.right or actor.has(each.right)}
    return [have[name] for name in (names or tuple(have)) if name in have]


def standing_cell(actor: Actor) -> Cell | None:
    """Where the actor stands: the cell of the post acted as, else of the first with sight."""
    grants = actor.grants_for("orders.read")
    if not grants:
        return None
    post = actor.post
    chosen = post if post in grants and post is not None else grants[0]
    return cell_once(actor, chosen.cell_id)


def home_community(actor: Actor) -> Cell | None:
    """The community a member's organisation sits in, for those who hold no post; else None."""
    if actor.grants_for("orders.read") or not actor.org_ids:
        return None
    seats = Org.objects.visible_to(actor).filter(cell__isnull=False)
    seat = seats.select_related("cell").defer("cell__boundary").order_by("code").first()
    if seat is None or seat.cell is None:
        return None
    ref = tree().by_id.get(seat.cell_id or 0)
    return None if ref is None else Cell.objects.defer("boundary").get(pk=ref.desk_id)


def hall_rows(actor: Actor, *, everywhere: bool = False) -> OrderQuerySet:
    """Offered orders near the actor: under their post, around their unit, else all in sight."""
    rows = rows_of(actor, "offered", standing_cell(actor))
    home = None if everywhere else home_community(actor)
    return rows if home is None else rows.under(home)


def counts(actor: Actor, names: Sequence[str] | None = None, most: int = COUNTED) -> dict[str, int]:
    """How many orders each queue of the actor has, none counted further than `most`; one query."""
    cell = standing_cell(actor)
    return counted(
        {
            each.name: hall_rows(actor)
            if each.name == "offered"
            else rows_of(actor, each.name, cell)
            for each in queues_of(actor, names)
        },
        most,
    )


def rows_of(actor: Actor, name: str, cell: Cell | None) -> OrderQuerySet:
    """The orders of a queue as seen from `cell`; `all` also holds the ended ones."""
    if name == EVERYTHING:
        return Order.objects.filter(scope_of(actor, cell))
    if name == DESK.name:
        at = desk_cell(actor)
        return Order.objects.none() if at is None else desk_rows(at)
    return queue(actor, name, cell)

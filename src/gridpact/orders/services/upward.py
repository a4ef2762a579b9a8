"""Up and down the tree: guided in the grid, sent up to the next desk, sent back down."""

from __future__ import annotations

from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.core.access import Actor, Grant, Refused
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.tree import tree
from gridpact.orders.choices import Klass
from gridpact.orders.models import Order
from gridpact.orders.selectors import guides
from gridpact.orders.services.engine import VERBS, Line, clear_handler, move, need

VERBS.update({"guide", "escalate", "send_down"})


def guide_order(order: Order, *, actor: Actor, guide: int, note: str = "") -> Order:
    """TRIAGED → HANDLING: a private matter is guided by a post of the grid, never in public.

    guide: appointment id of a post in the order's community. The resident reads only that the
    grid is looking after it. Raises `Refused` 409 for another class, 422 for another post.
    """

    def change(fresh: Order) -> Line:
        if fresh.klass != Klass.PRIVATE:
            raise Refused("only_private", 409, klass=fresh.get_klass_display() or "–")
        post = next((each for each in guides(fresh) if each.pk == guide), None)
        if post is None:
            raise Refused("unknown_guide", 422, field="guide", given=guide)
        clear_handler(fresh)
        fresh.handler_post = post
        fresh.is_public = False
        lines = [f"→ {fresh.handler_label}", note.strip()]
        told = gettext("Your grid is looking after this matter.")
        return Line("\n".join(filter(None, lines)), told=told)

    return move(order, "guide", actor=actor, change=change)


def escalate_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """TRIAGED | DISPATCHED | CLAIMED | HANDLING → ESCALATED, one level above the acting post.

    Only public and hard matters. The desk never moves below the present one; from the district
    there is nothing above (409 `no_upper_desk`). Whoever had it is named on the timeline.
    """

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        if fresh.klass not in {Klass.PUBLIC, Klass.HARD}:
            raise Refused("only_public_or_hard", 409, klass=fresh.get_klass_display() or "–")
        raise_desk(fresh, from_cell=_acting_cell(fresh, actor))
        had = fresh.handler_label
        take_back(fresh)
        held = gettext("So far with %(name)s.") % {"name": had} if had else ""
        return Line("\n".join(filter(None, (f"→ {fresh.desk.name}", why, held))))

    return move(order, "escalate", actor=actor, change=change)


def send_down_order(order: Order, *, actor: Actor, reason: str) -> Order:
    """ESCALATED → TRIAGED: back to the desk that sent it up, else to the community's."""

    def change(fresh: Order) -> Line:
        why = need(reason, "reason")
        below = fresh.sent_from_id or tree().by_id[fresh.cell_id].desk_id
        fresh.desk = Cell.objects.defer("boundary").get(pk=below)
        fresh.sent_from = None
        return Line(f"→ {fresh.desk.name}\n{why}")

    return move(order, "send_down", actor=actor, change=change)


def raise_desk(order: Order, *, from_cell: Cell, refuse: bool = True) -> None:
    """Move the desk to the cell above `from_cell`; refuses above the district, or stays there."""
    above = from_cell.parent
    if above is None or RANK[above.level] < RANK[Level.DISTRICT]:
        if refuse:
            raise Refused("no_upper_desk", 409, desk=from_cell.name)
        return
    if order.desk_id != above.pk and order.desk.is_under(above.pk):
        order.sent_from, order.desk = order.desk, above


def free_hands(order: Order) -> None:
    """Nobody has it: handler and places of the hall are given up."""
    clear_handler(order)
    order.slots_free = 0
    order.claims.filter(released_at__isnull=True).update(released_at=clock.now())


def take_back(order: Order) -> None:
    """`free_hands`, and departments that were called need not report back any more."""
    free_hands(order)
    if order.caller_id is not None:
        order.assists.open().update(closed_at=clock.now())


def acting_post(actor: Actor, right: str, order: Order) -> Grant | None:
    """The post by which the actor moves the order: the chosen one, else the highest that may."""
    may = [grant for grant in actor.grants_for(right) if order.cell.is_under(grant.cell_id)]
    if actor.post in may:
        return actor.post
    return min(may, key=lambda grant: RANK[grant.level], default=None)


def _acting_cell(order: Order, actor: Actor) -> Cell:
    post = acting_post(actor, "orders.escalate", order)
    if post is None:
        return order.desk
    return Cell.objects.defer("boundary").select_related("parent").get(pk=post.cell_id)

"""The most urgent open orders of somebody's cells, for the leader's page of the grid."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell, under_q
from gridpact.grid.today import TodayLine, TodayList
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet

MOST = 8


def open_today(actor: Actor, cells: Sequence[Cell]) -> TodayList:
    """Open orders in the actor's hands, and those of the cells the actor reads, by urgency.

    Of cells above the community only what is in hand: their lists are the desk's work.
    """
    roots = [grant.cell_id for grant in actor.grants_for("orders.read")]
    wanted = OrderQuerySet.mine_q(actor)
    for cell in cells:
        if cell.rank >= RANK[Level.COMMUNITY] and any(cell.is_under(root) for root in roots):
            wanted |= under_q(cell.level, cell.pk)
    rows = Order.objects.filter(wanted).open().order_by("due_at", "id")
    return TodayList(
        _("Open orders"),
        f"{reverse('orders:list')}?queue=cell",
        tuple(
            TodayLine(
                order.title,
                reverse("orders:detail", args=(order.number,)),
                order.get_state_display(),
                order.step_started_at,
                order.due_at,
            )
            for order in rows[:MOST]
        ),
    )

"""Lines of the workbench: what is under a card in my area, and instructions that wait for me."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

from gridpact.core.access import Actor
from gridpact.orders.selectors import COUNT_CAP
from gridpact.orders.selectors.queues import standing_cell
from gridpact.supervision.filters import LABELS, what_q
from gridpact.supervision.models import Instruction
from gridpact.supervision.selectors import in_area


class CardLine(NamedTuple):
    """A capped count that opens its list."""

    label: Promise
    href: str
    icon: str
    number: int
    tone: str


def card_lines(actor: Actor) -> list[CardLine]:
    """Red and yellow cards of my area for those who supervise; my own instructions for all."""
    lines = []
    if actor.has("supervision.read"):
        area = in_area(actor, standing_cell(actor))
        for what, tone in (("red", "red"), ("yellow", "amber")):
            rows = area.filter(what_q(what)).order_by().values("pk")
            count = rows[:COUNT_CAP].count()
            href = f"{reverse('supervision:desk')}?what={what}"
            lines.append(CardLine(LABELS[what], href, "alert-octagon", count, tone))
    mine = list(Instruction.objects.mine(actor).values_list("pk", flat=True)[:COUNT_CAP])
    if mine:
        href = reverse("supervision:answer", args=(mine[0],))
        lines.append(CardLine(LABELS["waiting"], href, "writing", len(mine), "amber"))
    return [line for line in lines if line.number]

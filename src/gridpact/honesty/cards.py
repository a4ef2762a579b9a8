"""What other pages show of questions: a line on the workbench, a card beside an order."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.honesty.choices import Standing
from gridpact.honesty.models import Question
from gridpact.honesty.selectors import of_order
from gridpact.honesty.tables import state_word, tone_of
from gridpact.orders.hooks.side_cards import SideCard, SideLine
from gridpact.orders.models import Order
from gridpact.orders.policies import covers
from gridpact.orders.selectors import COUNT_CAP
from gridpact.supervision.cards import CardLine


def question_lines(actor: Actor) -> list[CardLine]:
    """Questions put to me that wait for an answer."""
    if actor.user_id is None:
        return []
    mine = Question.objects.waiting_for(actor).values_list("pk", flat=True)
    ids = list(mine[:COUNT_CAP])
    if not ids:
        return []
    one = reverse("honesty:question", args=(ids[0],))
    many = f"{reverse('honesty:list')}?state={Standing.OPEN}"
    label = _("Questions about closing")
    return [CardLine(label, one if len(ids) == 1 else many, "help-circle", len(ids), "amber")]


def order_card(actor: Actor, order: Order) -> SideCard | None:
    """Questions about this order, for those who supervise its area."""
    if not covers(actor, "orders.supervise", order):
        return None
    found = of_order(order)
    if not found:
        return None
    lines = [
        SideLine(
            question.text, reverse("honesty:question", args=(question.pk,)), state_word(question),
            tone_of(question),
        )
        for question in found
    ]  # fmt: skip
    return SideCard("d-honesty", _("Is it really done?"), lines)

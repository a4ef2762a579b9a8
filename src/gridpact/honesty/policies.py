"""Who may see questions, answer one, settle one, and set when they are asked."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.grid.choices import Level
from gridpact.honesty.models import Question
from gridpact.orders.policies import is_handler


@policy("honesty.answer")
def may_answer(actor: Actor, question: Question) -> bool:
    """Whoever is asked."""
    return actor.user_id is not None and question.asked_id == actor.user_id


@policy("honesty.settle")
def may_settle(actor: Actor, question: Question) -> bool:
    """Who supervises the area; never who is asked, finished the order or has it."""
    if actor.user_id is None or question.asked_id == actor.user_id:
        return False
    order = question.order
    if order is not None and (order.finished_by_id == actor.user_id or is_handler(actor, order)):
        return False
    grants = actor.grants_for("orders.supervise")
    return any(question.cell.is_under(grant.cell_id) for grant in grants)


@policy("honesty.edit")
def may_edit(actor: Actor, _subject: object) -> bool:
    """The district's desk sets the numbers for the whole district."""
    grants = actor.grants_for("orders.supervise")
    return actor.is_system or any(grant.level == Level.DISTRICT for grant in grants)

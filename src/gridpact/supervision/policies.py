"""Who may look at the supervision desk, write an instruction, and answer one."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.orders.models import Order
from gridpact.orders.policies import covers, is_handler


@policy("supervision.read")
def may_read(actor: Actor, _subject: object) -> bool:
    """Desks and heads, each for their own area."""
    return actor.has("supervision.read")


@policy("orders.instruct")
def may_instruct(actor: Actor, order: Order) -> bool:
    """The desk of the area or of an area above."""
    return covers(actor, "orders.supervise", order)


@policy("orders.answer_instruction")
def may_answer(actor: Actor, order: Order) -> bool:
    """Whoever has the order; while nobody has it, the desk or head of the area."""
    if is_handler(actor, order):
        return True
    nobody = (order.handler_post_id, order.handler_org_id, order.handler_user_id) == (None,) * 3
    return nobody and covers(actor, "orders.accept", order)

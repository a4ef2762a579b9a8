"""Writing an instruction on an order, and answering it."""

from __future__ import annotations

from django.db import transaction

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.notify.services import tell
from gridpact.orders.models import Order
from gridpact.orders.services.engine import Line, beside, need
from gridpact.supervision.models import Instruction

_SHOWN = 80  # characters of a text in a message


@transaction.atomic
def instruct_order(order: Order, *, actor: Actor, text: str) -> Instruction:
    """Write an instruction on an open order; whoever has it is told and must answer.

    Raises `Refused`: `forbidden` (403), `missing` (422), `instruct_ended` (409).
    """
    made: list[Instruction] = []

    def change(fresh: Order) -> Line:
        said = need(text, "text")
        if not fresh.is_open:
            raise Refused("instruct_ended", 409)
        made.append(Instruction.objects.create(
            order=fresh, text=said, at=clock.now(), by_id=actor.user_id, by_name=actor.name[:50],
            post=actor.post_label[:80],
        ))  # fmt: skip
        return Line(said)

    fresh = beside(order, "instruct", actor=actor, change=change)
    instruction = made[0]
    params = {"number": fresh.number, "who": actor.name, "text": instruction.text[:_SHOWN]}
    tell("order_instructed", params, _whoever_has(fresh), f"/supervision/answer/{instruction.pk}")
    return instruction


def _whoever_has(order: Order) -> dict[str, object]:
    """The audience: the handler, or the desk while nobody has the order."""
    if not order.handler_label:
        return {"rule": "cell_heads", "cell": order.cell_id, "desk": order.desk_id}
    return {
        "rule": "handlers",
        "post": order.handler_post_id,
        "org": order.handler_org_id,
        "user": order.handler_user_id,
    }


@transaction.atomic
def answer_instruction(instruction: Instruction, *, actor: Actor, text: str) -> Instruction:
    """Answer it once; whoever wrote it is told.

    Raises `Refused`: `forbidden` (403), `missing` (422), `answered_already` (409).
    """

    def change(fresh: Order) -> Line:
        said = need(text, "text")
        # The order's row is locked, so that two answers cannot both find it waiting.
        waiting = Instruction.objects.waiting().filter(pk=instruction.pk)
        if not waiting.update(
            answer=said, answered_at=clock.now(), answered_by=actor.user_id,
            answered_name=actor.name[:50],
        ):  # fmt: skip
            raise Refused("answered_already", 409)
        return Line(said)

    order = beside(instruction.order, "answer_instruction", actor=actor, change=change)
    instruction.refresh_from_db()
    if instruction.by_id is not None:
        params = {"number": order.number, "text": instruction.answer[:_SHOWN]}
        writer = {"rule": "users", "ids": [instruction.by_id]}
        tell("instruction_answered", params, writer, f"/orders/{order.number}")
    return instruction

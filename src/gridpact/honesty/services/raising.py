"""Writing a question, once, and telling whom it is put to."""

from __future__ import annotations

from typing import Any

from gridpact.core import clock
from gridpact.grid.tree import CellRef, tree
from gridpact.honesty.models import Question
from gridpact.notify.services import tell
from gridpact.orders.models import Order


def raise_question(
    kind: str,
    key: str,
    *,
    order: Order | None,
    cell: CellRef,
    unit: str,
    asked: int | None,
    evidence: dict[str, Any],
    number: str,
) -> Question | None:
    """The new question, or None when this finding has been asked about before."""
    made, new = Question.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "order": order,
            "asked_id": asked,
            "unit": unit[:80],
            "evidence": evidence,
            "asked_at": clock.now(),
            **cell.scope,
        },
    )
    if not new:
        return None
    if asked is not None:
        who = {"rule": "users", "ids": [asked]}
        tell("question_asked", {"number": number}, who, f"/honesty/{made.pk}", can_wait=True)
    return made


def about(
    order: Order, kind: str, key: str, evidence: dict[str, Any], *, asked: int | None
) -> Question | None:
    """A question about one order."""
    return raise_question(
        kind, key, order=order, cell=tree().by_id[order.cell_id], unit=unit_of(order),
        asked=asked, evidence=evidence, number=order.number,
    )  # fmt: skip


def unit_of(order: Order) -> str:
    """The organisation that has the order, else its desk."""
    return order.handler_org.name if order.handler_org is not None else order.desk.name


def common_cell(orders: list[Order]) -> CellRef:
    """The lowest cell all these orders lie in."""
    known = tree().by_id
    shared = _path(known[orders[0].cell_id])
    for order in orders[1:]:
        other = set(_path(known[order.cell_id]))
        shared = [pk for pk in shared if pk in other]
    return known[shared[-1] if shared else _path(known[orders[0].cell_id])[0]]


def _path(cell: CellRef) -> list[int]:
    return [int(part) for part in cell.path.strip("/").split("/")]

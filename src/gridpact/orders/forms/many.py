"""The forms of a move on many orders: the usual form, for the place all picked orders share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.grid.tree import tree
from gridpact.orders.forms import FORMS, MoveForm
from gridpact.orders.models import Order

# How much more time fits depends on the running step: the first order's; the verb checks each.
_OF_THE_FIRST = frozenset({"extend"})


def shared_cell(cell_ids: Sequence[int]) -> Cell | None:
    """The deepest cell that holds all of these, or None without any."""
    by_id = tree().by_id
    paths = [by_id[pk].path.strip("/").split("/") for pk in dict.fromkeys(cell_ids) if pk in by_id]
    shared = ""
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        shared = steps[0]
    if not shared:
        return None
    return Cell.objects.defer("boundary").get(pk=int(shared))


def form_for_many(
    verb: str, orders: Sequence[Order], *, actor: Actor, data: Mapping[str, Any] | None = None
) -> MoveForm:
    """The form of `verb`: receivers are those of the shared place, presets what all have alike."""
    first = orders[0]
    if verb in _OF_THE_FIRST:
        return FORMS[verb](data, order=first, actor=actor)
    alike = {order.klass for order in orders} == {first.klass}
    cell = shared_cell([order.cell_id for order in orders]) or first.cell
    pattern = Order(cell=cell, desk=first.desk, klass=first.klass if alike else "")
    return FORMS[verb](data, order=pattern, actor=actor)

"""The forms of a move on many orders: the usual form, for the place all picked orders share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.clocks.book import book
from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Cell
from gridpact.grid.tree import tree
from gridpact.orders.forms import FORMS, MoveForm
from gridpact.orders.forms.fields import words_field
from gridpact.orders.limits import handle_limit
from gridpact.orders.models import Order
from gridpact.orders.services.clock.extensions import asked_days


class ExtendManyForm(MoveForm):
    """More time for several orders: the same for all, or for each what its handler asked for."""

    days = forms.IntegerField(
        label=_("Working days more"), min_value=1, required=False,
        help_text=_("Left empty: what each handler asked for. At most each order's own limit."),
    )  # fmt: skip
    reason = words_field(_("Reason"), required=True, help_text=_("The reporter reads this."))

    def __init__(self, *args: Any, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].widget.attrs["max"] = most

    def answers_for(self, order: Order) -> dict[str, Any]:
        """The days of this order. Raises `Refused` 409 where nobody asked and none are given."""
        days = self.cleaned_data["days"]
        if days is None:
            asked = asked_days(order)
            if asked is None:
                raise Refused("no_extension_asked", 409)
            days = asked.days
        return {**self.cleaned_data, "days": days}


def _longest(orders: Sequence[Order]) -> int:
    """The longest limit of handling among these, in working days; the verb checks each."""
    pages = book()
    spans = [handle_limit(order, pages).minutes for order in orders]
    return max(spans) // pages.base.day_minutes


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
    if verb == "extend":
        return ExtendManyForm(data, order=first, actor=actor, most=_longest(orders))
    alike = {order.klass for order in orders} == {first.klass}
    cell = shared_cell([order.cell_id for order in orders]) or first.cell
    pattern = Order(cell=cell, desk=first.desk, klass=first.klass if alike else "")
    return FORMS[verb](data, order=pattern, actor=actor)

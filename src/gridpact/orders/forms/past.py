"""The filter of the list of a past day: what is kept by day, and what does not change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.tree import CellRef
from gridpact.orders.choices import OPEN, Klass
from gridpact.orders.filters import OPEN_STATE, OrderFilter, search
from gridpact.orders.forms.lists import PlainSelect, day_field
from gridpact.orders.models import Category
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.selectors.past import PastDay


class PastFilter(OrderFilter):
    """as_of, state (of that day, open ones), klass, kind, category, cell (of that day), overdue, q.

    Marks of the clock and other sortings are not kept by day.
    """

    state = forms.ChoiceField(
        label=_("State"), required=False, widget=PlainSelect,
        choices=[("", _("open")), *((state.value, state.label) for state in OPEN)],
    )  # fmt: skip
    klass = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", _("all")), *Klass.choices],
        widget=PlainSelect,
    )  # fmt: skip
    cell = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)  # type: ignore[assignment]  # a code of the day
    as_of = day_field()
    light = None  # type: ignore[assignment]  # takes the field out
    sort = None  # type: ignore[assignment]  # takes the field out

    def __init__(self, data: QueryDict, past: PastDay) -> None:
        given = data.copy()
        if given.get("state") == OPEN_STATE:  # as other lists say it
            given["state"] = ""
        super().__init__(given)
        self.past = past
        chooser: Any = self.fields["category"]
        chooser.choices = [("", gettext("all")), *Category.objects.values_list("code", "name")]
        chooser.widget = PlainSelect(choices=chooser.choices)

    def clean_cell(self) -> CellRef | None:
        """The cell of that day; a code that stood for none then is an error."""
        code = self.cleaned_data["cell"]
        ref = self.past.tree.by_code.get(code)
        if code and ref is None:
            raise ValidationError(_("There was no such cell on that day."))
        return ref

    def rows(self, actor: Actor) -> OrderQuerySet:
        """The orders open then that the actor sees, narrowed; none if a field is wrong."""
        if not self.is_valid():
            return self.past.open_then().none()
        data: dict[str, Any] = self.cleaned_data
        ref: CellRef | None = data.get("cell")
        rows = self.past.open_then().filter(self.past.seen_by(actor, ref))
        if data.get("state"):
            rows = self.past.in_state(rows, data["state"])
        if data.get("overdue"):
            rows = self.past.overdue(rows)
        return search(self.by_matter(rows), data.get("q") or "", actor)

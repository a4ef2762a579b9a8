"""The filter set of the public board."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core.among import among
from gridpact.grid.choices import Level
from gridpact.grid.tree import CellRef, Tree
from gridpact.notices.selectors.board import SHOWN_CLASSES, UNSOLVED, in_area
from gridpact.orders.choices import SOLVED, Kind, State
from gridpact.orders.models import Category
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.search.finding import find_on_board

GROUPS = {"open": UNSOLVED, "offered": (State.OFFERED,), "solved": SOLVED}


class BoardFilter(forms.Form):
    """q (words), community, state (open, solved), class, area (category), kind; all optional."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    community = forms.ChoiceField(label=_("Community"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("all")), ("open", _("being dealt with")),
            ("offered", _("waiting for somebody to take it on")), ("solved", _("solved")),
        ],
    )  # fmt: skip
    klass = forms.ChoiceField(
        label=_("Class"), required=False,
        choices=[("", _("all")), *((one.value, one.label) for one in SHOWN_CLASSES)],
    )  # fmt: skip
    area = forms.ModelChoiceField(
        label=_("Subject"), required=False, empty_label=_("all"), to_field_name="code",
        queryset=Category.objects.filter(parent__isnull=True, is_active=True),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *Kind.choices]
    )
    view = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)
    # A cell of the map: any level, no list to choose from.
    cell = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, snapshot: Tree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.snapshot = snapshot
        communities = sorted(
            (ref.code, ref.name) for ref in snapshot.by_id.values() if ref.level == Level.COMMUNITY
        )
        self.fields["community"].choices = [("", _("all")), *communities]  # type: ignore[attr-defined]  # a choice field

    @property
    def chosen(self) -> CellRef | None:
        """The cell the map asked for, not finer than a grid; None when it asked for none."""
        self.is_valid()
        ref = self.snapshot.by_code.get(self.cleaned_data.get("cell") or "")
        if ref is None:
            return None
        return self.snapshot.by_id[ref.ancestors.get(Level.GRID, ref.id)]

    def apply(self, rows: OrderQuerySet) -> OrderQuerySet:
        """Narrow `rows` by the valid fields; a wrong value in the address narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        for ref in (self.chosen, self.snapshot.by_code.get(data.get("community") or "")):
            rows = in_area(rows, ref) if ref is not None else rows
        if data.get("state"):
            rows = rows.filter(state__in=GROUPS[data["state"]])
        if data.get("klass"):
            rows = rows.filter(klass=data["klass"])
        if data.get("area"):
            rows = rows.filter(Q(category=data["area"]) | Q(category__parent=data["area"]))
        if data.get("kind"):
            rows = rows.filter(kind=data["kind"])
        if data.get("q"):
            area = self.chosen or self.snapshot.by_code.get(data.get("community") or "")
            hits = find_on_board(rows, data["q"], area.id if area is not None else None)
            rows = rows.filter(pk__in=among(hits.ids))
        return rows

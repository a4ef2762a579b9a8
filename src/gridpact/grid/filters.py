"""The filter of the list of cells."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.grid.choices import Level
from gridpact.grid.models import Cell, CellQuerySet
from gridpact.grid.territory import vacant


class CellFilter(forms.Form):
    """q (words of the name, or the first digits of the code), level, vacant, as_of, under."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("all")), *Level.choices]
    )
    vacant = forms.BooleanField(label=_("Only without a head"), required=False)
    as_of = forms.DateField(
        label=_("As of day"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    under = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    @property
    def is_active(self) -> bool:
        """True when anything narrows the list."""
        if not self.is_valid():
            return False
        return any(value for name, value in self.cleaned_data.items() if name != "as_of")

    def apply(self, rows: CellQuerySet) -> CellQuerySet:
        """Narrow `rows` by the cleaned fields."""
        data: dict[str, Any] = self.cleaned_data
        for word in str(data.get("q") or "").split():
            rows = rows.filter(Q(name__icontains=word) | Q(code__startswith=word))
        if data.get("level"):
            rows = rows.filter(level=data["level"])
        if data.get("under"):
            above = Cell.objects.filter(code=data["under"]).first()
            rows = rows.under(above) if above is not None else rows.none()
        return vacant(rows) if data.get("vacant") else rows

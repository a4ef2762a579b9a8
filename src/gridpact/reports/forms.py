"""The period and place a page of figures is asked for."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _


class Question(TypedDict):
    """What `figures` and `records` take."""

    start: date | None
    end: date | None
    cell: str | None
    as_of: date | None


def _date(label: object) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)  # type: ignore[arg-type]  # a lazy text


class FrameForm(forms.Form):
    """from, to, as_of (days) and cell (code); all optional."""

    as_of = _date(_("Posts and cells as of"))
    cell = forms.CharField(label=_("Cell code"), required=False, max_length=20)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        # `from` cannot be the name of a class attribute.
        self.fields = {"from": _date(_("From")), "to": _date(_("To")), **self.fields}

    def question(self) -> Question:
        """The cleaned fields; a field that is wrong counts as not given and shows its error."""
        data = self.cleaned_data if self.is_bound else {}
        return {
            "start": data.get("from"),
            "end": data.get("to"),
            "cell": data.get("cell") or None,
            "as_of": data.get("as_of"),
        }

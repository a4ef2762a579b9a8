"""The period and place a page of figures is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypedDict

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.tree import tree


class Question(TypedDict):
    """What `figures` and `records` take."""

    start: date | None
    end: date | None
    cell: str | None
    as_of: date | None


def _date(label: object) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)  # type: ignore[arg-type]  # a lazy text


def _cells(actor: Actor) -> Iterator[tuple[str, Promise | str]]:
    """The cells down to the grid in the area of the actor's posts, as a tree."""
    yield "", _("all of my area")
    roots = tuple(f"/{grant.cell_id}/" for grant in actor.grants_for("figures.read"))
    inside = [
        ref
        for ref in tree().by_id.values()
        if RANK[ref.level] <= RANK[Level.GRID] and any(root in ref.path for root in roots)
    ]
    top = min((RANK[ref.level] for ref in inside), default=0)
    for ref in sorted(inside, key=lambda ref: ref.code):
        yield ref.code, "\u3000" * (RANK[ref.level] - top) + ref.name


class CellField(forms.ChoiceField):
    """A choice of cells that lets other codes pass; who may ask for one is decided later."""

    def valid_value(self, value: object) -> bool:
        """Any short code."""
        return len(str(value)) <= 20


class FrameForm(forms.Form):
    """from, to, as_of (days) and cell (code); all optional."""

    as_of = _date(_("Posts and cells as of"))
    cell = CellField(label=_("Cell"), required=False)

    def __init__(self, data: QueryDict, actor: Actor) -> None:
        super().__init__(data)
        # `from` cannot be the name of a class attribute.
        self.fields = {"from": _date(_("From")), "to": _date(_("To")), **self.fields}
        self.fields["cell"].choices = list(_cells(actor))  # type: ignore[attr-defined]  # a CellField

    def question(self) -> Question:
        """The cleaned fields; a field that is wrong counts as not given and shows its error."""
        data = self.cleaned_data
        return {
            "start": data.get("from"),
            "end": data.get("to"),
            "cell": data.get("cell") or None,
            "as_of": data.get("as_of"),
        }

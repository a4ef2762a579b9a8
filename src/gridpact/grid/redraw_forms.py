"""Forms of the redraw wizard: for each kind what it needs, and for all of them the day and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.choices import RedrawKind
from gridpact.grid.forms import day_field
from gridpact.grid.models import Cell
from gridpact.grid.tree import CellRef, tree

MAX_FILE = 2_000_000  # bytes of a GeoJSON file
KINDS = tuple(kind for kind in RedrawKind if kind != RedrawKind.LOAD)


class ShapeField(forms.CharField):
    """GeoJSON as text, written by the map, by hand or from a file; cleans to a value or None."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "gp-code"})

    def clean(self, value: Any) -> Any:
        """The parsed JSON object; None for an empty field."""
        text = super().clean(value)
        if not text:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is no GeoJSON.")) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_("This is no GeoJSON."))
        return found


class RedrawForm(forms.Form):
    """The day and the reason."""

    effective_on = day_field(_("Takes effect"), required=True, help_text=_("Today or later."))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    field_order = (
        "name", "parent", "others", "children_to", "names", "take_from", "give_to", "cut",
        "effective_on", "reason", "shape", "file",
    )  # fmt: skip

    def __init__(self, cell: Cell, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cell = cell
        self.fields["effective_on"].initial = clock.today
        self.prepare(cell, actor)

    def prepare(self, cell: Cell, actor: Actor) -> None:
        """Fill choices that depend on the cell."""

    def request(self) -> dict[str, Any]:
        """What the verb asks for."""
        return {}

    def carried(self) -> str:
        """A shape as text, for the page that asks to confirm (a file cannot be sent twice)."""
        return ""


class RenameForm(RedrawForm):
    """The new name."""

    name = forms.CharField(label=_("New name"), max_length=60)

    def request(self) -> dict[str, Any]:
        """The name."""
        return {"name": self.cleaned_data["name"]}


class MoveForm(RedrawForm):
    """The new parent, of the level of the old."""

    parent = forms.ChoiceField(label=_("Comes under"))

    def prepare(self, cell: Cell, actor: Actor) -> None:
        """Cells of the parent's level on the actor's ground, without the parent itself."""
        by_id = tree().by_id
        old = by_id.get(cell.parent_id or 0)
        level = old.level if old else ""
        roots = [grant.cell_id for grant in actor.grants_for("grid.edit")]
        found = [
            ref for ref in by_id.values()
            if ref.level == level and ref.id != cell.parent_id
            and any(ref.is_under(root) for root in roots)
        ]  # fmt: skip
        self.fields["parent"].choices = _choices(found)  # type: ignore[attr-defined]  # fields are typed by their base class

    def request(self) -> dict[str, Any]:
        """The parent's code."""
        return {"parent": self.cleaned_data["parent"]}


class _WithShape(RedrawForm):
    """A shape drawn on the map, written, or given as a file."""

    shape = ShapeField(
        label=_("Shape as GeoJSON"), required=False, max_length=MAX_FILE,
        help_text=_("Drawing on the map fills this in; it can also be pasted."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("or a GeoJSON file"), required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.geojson,application/geo+json"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A file counts before the field; one of both must be there."""
        data = super().clean() or self.cleaned_data
        given = data.get("file")
        if given is not None:
            if given.size > MAX_FILE:
                raise forms.ValidationError(_("The file is too large."))
            try:
                text = given.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError(_("This is no GeoJSON.")) from error
            data["shape"] = ShapeField(required=False).clean(text)
        if not data.get("shape") and not self.errors:
            raise forms.ValidationError(_("Draw on the map, write GeoJSON or choose a file."))
        return data

    def carried(self) -> str:
        """The shape, whether it was drawn, written or read."""
        return json.dumps(self.cleaned_data["shape"], ensure_ascii=False)


def _cut_field() -> forms.ChoiceField:
    """What becomes of cells inside that the new border cuts."""
    return forms.ChoiceField(
        label=_("Cells inside that the line cuts"),
        required=False,
        choices=[("refuse", _("refuse")), ("larger", _("go where most of them lies"))],
    )


class SplitForm(_WithShape):
    """A line across the cell, or the areas of its parts."""

    names = forms.CharField(
        label=_("Names of the parts"), required=False, max_length=1300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, from west to east, or from south to north."),
    )  # fmt: skip
    cut = _cut_field()

    def request(self) -> dict[str, Any]:
        """A line, or parts with names."""
        data = self.cleaned_data
        asked = {"cut": data["cut"], "names": data["names"].split("\n") if data["names"] else []}
        features = _features(data["shape"])
        if len(features) == 1:
            return asked | {"line": features[0].get("geometry")}
        return asked | {
            "parts": [
                {"geometry": each.get("geometry"), "name": _name_of(each)} for each in features
            ]
        }


class MergeForm(RedrawForm):
    """The neighbours that join, and perhaps a new name."""

    others = forms.MultipleChoiceField(label=_("Joins with"), widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(label=_("New name"), required=False, max_length=60)

    def prepare(self, cell: Cell, actor: Actor) -> None:
        """The cells beside it."""
        self.fields["others"].choices = _choices(_beside(cell))  # type: ignore[attr-defined]  # fields are typed by their base class

    def request(self) -> dict[str, Any]:
        """The codes, and the name."""
        return {"with": self.cleaned_data["others"], "name": self.cleaned_data["name"]}


class CloseForm(RedrawForm):
    """Where what lies inside goes."""

    children_to = forms.ChoiceField(label=_("What lies inside goes to"), required=False)

    def prepare(self, cell: Cell, actor: Actor) -> None:
        """The cells beside it; empty: the orders go to the cell above."""
        nobody = [("", _("the cell above (nothing may lie inside)"))]
        field = self.fields["children_to"]
        field.choices = [*nobody, *_choices(_beside(cell))]  # type: ignore[attr-defined]  # fields are typed by their base class

    def request(self) -> dict[str, Any]:
        """The code of the heir, if any."""
        return {"children_to": self.cleaned_data["children_to"]}


class BoundaryForm(_WithShape):
    """The new outline, and which neighbours give or get the ground between."""

    take_from = forms.MultipleChoiceField(
        label=_("Ground may be taken from"), required=False, widget=forms.CheckboxSelectMultiple
    )
    give_to = forms.ChoiceField(label=_("Ground that is given up goes to"), required=False)
    cut = _cut_field()

    def prepare(self, cell: Cell, actor: Actor) -> None:
        """The cells beside it; all of them may give unless somebody says otherwise."""
        beside = _choices(_beside(cell))
        self.fields["take_from"].choices = beside  # type: ignore[attr-defined]  # fields are typed by their base class
        self.fields["take_from"].initial = [code for code, _name in beside]
        self.fields["give_to"].choices = [("", _("no cell (a gap remains)")), *beside]  # type: ignore[attr-defined]  # fields are typed by their base class

    def request(self) -> dict[str, Any]:
        """The first area of the shape, and the neighbours by code."""
        data = self.cleaned_data
        features = _features(data["shape"])
        return {
            "boundary": features[0].get("geometry") if features else None,
            "take_from": data["take_from"],
            "give_to": data["give_to"],
            "cut": data["cut"],
        }


FORMS: dict[str, type[RedrawForm]] = {
    RedrawKind.RENAME: RenameForm,
    RedrawKind.MOVE: MoveForm,
    RedrawKind.SPLIT: SplitForm,
    RedrawKind.MERGE: MergeForm,
    RedrawKind.CLOSE: CloseForm,
    RedrawKind.BOUNDARY: BoundaryForm,
}


def _choices(refs: Iterable[CellRef]) -> list[tuple[str, str]]:
    named = tree()
    return [(ref.code, named.names(ref.id)) for ref in sorted(refs, key=lambda each: each.code)]


def _beside(cell: Cell) -> list[CellRef]:
    around = tree().children.get(cell.parent_id, ())
    return [ref for ref in around if ref.id != cell.pk and ref.level == cell.level]


def _features(shape: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The features of a GeoJSON value; a bare geometry counts as one."""
    if shape.get("type") == "FeatureCollection":
        found = shape.get("features")
        listed = found if isinstance(found, list) else []
        return [each for each in listed if isinstance(each, Mapping)]
    return [shape if shape.get("type") == "Feature" else {"geometry": shape}]


def _name_of(feature: Mapping[str, Any]) -> str:
    given = feature.get("properties")
    name = given.get("name") if isinstance(given, Mapping) else ""
    return name if isinstance(name, str) else ""

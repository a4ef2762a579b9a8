"""Intake by staff: for a caller, a visitor, a meeting, or what somebody saw on the way."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK
from gridpact.grid.tree import tree
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.forms.fields import FilesField, KeptField
from gridpact.orders.services.intake import MAX_TEXT

CHANNELS = (
    Channel.STAFF, Channel.PHONE, Channel.VISIT, Channel.MEETING, Channel.HOTLINE, Channel.BOX,
)  # fmt: skip
LEVELS_SHOWN = 3  # a community lists its grids and buildings, a building its stairwells


class IntakeForm(forms.Form):
    """Photos first (that is what a phone does best), then what, where, and who said it."""

    photos = FilesField()
    kept = KeptField()
    text = forms.CharField(
        label=_("What is reported"), max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.NEED)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    datum = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    cell = forms.ChoiceField(
        label=_("Cell"), required=False,
        help_text=_("Not needed when a point was set on the map."),
    )  # fmt: skip
    address = forms.CharField(
        label=_("Address"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How it came in"),
        choices=[(channel.value, channel.label) for channel in CHANNELS],
        initial=Channel.STAFF,
    )
    name = forms.CharField(
        label=_("Name of the resident"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone of the resident"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("Kept encrypted; only those who handle it can see it."),
    )  # fmt: skip
    token = forms.CharField(max_length=36, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["cell"] = forms.ChoiceField(
            label=_("Cell"), required=False, choices=place_choices(actor),
            help_text=self.fields["cell"].help_text,
        )  # fmt: skip
        self.initial.setdefault("token", str(uuid.uuid4()))
        self.initial.setdefault("datum", "wgs84")
        if not actor.has("orders.accept"):
            self.initial.setdefault("kind", Kind.REPORT)


def place_choices(actor: Actor) -> list[tuple[str, Any]]:
    """The cells in which the actor reads orders, after "by the point or the address"."""
    return [("", _("by the point or the address")), *cells_below(actor, "orders.read")]


def cells_below(actor: Actor, right: str) -> list[tuple[str, str]]:
    """Code and path of the cells below the posts that give `right`, three levels deep, by code."""
    snapshot = tree()
    shown: dict[str, str] = {}
    for grant in actor.grants_for(right):
        root = snapshot.by_id.get(grant.cell_id)
        if root is None:
            continue
        deepest = RANK[root.level] + LEVELS_SHOWN - 1
        for ref in snapshot.by_id.values():
            if ref.path.startswith(root.path) and RANK[ref.level] <= deepest:
                shown[ref.code] = snapshot.names(ref.id, root.level)
    return sorted(shown.items())

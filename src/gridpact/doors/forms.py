"""Forms of the other doors."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.doors.choices import HOTLINE_PARTS, ChainKind
from gridpact.grid.choices import RANK
from gridpact.grid.tree import tree
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.services.intake import MAX_TEXT

CALLS = (Channel.PHONE, Channel.VISIT, Channel.MEETING)
LEVELS_SHOWN = 3  # a community lists its grids and buildings


def cell_choices(actor: Actor) -> list[tuple[str, str]]:
    """The cells below the posts that enter orders, three levels deep, in the order of the tree."""
    snapshot = tree()
    shown: dict[str, str] = {}
    for grant in actor.grants_for("orders.submit_for"):
        root = snapshot.by_id.get(grant.cell_id)
        if root is None:
            continue
        deepest = RANK[root.level] + LEVELS_SHOWN - 1
        for ref in snapshot.under(root.id):
            if RANK[ref.level] <= deepest:
                shown[ref.code] = snapshot.names(ref.id, root.level)
    return sorted(shown.items())


class ChainForm(forms.Form):
    """The pasted text, and what cannot be read from it."""

    text = forms.CharField(
        label=_("Text of the chain"), strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off"}),
        help_text=_("Copy the newest message of the chain in the group and paste it here whole."),
    )  # fmt: skip
    cell = forms.ChoiceField(label=_("Which neighbours"))
    group = forms.CharField(
        label=_("Name of the group"), required=False, max_length=40,
        help_text=_("Only needed when there are several groups in this cell."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What the entries become"), required=False,
        choices=[("", _("as the title says")), *ChainKind.choices],
    )  # fmt: skip
    day = forms.DateField(
        label=_("Day of the chain"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["cell"] = forms.ChoiceField(
            label=self.fields["cell"].label, choices=cell_choices(actor)
        )
        self.initial.setdefault("day", clock.today())


class BoxForm(forms.Form):
    """Which box, when, by whom."""

    cell = forms.ChoiceField(label=_("Cell"))
    place = forms.CharField(label=_("Where the box hangs"), max_length=60)
    emptied_on = forms.DateField(
        label=_("Emptied on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    witness_1 = forms.CharField(label=_("Emptied by"), max_length=40)
    witness_2 = forms.CharField(label=_("and by"), max_length=40)
    token = forms.CharField(max_length=36, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["cell"] = forms.ChoiceField(
            label=self.fields["cell"].label, choices=cell_choices(actor)
        )
        self.initial.setdefault("token", str(uuid.uuid4()))
        self.initial.setdefault("emptied_on", clock.today())
        self.initial.setdefault("witness_1", actor.name)


class SlipForm(forms.Form):
    """One slip; a row left empty is no slip."""

    text = forms.CharField(
        label=_("What it says"), required=False, max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.SUGGESTION)
    number = forms.CharField(label=_("Number on the paper"), required=False, max_length=30)
    name = forms.CharField(
        label=_("Name"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    @property
    def is_blank(self) -> bool:
        """Nothing was written in this row."""
        data = self.cleaned_data
        return not any(data.get(name) for name in ("text", "number", "name", "phone"))


class HotlineForm(forms.Form):
    """A file of a hotline."""

    code = forms.CharField(
        label=_("Code of the hotline"), max_length=20, initial="12345",
        help_text=_("Small letters, digits and -; it stays for good."),
    )  # fmt: skip
    hotline = forms.CharField(label=_("Name of the hotline"), required=False, max_length=40)
    cell = forms.ChoiceField(
        label=_("Rows without a place go to"), required=False,
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), required=False,
        help_text=_(".xlsx or .csv, at most 20 MB. Nothing is saved before you confirm."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "gp-plain-file"}),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("are rejected")), *cell_choices(actor)]
        self.fields["cell"] = forms.ChoiceField(
            label=self.fields["cell"].label, required=False, choices=choices
        )


class ColumnsForm(forms.Form):
    """Which column of the file holds what."""

    def __init__(self, *args: Any, header: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "–"), *((name, name) for name in header)]
        for part, label, must in HOTLINE_PARTS:
            self.fields[f"column_{part}"] = forms.ChoiceField(
                label=label, required=must, choices=choices
            )


class CallForm(forms.Form):
    """What somebody says at the telephone or the door: the number first, then the matter."""

    phone = forms.CharField(
        label=_("Phone of the caller"), required=False, max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}
        ),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name of the caller"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("What is reported"), max_length=MAX_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.NEED)
    cell = forms.ChoiceField(label=_("Cell"))
    address = forms.CharField(
        label=_("Address"), required=False, max_length=200,
        help_text=_("Building, stairwell and door are enough, e.g. 3-1-101."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "places"}),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Number of the meeting"), required=False, max_length=60,
        help_text=_("Of the minutes; kept with the order."),
    )  # fmt: skip
    channel = forms.ChoiceField(
        choices=[(each.value, each.label) for each in CALLS], widget=forms.HiddenInput
    )  # fmt: skip
    token = forms.CharField(max_length=36, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = cell_choices(actor)
        self.fields["cell"] = forms.ChoiceField(
            label=self.fields["cell"].label, choices=self.places
        )
        self.initial.setdefault("token", str(uuid.uuid4()))
        if str(self["channel"].value()) != Channel.MEETING:
            del self.fields["reference"]
        else:
            self.fields["phone"].widget.attrs.pop("autofocus")

"""Forms of the other doors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.doors.choices import ChainKind
from gridpact.grid.choices import RANK
from gridpact.grid.tree import tree

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

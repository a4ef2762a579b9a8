"""What the supervision desk can be narrowed to; page and API share it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.orders.choices import OPEN, Card, Klass, Light, Step
from gridpact.orders.filters import search
from gridpact.orders.models import Supervision
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orgs.models import Org
from gridpact.supervision.models import Instruction

_OPEN = Q(state__in=OPEN)
_WORDS = Supervision.objects.filter(lifted_at__isnull=True, given_by__isnull=False)
_UNANSWERED = Instruction.objects.filter(answered_at__isnull=True)
CONDITIONS: dict[str, Q] = {
    "red": Q(card=Card.RED),
    "yellow": Q(card=Card.YELLOW),
    "word": Q(pk__in=_WORDS.values("order")) & ~Q(card=""),
    "waiting": Q(pk__in=_UNANSWERED.values("order")),
}
LABELS = {
    "": _("All"),
    "red": _("Red card"),
    "yellow": _("Yellow card"),
    "word": _("Supervised by a desk"),
    "warned": _("Warned"),
    "waiting": _("Instructions to be answered"),
}


def what_q(what: str) -> Q:
    """The orders of one tab; every one of them is named by a card, a warning or an instruction.

    No tab but the one of instructions asks for more than the index of what is watched holds.
    """
    if what == "warned":
        return _OPEN & Q(light=Light.WARNED, due_at__gte=clock.now())
    if what in CONDITIONS:
        return CONDITIONS[what]
    return ~Q(card="") | what_q("warned")


class DeskFilter(forms.Form):
    """what (tab), cell, class, step, handling organisation, desk, words; all optional."""

    q = forms.CharField(
        label=_("Number, phone or words"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    what = forms.ChoiceField(required=False, choices=list(LABELS.items()), widget=forms.HiddenInput)
    cell = forms.ModelChoiceField(
        label=_("Cell"), required=False, queryset=Cell.objects.open(), to_field_name="code",
        widget=forms.HiddenInput,
    )  # fmt: skip
    klass = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", _("all")), *Klass.choices]
    )
    step = forms.ChoiceField(
        label=_("Step"), required=False, choices=[("", _("all")), *Step.choices]
    )
    org = forms.ModelChoiceField(
        label=_("Handling unit"), required=False, queryset=Org.objects.active(),
        to_field_name="code", empty_label=_("all"),
    )  # fmt: skip
    desk = forms.ModelChoiceField(
        label=_("Desk"), required=False, queryset=Cell.objects.open(), to_field_name="code",
        widget=forms.HiddenInput,
    )  # fmt: skip

    def narrow(self, rows: OrderQuerySet, actor: Actor) -> OrderQuerySet:
        """All fields but `what`."""
        data: dict[str, Any] = self.cleaned_data
        if data.get("klass"):
            rows = rows.filter(klass=data["klass"])
        if data.get("step"):
            rows = rows.filter(step=data["step"])
        if data.get("org"):
            rows = rows.filter(handler_org=data["org"])
        if data.get("desk"):
            rows = rows.filter(desk=data["desk"], handler_org__isnull=True)
        if data.get("cell"):
            rows = rows.under(data["cell"])
        return search(rows, data.get("q") or "", actor, cell=data.get("cell"), few=True)

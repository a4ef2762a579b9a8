"""Forms for keeping cells, appointing people and ending terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.grid.models import Appointment, Cell, PostKind

MOST_DOORS = 100_000

if TYPE_CHECKING:
    _AppointmentForm = forms.ModelForm[Appointment]
else:
    _AppointmentForm = forms.ModelForm  # has no type parameters when it runs


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A day chosen from the browser's calendar, written as yyyy-mm-dd."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def refer(form: forms.BaseForm, allowed: Mapping[str, QuerySet[Any]]) -> None:
    """Give reference fields what they may hold here, e.g. people who left in a standing term."""
    for name, queryset in allowed.items():
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset


class CellForm(forms.Form):
    """What may be kept by hand: boundaries and parents come by file and redraw."""

    name = forms.CharField(label=_("Cell name"), max_length=60)
    doors = forms.IntegerField(
        label=_("Declared doors"), min_value=0, max_value=MOST_DOORS,
        help_text=_("Doors that should be registered here; 0 when nobody counted yet."),
    )  # fmt: skip


class TermForm(_AppointmentForm):
    """An appointment as people write it: username, post, code of the cell, first and last day.

    Of a standing term only the days can change; person, post and cell are history.
    """

    user = forms.ModelChoiceField(
        label=_("Username"), queryset=User.objects.filter(is_active=True),
        to_field_name="username", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid_choice": _("No account has this username.")},
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Post"))
    cell = forms.ModelChoiceField(
        label=_("Cell code"), queryset=Cell.objects.open().defer("boundary"),
        to_field_name="code", widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("The code of the cell, e.g. 450312100012001."),
        error_messages={"invalid_choice": _("No cell has this code.")},
    )  # fmt: skip
    starts = day_field(_("First day"), required=True)
    ends = day_field(_("Last day"), help_text=_("Empty for an open term."))

    class Meta:
        model = Appointment
        fields = ("user", "kind", "cell", "starts", "ends")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in PostKind.objects.all()}
        kind_field = self.fields["kind"]
        assert isinstance(kind_field, forms.ChoiceField)
        kind_field.choices = [("", "---------"), *((k.code, k.name) for k in self.kinds.values())]
        if self.instance.pk:
            self.initial["kind"] = self.instance.kind.code
            for name in ("user", "kind", "cell"):
                self.fields[name].disabled = True
            refer(self, {"user": User.objects.all(), "cell": Cell.objects.defer("boundary")})
        else:
            self.initial.setdefault("starts", clock.today())

    def clean_kind(self) -> PostKind:
        """The kind of post behind the chosen code."""
        return self.kinds[self.cleaned_data["kind"]]

    def clean(self) -> dict[str, Any]:
        """Nothing more: order of days, overlaps and level are refused by the verb, in one place."""
        return self.cleaned_data


class AppointForm(forms.Form):
    """Appointing on a given cell: who, which of the posts the actor may give there, which days."""

    user = forms.ModelChoiceField(
        label=_("Username"), queryset=User.objects.filter(is_active=True),
        to_field_name="username", widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The person's account. The security administrator opens new accounts."),
        error_messages={"invalid_choice": _("No account has this username.")},
    )  # fmt: skip
    kind = forms.ModelChoiceField(
        label=_("Post"), queryset=PostKind.objects.none(), to_field_name="code"
    )
    starts = day_field(_("First day"), required=True)
    ends = day_field(_("Last day"), help_text=_("Empty for an open term."))
    acting_for = forms.ModelChoiceField(
        label=_("Acting for"), required=False, queryset=Appointment.objects.none(),
        empty_label=_("nobody: a post of their own"),
        help_text=_("A deputy may act beside the head for some days."),
    )  # fmt: skip

    def __init__(self, cell: Cell, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads = Appointment.objects.heads_of([cell.pk]).select_related("cell", "kind", "user")
        level = PostKind.objects.filter(level=cell.level)
        mine = [
            kind.pk
            for kind in level
            if can(actor, "grid.give_post", Appointment(kind=kind, cell=cell))
        ]
        refer(self, {"kind": level.filter(pk__in=mine), "acting_for": heads})
        self.initial.setdefault("starts", clock.today())


class EndForm(forms.Form):
    """The last day in office, and why."""

    last_day = day_field(_("Last day in office"), required=True)
    why = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("last_day", clock.today())


class AbsenceForm(forms.Form):
    """First and last day away, and why."""

    first_day = day_field(_("First day away"), required=True)
    last_day = day_field(_("Last day away"), required=True)
    why = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("first_day", clock.today())

"""Forms: the answer, the word that settles, the numbers, and what the list is narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.grid.models import Cell
from gridpact.honesty.choices import NUMBERS, Kind, Standing, Verdict
from gridpact.honesty.models import QuestionQuerySet
from gridpact.honesty.selectors import thresholds


class ListFilter(forms.Form):
    """kind, state, verdict, unit, month, cell; all optional."""

    state = forms.ChoiceField(
        required=False, choices=[("", _("All")), *Standing.choices], widget=forms.HiddenInput
    )
    kind = forms.ChoiceField(
        label=_("Kind of question"), required=False, choices=[("", _("all")), *Kind.choices]
    )
    verdict = forms.ChoiceField(
        label=_("Word"), required=False, choices=[("", _("all")), *Verdict.choices]
    )
    unit = forms.CharField(label=_("Unit"), required=False, max_length=80)
    month = forms.DateField(
        label=_("Month"), required=False, input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )  # fmt: skip
    cell = forms.ModelChoiceField(
        label=_("Cell"), required=False, queryset=Cell.objects.open(), to_field_name="code",
        widget=forms.HiddenInput,
    )  # fmt: skip

    def narrow(self, rows: QuestionQuerySet) -> QuestionQuerySet:
        """All fields but `state`."""
        data: dict[str, Any] = self.cleaned_data
        for field in ("kind", "verdict"):
            if data.get(field):
                rows = rows.filter(**{field: data[field]})
        if data.get("unit"):
            rows = rows.filter(unit__icontains=data["unit"])
        if data.get("month"):
            month = data["month"]
            rows = rows.filter(asked_at__year=month.year, asked_at__month=month.month)
        return rows.under(data["cell"]) if data.get("cell") else rows


class AnswerForm(forms.Form):
    """What whoever is asked says."""

    text = forms.CharField(
        label=_("Your answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say how it was, in a few words. A question is no reproach."),
    )  # fmt: skip


class SettleForm(forms.Form):
    """The word, and why."""

    verdict = forms.ChoiceField(label=_("Word"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    card = forms.BooleanField(
        label=_("Put the order under supervision with a yellow card"), required=False,
        help_text=_("Only with “it is not in order”."),
    )  # fmt: skip


class NumbersForm(forms.Form):
    """From which numbers on something is asked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        now = thresholds()
        for key, number in NUMBERS.items():
            self.fields[key] = forms.IntegerField(
                label=str(number.label), min_value=number.least, max_value=number.most,
                initial=now[key],
            )  # fmt: skip

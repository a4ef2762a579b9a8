"""Forms of the supervision desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class InstructForm(forms.Form):
    """What the leader writes; the handler reads it and must answer."""

    text = forms.CharField(
        label=_("Instruction"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever has the order reads this and must answer."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What is done about an instruction."""

    text = forms.CharField(
        label=_("Answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what was done, what comes next, and until when."),
    )  # fmt: skip

"""What residents enter about an order that exists: finding, rating, joining, taking back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import Satisfaction
from gridpact.orders.services import Marks


class AskForm(forms.Form):
    """Number and code of a receipt."""

    number = forms.CharField(
        label=_("Order number"), max_length=40,
        error_messages={"required": _("Please enter the number of your order.")},
        help_text=_("It begins with letters and stands on your receipt."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("Tracking code"), max_length=40, required=False,
        help_text=_("Eight letters and digits. Public matters can be looked up without it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


FACES = (
    ("very", _("very satisfied")),
    ("good", _("satisfied")),
    ("fair", _("basically satisfied")),
    ("bad", _("not satisfied")),
)
# Two faces smile: the figures count three answers (design of the rating call).
_SATISFACTION = {
    "very": Satisfaction.SATISFIED, "good": Satisfaction.SATISFIED,
    "fair": Satisfaction.BASICALLY, "bad": Satisfaction.UNSATISFIED,
}  # fmt: skip


# Beyond solved and satisfied: one (bad) to five (good), each may stay empty.
MARKS = {
    "speed": _("How fast was it?"),
    "effect": _("How well was it done?"),
    "attitude": _("How friendly were the people?"),
    "clarity": _("How clear was the answer?"),
}
_MARK_CHOICES = [
    ("1", _("1 bad")), ("2", "2"), ("3", "3"), ("4", "4"), ("5", _("5 good")),
]  # fmt: skip


class RateForm(forms.Form):
    """Solved or not, one of four faces, a line of text, and four marks for those who like."""

    solved = forms.ChoiceField(
        label=_("Is the matter solved?"),
        choices=[("yes", _("yes, solved")), ("no", _("no, not solved"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    face = forms.ChoiceField(
        label=_("How satisfied are you?"),
        choices=FACES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a face.")},
    )
    comment = forms.CharField(
        label=_("Anything else?"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in MARKS.items():
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=_MARK_CHOICES, widget=forms.RadioSelect
            )

    @property
    def mark_fields(self) -> list[forms.BoundField]:
        """The four marks, to be drawn together."""
        return [self[name] for name in MARKS]

    @property
    def marks(self) -> Marks:
        """The marks that were given."""
        given = {name: self.cleaned_data.get(name) for name in MARKS}
        return Marks(**{name: int(value) for name, value in given.items() if value})

    @property
    def is_solved(self) -> bool:
        """The resident's word."""
        return bool(self.cleaned_data["solved"] == "yes")

    @property
    def satisfaction(self) -> Satisfaction:
        """The face as one of the three answers."""
        return _SATISFACTION[self.cleaned_data["face"]]


class WithdrawForm(forms.Form):
    """Why the resident takes the order back; may stay empty."""

    reason = forms.CharField(
        label=_("Why do you take it back? (may stay empty)"), required=False, max_length=200
    )
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class UrgeForm(forms.Form):
    """What the resident adds when asking to hurry; may stay empty."""

    text = forms.CharField(
        label=_("What should they know? (may stay empty)"), required=False, max_length=200
    )
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class JoinForm(forms.Form):
    """The phone of somebody whom a matter of the board affects too."""

    phone = forms.CharField(
        label=_("Your phone"), max_length=20,
        error_messages={"required": _("Please enter your phone number.")},
        help_text=_("So that everybody counts once and can be called. It is kept encrypted."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    # People never see this field; programs that fill everything do.
    website = forms.CharField(required=False, max_length=200)

    def clean_website(self) -> str:
        """Programs are asked to try again as people."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("This looks like an automatic entry. Please try again."))
        return ""

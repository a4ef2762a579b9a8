"""The switch of a field."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

SHARES = (("", _("never")), *((str(n), _("from %(n)s%%") % {"n": n}) for n in (95, 90, 80, 70)))


class SwitchForm(forms.Form):
    """Suggested or not; from which confidence on the desk's form is filled."""

    is_on = forms.BooleanField(label=_("Suggest it"), required=False)
    preselect = forms.ChoiceField(
        label=_("Fill it in at the desk"), required=False, choices=SHARES,
        help_text=_("The desk can change what is filled in. Usually: never."),
    )  # fmt: skip

    def clean_preselect(self) -> float | None:
        """A share of 1, or None for never."""
        value = self.cleaned_data["preselect"]
        return int(value) / 100 if value else None

"""Filters of the audit screen."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AuditFilter(forms.Form):
    """Who (sign-in name or name), which action, about what (e.g. an order number), on which day."""

    actor = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    action = forms.CharField(
        label=_("Action"), required=False, max_length=60,
        help_text=_("For example orders.dispatch, or orders. for all of them."),
    )  # fmt: skip
    subject = forms.CharField(label=_("About"), required=False, max_length=80)
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

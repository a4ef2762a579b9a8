"""The form that asks for a large file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.downloads.choices import Format

PURPOSES = (
    _("Report to the upper office"),
    _("Analysis of our own work"),
    _("Preparation of a meeting"),
    _("Audit or inspection"),
)


class AskForm(forms.Form):
    """Which kind of file, and what for: picked, in own words, or both."""

    file_format = forms.ChoiceField(
        label=_("File type"), choices=Format.choices, initial=Format.XLSX, widget=forms.RadioSelect
    )
    purpose = forms.ChoiceField(label=_("What for"), required=False)
    words = forms.CharField(label=_("In your own words"), required=False, max_length=120)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        picked = [(str(index), text) for index, text in enumerate(PURPOSES)]
        self.fields["purpose"] = forms.ChoiceField(
            label=_("What for"), required=False, choices=[("", _("Please choose")), *picked],
            help_text=_("Your name, the time, this reason and the filter are kept in the log."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """`reason` joins both; one of them must be given."""
        data = super().clean() or self.cleaned_data
        chosen = data.get("purpose")
        parts = [str(PURPOSES[int(chosen)])] if chosen else []
        parts += [words] if (words := (data.get("words") or "").strip()) else []
        if not parts:
            self.add_error("purpose", _("Please say what the file is for."))
        data["reason"] = "：".join(parts)
        return data

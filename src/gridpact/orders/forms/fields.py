"""Fields that several order forms use: many files at once, and uploads that survive a refusal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gridpact.orders.services.photos import MAX_PHOTOS

ACCEPTED = "image/*,application/pdf"


MAX_NOTE = 2000


def words_field(
    label: Any, *, required: bool, rows: int = 3, help_text: Any = ""
) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=MAX_NOTE,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several photos; phones offer the camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Any number of uploaded files, as a list (empty when none was chosen)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("label", _("Photos"))
        options.setdefault(
            "help_text",
            format_lazy(_("Up to {most} photos or PDF files, 20 MB each."), most=MAX_PHOTOS),
        )
        widget = FilesInput(attrs={"multiple": True, "accept": ACCEPTED})
        super().__init__(widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file as it came; what is inside is checked when it is kept."""
        given = data if isinstance(data, list | tuple) else [data]
        return [one for one in given if isinstance(one, UploadedFile)]


class KeptField(forms.CharField):
    """Ids of files that were uploaded before the form was refused, separated by commas."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=400, **options)

    def clean(self, value: Any) -> list[UUID]:
        """The ids; anything else is dropped, since only the upload itself proves them."""
        return kept_ids(super().clean(value))


def kept_ids(text: str | None) -> list[UUID]:
    """`"id,id"` as ids, unreadable parts left out, at most nine."""
    found: list[UUID] = []
    for part in (text or "").split(","):
        try:
            found.append(UUID(part.strip()))
        except ValueError:
            continue
    return found[:MAX_PHOTOS]

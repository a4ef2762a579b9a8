"""Forms of the networks: one network, what of a report is shown, and a file to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.networks.choices import Found, Served
from gridpact.networks.models import Network
from gridpact.orgs.models import Org

if TYPE_CHECKING:
    _NetworkForm = forms.ModelForm[Network]
else:
    _NetworkForm = forms.ModelForm

ALL_GRIDS = "GRIDS"
MAX_FILE = 20 * 1024 * 1024
DATUMS = (
    ("wgs84", _("WGS-84 or CGCS2000")),
    ("gcj02", _("GCJ-02 (Amap, Tencent)")),
    ("bd09", _("BD-09 (Baidu)")),
)


class NetworkForm(_NetworkForm):
    """Name, department and thresholds of a network."""

    org = forms.ModelChoiceField(
        label=_("Department code"), queryset=Org.objects.active(), to_field_name="code",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid_choice": _("No organisation has this code.")},
    )  # fmt: skip

    class Meta:
        model = Network
        fields = ("code", "name", "org", "note", "share_in", "share_touch", "is_active")
        labels = {"code": _("Code"), "name": _("Network"), "note": _("Note")}
        help_texts = {
            "share_in": _("0.9: from 90 % of its ground on a cell belongs to theirs."),
            "share_touch": _("0.05: less than 5 % of the ground is no finding."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.initial["org"] = self.instance.org.code


class ReportForm(forms.Form):
    """The day, a cell, and what to show."""

    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("", _("all findings")), (ALL_GRIDS, _("all grids")), *Served.choices, *Found.choices,
        ],
    )  # fmt: skip
    cell = forms.CharField(label=_("Cell code"), required=False, max_length=20)
    as_of = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    @property
    def question(self) -> dict[str, Any]:
        """What was asked, as far as it could be read."""
        self.is_valid()
        data = self.cleaned_data
        return {"day": data.get("as_of"), "cell": (data.get("cell") or "").strip()}

    @property
    def shown(self) -> str:
        """What to show: a `Served`, a `Found`, `ALL_GRIDS`, or nothing for all findings."""
        self.is_valid()
        return str(self.cleaned_data.get("show") or "")


class LoadForm(forms.Form):
    """A file with cells of networks, and whether it is only checked."""

    file = forms.FileField(
        label=_("File"), help_text=_("GeoJSON with outlines, or Excel with codes of our cells."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,.xlsx,.csv"}),
    )  # fmt: skip
    datum = forms.ChoiceField(label=_("Coordinates"), choices=DATUMS, initial="wgs84")
    check_only = forms.BooleanField(label=_("Only check, save nothing"), required=False)

    def clean_file(self) -> Any:
        """No file beyond 20 MB."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file

"""The form by which a resident places an order, with photos that survive a refusal."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Refused
from gridpact.core.texts import refusal_text
from gridpact.grid.tree import CellRef
from gridpact.notices.selectors.photo_place import Spot
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.services import Contact, Intake
from gridpact.orders.services.intake import MAX_TEXT
from gridpact.orders.services.photos import MAX_PHOTOS

KINDS = (
    (Kind.NEED, _("I need help")),
    (Kind.HAZARD, _("Something is dangerous")),
    (Kind.SUGGESTION, _("I have a suggestion")),
    (Kind.WISH, _("A small wish")),
    (Kind.DISPUTE, _("A quarrel needs settling")),
    (Kind.CONSULTATION, _("I have a question")),
)
# The field of a verb's refusal → the field of the form.
_FIELDS = {
    "text": "text", "title": "text", "kind": "kind", "address": "address", "cell": "cell",
    "location": "address", "location.datum": "address", "contact.name": "name",
    "contact.phone": "phone",
}  # fmt: skip
# What makes two sendings of one form the same.
_ASKED = ("text", "kind", "lon", "lat", "address", "cell", "name", "phone", "anonymous")
_KEPT_SALT = "notices.kept_photos"
_KEPT_SECONDS = 20 * 3600  # shorter than the day after which loose uploads are swept


class PhotosInput(forms.FileInput):
    """Several pictures at once; no `capture`, so that phones offer both camera and album."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of uploaded files; an empty one is named when it is kept."""

    widget = PhotosInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All files that were sent, each checked by the field."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PhotosField, self).clean(each, initial) for each in files if each]


def keep(ids: Iterable[UUID]) -> str:
    """Ids of uploads as a signed text that travels in the form."""
    return signing.dumps([str(each) for each in ids], salt=_KEPT_SALT)


def kept(text: str) -> list[UUID]:
    """The ids of `keep`; a broken or old text keeps nothing."""
    try:
        ids = signing.loads(text, salt=_KEPT_SALT, max_age=_KEPT_SECONDS) if text else []
    except signing.BadSignature:
        return []
    return [UUID(each) for each in ids]


class PlaceForm(forms.Form):
    """Text, kind, photos, place and contact of a new order."""

    text = forms.CharField(
        label=_("What is it about?"), max_length=MAX_TEXT,
        error_messages={"required": _("Please say what it is about.")},
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        help_text=_("Say it in your own words: what, and since when."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What kind of matter?"), choices=KINDS, initial=Kind.NEED, widget=forms.RadioSelect
    )
    photos = PhotosField(
        label=_("Photos"), required=False,
        widget=PhotosInput(attrs={"accept": "image/*", "multiple": True}),
    )  # fmt: skip
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    datum = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("Address or landmark"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("For example: the east gate of the market, building 3."),
    )  # fmt: skip
    cell = forms.ChoiceField(label=_("Community"), required=False)
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your phone"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    anonymous = forms.BooleanField(
        label=_("Place it without my name and phone"), required=False,
        help_text=_("Then nobody can call you back; keep number and code to follow it."),
    )  # fmt: skip
    photo_place = forms.BooleanField(label=_("Use the place of the photo"), required=False)
    # People never see this field; programs that fill everything do.
    website = forms.CharField(required=False, max_length=200)
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kept = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, places: Iterable[tuple[str, list[CellRef]]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        groups = [(town, [(ref.code, ref.name) for ref in refs]) for town, refs in places]
        # Said here, since a lazy text with a number would be fixed in the language of the start.
        self.fields["photos"].help_text = gettext(
            "Up to %(most)s photos, taken now or from your album."
        ) % {"most": MAX_PHOTOS}
        self.fields["cell"].choices = [("", _("I do not know")), *groups]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Name everything that is missing at once, in the words of the verb that refuses it."""
        data = super().clean() or {}
        if data.get("website"):
            raise forms.ValidationError(_("This looks like an automatic entry. Please try again."))
        # The script writes the point; one that is no number counts as none, the rest may still do.
        for name in ("lon", "lat"):
            if self.errors.pop(name, None):
                data[name] = None
        if not (data.get("phone") or data.get("anonymous") or "phone" in self.errors):
            self.add_error("phone", refusal_text("contact_missing", {}))
        return data

    def settle_place(self, photo: Spot | None) -> None:
        """Say that the place is missing, unless the resident takes the photo's (WGS-84)."""
        data = self.cleaned_data
        has_point = data.get("lon") is not None and data.get("lat") is not None
        if has_point or data.get("address") or data.get("cell") or "cell" in self.errors:
            return
        if photo is None or not photo.is_inside:
            self.add_error("address", refusal_text("place_missing", {}))
        elif data.get("photo_place"):
            data["lon"], data["lat"], data["datum"] = photo.lon, photo.lat, "wgs84"
        else:
            self.add_error("photo_place", _("Tick this, or say below where it is."))

    def refuse(self, refusal: Refused) -> None:
        """Show a verb's refusal at the field it names."""
        self.add_error(_FIELDS.get(str(refusal.params.get("field", ""))), refusal.sentence)

    @property
    def form_token(self) -> UUID:
        """The one-time key of this sending; a fresh one when none came with the form."""
        token = self.cleaned_data.get("token") if self.is_bound else None
        return token or uuid.uuid4()

    def digest(self) -> str:
        """A digest of what is asked, the photos aside: the same form sent twice is one order."""
        parts = [str(self.cleaned_data.get(name, "")) for name in _ASKED]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    def intake(self, photos: Iterable[UUID]) -> Intake:
        """The cleaned form as the verb takes it."""
        data = self.cleaned_data
        return Intake(
            text=data["text"],
            kind=data["kind"],
            lon=data["lon"],
            lat=data["lat"],
            datum=data["datum"] or "wgs84",
            address=data["address"],
            cell=data["cell"],
            contact=Contact(data["name"], data["phone"]),
            anonymous=data["anonymous"],
            photos=tuple(photos),
            channel=Channel.WEB,
        )

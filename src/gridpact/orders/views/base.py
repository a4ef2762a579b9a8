"""What all order pages share: the typed request, finding an order in sight, keeping uploads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest

from gridpact.core.access import Actor, Refused
from gridpact.orders.forms.fields import kept_ids
from gridpact.orders.models import Order, Photo
from gridpact.orders.services import keep_upload
from gridpact.orders.tables.detail import photo_part
from gridpact.ui import parts

signed_in = login_required


class Request(HttpRequest):
    """A request after the middleware: it knows who acts."""

    actor: Actor


def find_order(actor: Actor, number: str) -> Order:
    """The order with everything a page names; 404 when it is missing or out of sight."""
    order = Order.objects.visible_to(actor).with_parts().filter(number=number.upper()).first()
    if order is None:
        raise Http404
    return order


def keep_files(
    form: forms.Form, request: Request, *, files: str = "photos", kept: str = "kept"
) -> list[UUID]:
    """Keep the form's files at once, so that a refusal of the form loses nothing.

    The ids are put back into the form's field `kept`; a file that is refused becomes an error of
    the field `files`.
    """
    ids = kept_ids(form.data.get(kept))
    refusals: list[str] = []
    sent: list[Any] = request.FILES.getlist(files)
    for file in (one for one in sent if isinstance(one, UploadedFile)):
        try:
            ids.append(keep_upload(file.read(), file.name or "", actor=request.actor).pk)
        except Refused as refusal:
            refusals.append(refusal.sentence)
    form.data = {key: form.data[key] for key in form.data} | {
        kept: ",".join(str(each) for each in ids)
    }
    for sentence in refusals:
        form.add_error(files, sentence)
    return ids


def kept_photos(actor: Actor, ids: list[UUID]) -> list[parts.Photo]:
    """Thumbnails of the actor's own loose uploads."""
    loose = Photo.objects.filter(pk__in=ids, order__isnull=True)  # scope: only the actor's own
    rows = loose.filter(uploaded_by_id=actor.user_id)
    return [photo_part(photo) for photo in rows if photo.kind == "image"]

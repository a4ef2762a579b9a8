"""Keeping uploads and attaching them to orders."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.orders.choices import PhotoRole
from gridpact.orders.files.pictures import read_upload
from gridpact.orders.models import Order, Photo

MAX_PHOTOS = 9


@transaction.atomic
def keep_upload(data: bytes, name: str, *, actor: Actor) -> Photo:
    """Check, re-encode and store an uploaded file, not yet attached to an order.

    Loose uploads are swept by the worker after a day. Raises `Refused` for unreadable files.
    """
    picture = read_upload(data, name)
    key = uuid.uuid4()
    photo = Photo(
        id=key,
        kind=picture.kind,
        sha256=picture.sha256,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at,
        lon=picture.lon,
        lat=picture.lat,
        uploaded_at=clock.now(),
        uploaded_by_id=actor.user_id,
    )
    suffix = "jpg" if picture.kind == "image" else "pdf"
    photo.file.save(f"{key}.{suffix}", ContentFile(picture.data), save=False)
    if picture.thumb:
        photo.thumb.save(f"{key}.s.jpg", ContentFile(picture.thumb), save=False)
    photo.save(force_insert=True)
    audit.record(actor, "orders.upload", None, label=str(key))
    return photo


def attach_photos(order: Order, ids: Sequence[UUID], *, actor: Actor, role: PhotoRole) -> int:
    """Attach loose uploads to `order`; each id must be loose and, if a member's, the actor's own.

    Called inside a verb's transaction. Raises `Refused("unknown_upload")` for the first bad id.
    """
    if not ids:
        return 0
    if len(ids) > MAX_PHOTOS:
        raise Refused("too_many_photos", 422, field="photos", most=MAX_PHOTOS)
    found = {
        photo.pk: photo
        for photo in Photo.objects.select_for_update().filter(pk__in=ids, order__isnull=True)
    }
    for each in ids:
        photo = found.get(each)
        if photo is None or photo.uploaded_by_id not in {None, actor.user_id}:
            raise Refused("unknown_upload", 422, field="photos", given=str(each))
    changes: dict[str, Any] = {"order_id": order.pk, "role": role}
    return Photo.objects.filter(pk__in=found).update(**changes)

"""Removing uploads that nobody attached to an order."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.orders.models import Photo

KEEP_LOOSE = timedelta(days=1)
BATCH = 500


@transaction.atomic
def sweep_uploads(*, actor: Actor) -> int:
    """Delete up to 500 loose uploads older than a day, then their files; returns how many."""
    loose = Photo.objects.select_for_update(skip_locked=True).filter(
        order__isnull=True, uploaded_at__lt=clock.now() - KEEP_LOOSE
    )
    photos = list(loose[:BATCH])
    for photo in photos:
        for name in filter(None, (photo.file.name, photo.thumb.name)):
            # After the commit: a file without a row is harmless, a row without a file is not.
            transaction.on_commit(partial(default_storage.delete, name))
    if photos:
        Photo.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
        audit.record(actor, "orders.sweep_uploads", label=str(len(photos)))
    return len(photos)

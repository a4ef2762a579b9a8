from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from PIL import Image

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import PUBLIC, system
from gridpact.orders.models import Photo
from gridpact.orders.services import keep_upload
from gridpact.orders.services.clock.sweep import sweep_uploads
from gridpact.orders.tasks import sweep
from tests.factories.world import World


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "JPEG")
    return buffer.getvalue()


def test_loose_uploads_go_after_a_day_with_their_files(
    world: World, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    old, young, kept = (keep_upload(picture(), "p.jpg", actor=PUBLIC) for _ in range(3))
    order = world.order()
    yesterday = clock.now() - timedelta(days=1, minutes=1)
    Photo.objects.filter(pk__in=[old.pk, kept.pk]).update(uploaded_at=yesterday)
    Photo.objects.filter(pk=kept.pk).update(order=order)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_uploads(actor=system("clock")) == 1
    assert set(Photo.objects.values_list("pk", flat=True)) == {young.pk, kept.pk}
    assert not default_storage.exists(old.file.name)
    assert not default_storage.exists(old.thumb.name)
    assert default_storage.exists(kept.file.name)
    assert AuditRow.objects.filter(action="orders.sweep_uploads", subject_label="1").count() == 1
    sweep(0)
    assert Photo.objects.count() == 2

"""Ending a task: with a note, a photo, or an order that takes the matter on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.duties.choices import TaskState
from gridpact.duties.models import Task, TaskPhoto
from gridpact.orders.models import Order, Photo

MAX_NOTE, MAX_PHOTOS = 2000, 9


@transaction.atomic
def finish_task(
    task: Task,
    *,
    actor: Actor,
    note: str = "",
    photos: Sequence[UUID] = (),
    order: Order | None = None,
) -> Task:
    """OPEN → DONE by its holder, with proof: a note, own loose uploads (by id), or an order.

    The order must be one the actor sees. Raises `Refused`: forbidden, task_ended,
    task_proof_missing, unknown_upload, too_many_photos, text_long, not_found.
    """
    row = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    require(actor, "duties.finish_task", row)
    if not row.is_open:
        raise Refused("task_ended", 409)
    said = note.replace("\r\n", "\n").strip()
    if len(said) > MAX_NOTE:
        raise Refused("text_long", 422, field="note", given=len(said), most=MAX_NOTE)
    if order is not None and not Order.objects.visible_to(actor).filter(pk=order.pk).exists():
        raise Refused("not_found", 404, field="order")
    if not (said or photos or order):
        raise Refused("task_proof_missing", 422, field="note")
    _keep(row, photos, actor)
    row.state, row.order = TaskState.DONE, order
    row.note = "\n".join(filter(None, (row.note, said)))
    row.ended_at, row.ended_by_id = clock.now(), actor.user_id
    row.save(update_fields=["state", "order", "note", "ended_at", "ended_by"])
    audit.record(actor, "duties.finish_task", row, before=TaskState.OPEN, after=row.state,
                 why=order.number if order is not None else "")  # fmt: skip
    return row


def _keep(task: Task, ids: Sequence[UUID], actor: Actor) -> None:
    """Take over loose uploads of the actor; the files stay where they are."""
    if len(ids) > MAX_PHOTOS:
        raise Refused("too_many_photos", 422, field="photos", most=MAX_PHOTOS)
    loose = Photo.objects.select_for_update().filter(
        pk__in=ids, order__isnull=True, uploaded_by_id=actor.user_id
    )
    found = {photo.pk: photo for photo in loose}
    for each in ids:
        if each not in found:
            raise Refused("unknown_upload", 422, field="photos", given=str(each))
    TaskPhoto.objects.bulk_create(
        [
            TaskPhoto(id=photo.pk, task=task, kind=photo.kind, file=photo.file.name,
                      thumb=photo.thumb.name or "", sha256=photo.sha256, taken_at=photo.taken_at,
                      uploaded_at=photo.uploaded_at)
            for photo in found.values()
        ]
    )  # fmt: skip
    Photo.objects.filter(pk__in=found).delete()

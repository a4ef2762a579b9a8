"""Writing the log, sealing it into the hash chain, and checking the chain."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models, transaction

from gridpact.audit.models import AuditRow, AuditSeal
from gridpact.core import clock
from gridpact.core.access import Actor

SEAL_LIMIT = 5000
GENESIS = "0" * 64
_SEAL_LOCK = 7_301_001  # advisory lock: one sealer at a time


def draft(
    actor: Actor,
    action: str,
    subject: models.Model | None = None,
    *,
    label: str = "",
    why: str = "",
    before: str = "",
    after: str = "",
) -> AuditRow:
    """An unsaved audit row, for verbs that insert all their rows in one statement."""
    return AuditRow(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_name=actor.name[:50],
        post=actor.post_label[:80],
        action=action,
        subject_type="" if subject is None else subject._meta.label_lower[:40],
        subject_id=subject.pk if subject is not None and isinstance(subject.pk, int) else None,
        subject_label=(label or ("" if subject is None else str(subject)))[:80],
        before=before[:64],
        after=after[:64],
        why=why,
        address=actor.address,
    )


def record(
    actor: Actor,
    action: str,
    subject: models.Model | None = None,
    *,
    label: str = "",
    why: str = "",
    before: str = "",
    after: str = "",
) -> None:
    """Write one audit row in the caller's transaction."""
    draft(actor, action, subject, label=label, why=why, before=before, after=after).save(
        force_insert=True
    )


def record_saved(
    actor: Actor,
    action: str,
    row: models.Model,
    was: Sequence[object] | None,
    now: Sequence[object],
) -> None:
    """Write that a row was made (`was` None) or changed, with fingerprints of its facts."""
    before = fingerprint(*was) if was is not None else ""
    record(actor, action, row, before=before, after=fingerprint(*now))


def fingerprint(*parts: object) -> str:
    """A short digest of a thing's content, for `before` and `after` (SHA-256, 16 hex digits)."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _chain(previous: str, rows: list[AuditRow]) -> str:
    hasher = hashlib.sha256(previous.encode())
    for row in rows:
        hasher.update(b"\x1e")
        hasher.update(row.canonical().encode())
    return hasher.hexdigest()


@transaction.atomic
def seal_batch() -> int:
    """Seal the committed rows that no seal covers yet; return how many (0 = nothing to do).

    Ids come from a sequence, so a row may become visible after a higher one: rows are therefore
    named one by one, and `floor` only moves over ids older than an hour.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditSeal.objects.order_by("-id").first()
    floor = last.floor if last else 0
    sealed = _sealed_above(floor)
    waiting = AuditRow.objects.filter(pk__gt=floor).exclude(pk__in=sealed).order_by("pk")
    rows = list(waiting[:SEAL_LIMIT])
    if not rows:
        return 0
    previous = last.digest if last else GENESIS
    AuditSeal.objects.create(
        at=clock.now(),
        row_ids=[row.pk for row in rows],
        top=rows[-1].pk,
        floor=_new_floor(floor, rows[-1].pk),
        previous=previous,
        digest=_chain(previous, rows),
    )
    return len(rows)


def _sealed_above(floor: int) -> set[int]:
    """Ids above `floor` that seals name already."""
    batches = AuditSeal.objects.filter(top__gt=floor).values_list("row_ids", flat=True)
    return {each for ids in batches for each in ids if each > floor}


def _new_floor(floor: int, top: int) -> int:
    """The highest id up to `top` older than an hour: nothing appears below it any more."""
    settled = AuditRow.objects.filter(
        pk__gt=floor, pk__lte=top, at__lt=clock.now() - timedelta(hours=1)
    ).order_by("-pk")
    return settled.values_list("pk", flat=True).first() or floor


@dataclass(frozen=True)
class Verdict:
    """What `verify_chain` found; `broken` is the id of the first bad seal, or None."""

    rows: int
    seals: int
    unsealed: int
    broken: int | None
    reason: str


def verify_chain() -> Verdict:
    """Recompute every seal from its rows. Reads the whole log once, in batches."""
    previous, rows_seen, seals = GENESIS, 0, 0
    for seal in AuditSeal.objects.order_by("id").iterator(chunk_size=20):
        rows = list(AuditRow.objects.filter(pk__in=seal.row_ids).order_by("pk"))
        if len(rows) != len(seal.row_ids):
            return Verdict(rows_seen, seals, 0, seal.pk, "rows are missing")
        if seal.previous != previous:
            return Verdict(rows_seen, seals, 0, seal.pk, "a seal is missing")
        if _chain(previous, rows) != seal.digest:
            return Verdict(rows_seen, seals, 0, seal.pk, "a row was changed")
        previous, rows_seen, seals = seal.digest, rows_seen + len(rows), seals + 1
    unsealed = AuditRow.objects.count() - rows_seen
    return Verdict(rows_seen, seals, unsealed, None, "")

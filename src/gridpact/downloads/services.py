"""Asking for a file, writing it, cancelling it, throwing it away."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from gridpact.accounts.models import User
from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.words import checked_words
from gridpact.downloads.choices import BUSY, KEEP, LOST, STALE, Format, State
from gridpact.downloads.kinds import ExportKind, export_kind
from gridpact.downloads.models import Download, folder
from gridpact.notify.services import tell
from gridpact.ui.sheets import write_csv, write_xlsx

BEAT_ROWS = 2000  # rows between two signs of life
SPARE_BYTES = 100 * 1024 * 1024  # never fill a disk to its last byte: the database needs some
_CHUNK = 1 << 20


@transaction.atomic
def ask_download(
    key: str, *, actor: Actor, params: dict[str, Any], file_format: str, reason: str
) -> Download:
    """Put the export `key` with `params` into the queue; the caller defers the job.

    Raises `Refused`: `unknown_export` (422), `forbidden` (403), `download_reason` (422),
    `bad_input` (422), `download_running` (409) while the same file is made for the same person.
    """
    kind = export_kind(key)
    require(actor, "downloads.ask", kind)
    _check_text(params)
    why = " ".join(reason.split())[:200]  # one line: it heads the file
    if not why:
        raise Refused("download_reason", 422, field="reason")
    scope = kind.scope(actor, params)[:200]
    download = Download(
        user_id=actor.user_id or 0, kind=key, label=f"{kind.title}: {scope}"[:120], params=params,
        digest=_digest(key, file_format, params), acting_as=actor.acting_as,
        format=Format(file_format), reason=why, scope=scope, asked_at=clock.now(),
        total=kind.count(actor, params),
    )  # fmt: skip
    try:
        with transaction.atomic():
            download.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("download_running", 409) from error
    audit.record(
        actor, f"{key}.export", download, label=download.label[:80], why=f"{why} | {scope}"[:500]
    )
    return download


def _check_text(params: dict[str, Any]) -> None:
    """Refuse names and values that the database cannot keep."""
    try:
        for name, value in params.items():
            checked_words(name)
            checked_words(str(value))
    except ValueError as error:
        raise Refused("bad_input", 422, field="params", why=str(error)) from error


def _digest(key: str, file_format: str, params: dict[str, Any]) -> str:
    what = orjson.dumps([key, file_format, params], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(what).hexdigest()


@transaction.atomic
def cancel_download(download: Download, *, actor: Actor) -> Download:
    """QUEUED | RUNNING → CANCELLED; a job that writes notices it at its next sign of life."""
    fresh = Download.objects.select_for_update().get(pk=download.pk)
    require(actor, "downloads.cancel", fresh)
    if fresh.state not in BUSY:
        raise Refused("download_ended", 409)
    fresh.state = State.CANCELLED
    fresh.save(update_fields=["state"])
    audit.record(actor, "downloads.cancel", fresh, label=fresh.label[:80])
    return fresh


def take_file(download: Download, *, actor: Actor) -> Path:
    """The finished file, for its owner, on record. Raises `Refused("download_not_ready", 409)`."""
    require(actor, "downloads.take", download)
    if download.state != State.READY or not download.path.is_file():
        raise Refused("download_not_ready", 409)
    audit.record(
        actor, "downloads.take", download, label=download.label[:80], after=download.sha256
    )
    return download.path


class _Ended(Exception):
    """The download was cancelled, or the server stops, while it was written."""


def run_download(pk: int, stopping: Callable[[], bool] = lambda: False) -> None:
    """Write one queued download; started twice it does nothing. `stopping` is asked as rows go by.

    Whatever goes wrong leaves no half file, and a state with its reason.
    """
    taken = Download.objects.filter(pk=pk, state=State.QUEUED).update(
        state=State.RUNNING, beat_at=clock.now()
    )
    if not taken:
        _give_up_lost(pk)
        return
    download = Download.objects.select_related("user").get(pk=pk)
    target = folder() / f"{download.pk}.{download.format}"
    try:
        _write(download, target, stopping)
    except _Ended:
        _fail(download, "download_stopped")  # of a cancelled one the state is another already
    except Refused as refusal:
        _fail(download, refusal.code)
    except OSError:
        _fail(download, "download_disk" if _is_full() else "download_broken")
    except Exception:
        _fail(download, "download_broken")
        raise
    else:
        return
    target.unlink(missing_ok=True)


def _give_up_lost(pk: int) -> None:
    """A job that begins again after its worker was killed: say so at once, leave no half file."""
    lost = Download.objects.filter(pk=pk, state=State.RUNNING, beat_at__lt=clock.now() - LOST)
    for download in lost:
        _fail(download, "download_stopped")
        download.path.unlink(missing_ok=True)


def _write(download: Download, target: Path, stopping: Callable[[], bool]) -> None:
    kind = export_kind(download.kind)
    actor = _actor(download)
    if not can(actor, "downloads.ask", kind):
        raise Refused("download_right", 403)
    folder().mkdir(parents=True, exist_ok=True)
    if _is_full():
        raise Refused("download_disk", 409)
    watch = _Watch(download, stopping)
    rows = watch.over(kind.rows(actor, download.params))
    facts = _cover(download, actor)
    mark = " · ".join(value for _name, value in facts)
    with target.open("wb") as file:
        digest = _copy(_blocks(download, kind, rows, facts, mark), file.write)
    _finish(download, watch.rows, digest, target)


def _actor(download: Download) -> Actor:
    """The person as they are now: rights may have changed since they asked."""
    user: User = download.user
    if not user.is_active:
        raise Refused("download_right", 403)
    loader = import_string(settings.ACTOR_LOADER)
    actor: Actor = loader(user, acting_as=download.acting_as)
    return actor


def _cover(download: Download, actor: Actor) -> list[tuple[str, str]]:
    """Who, when, what for, which part: on the first sheet, in the footer and the properties."""
    at = clock.now().astimezone(clock.LOCAL)
    return [
        (_("Exported by"), f"{actor.name} {actor.post_label}".strip()),
        (_("When"), f"{at:%Y-%m-%d %H:%M}"),
        (_("What for"), download.reason),
        (_("Scope"), download.scope),
        (_("Note"), _("Personal details are masked. For official use only.")),
    ]


def _blocks(
    download: Download,
    kind: ExportKind,
    rows: Iterator[Sequence[object]],
    facts: list[tuple[str, str]],
    mark: str,
) -> Iterator[bytes]:
    """The file in blocks; temporary files lie on the same disk."""
    if download.format == Format.CSV:
        yield from write_csv(kind.columns, rows, mark=mark)
        return
    title = str(kind.title)
    with write_xlsx(
        kind.columns, rows, title=title, mark=mark, cover=facts, beside=folder()
    ) as book:
        while block := book.read(_CHUNK):
            yield block


def _copy(blocks: Iterator[bytes], write: Callable[[bytes], int]) -> str:
    hasher = hashlib.sha256()
    for block in blocks:
        hasher.update(block)
        write(block)
    return hasher.hexdigest()


class _Watch:
    """Counts rows as they go by, and every 2,000 says so and looks whether to go on."""

    def __init__(self, download: Download, stopping: Callable[[], bool]) -> None:
        self.rows = 0
        self._download, self._stopping = download, stopping

    def over(self, rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
        """The same rows. Raises `_Ended` when the download is no longer wanted."""
        for row in rows:
            yield row
            self.rows += 1
            if self.rows % BEAT_ROWS == 0:
                self._beat()

    def _beat(self) -> None:
        if self._stopping():
            raise _Ended
        if _is_full():
            raise Refused("download_disk", 409)
        running = Download.objects.filter(pk=self._download.pk, state=State.RUNNING)
        if not running.update(rows=self.rows, beat_at=clock.now()):
            raise _Ended


def _is_full() -> bool:
    return shutil.disk_usage(folder()).free < SPARE_BYTES


@transaction.atomic
def _finish(download: Download, rows: int, digest: str, target: Path) -> None:
    now = clock.now()
    done = Download.objects.filter(pk=download.pk, state=State.RUNNING).update(
        state=State.READY, rows=rows, total=rows, bytes=target.stat().st_size, sha256=digest,
        file=target.name, made_at=now, beat_at=now, expires_at=now + KEEP,
    )  # fmt: skip
    if not done:
        raise _Ended
    _tell(download, "download_ready")


@transaction.atomic
def _fail(download: Download, code: str) -> None:
    running = Download.objects.filter(pk=download.pk, state__in=BUSY)
    if running.update(state=State.FAILED, why_failed=code, made_at=clock.now()):
        _tell(download, "download_failed")


def _tell(download: Download, template: str) -> None:
    audience = {"rule": "users", "ids": [download.user_id]}
    tell(template, {"label": download.label}, audience, "/downloads/")


def sweep_downloads(*, actor: Actor) -> dict[str, int]:
    """Throw away files after a week, and give up on jobs that show no sign of life.

    Returns how many of each; running it again does nothing more.
    """
    now = clock.now()
    gone = list(Download.objects.filter(state=State.READY, expires_at__lt=now))
    for download in gone:
        download.path.unlink(missing_ok=True)
    Download.objects.filter(pk__in=[each.pk for each in gone]).update(state=State.GONE)
    dead = list(Download.objects.filter(state=State.RUNNING, beat_at__lt=now - STALE))
    for download in dead:
        _fail(download, "download_stopped")
        download.path.unlink(missing_ok=True)
    if gone:
        audit.record(actor, "downloads.sweep", label=str(len(gone)))
    return {"gone": len(gone), "dead": len(dead)}

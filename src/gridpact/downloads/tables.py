"""Rows of “My downloads”."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from gridpact.core.texts import refusal_text
from gridpact.downloads.choices import BUSY, State
from gridpact.downloads.models import Download

_TONES = {State.READY: "green", State.FAILED: "red", State.RUNNING: "amber"}
_ICONS = {
    State.READY: "circle-check", State.FAILED: "alert-triangle", State.RUNNING: "loader",
    State.QUEUED: "clock", State.CANCELLED: "x", State.GONE: "trash",
}  # fmt: skip


class DownloadRow(NamedTuple):
    """One file: what, for what, how far, and what can be done with it."""

    label: str
    reason: str
    kind: str
    state: str
    tone: str
    icon: str
    why: str
    rows: int
    total: int | None
    size: str
    asked_at: datetime
    expires_at: datetime | None
    href: str
    cancel_href: str
    sha256: str


def download_rows(downloads: Iterable[Download]) -> list[DownloadRow]:
    """What the page shows of each download."""
    return [_row(each) for each in downloads]


def _row(each: Download) -> DownloadRow:
    state = State(each.state)
    busy, ready = state in BUSY, state == State.READY
    return DownloadRow(
        label=each.label,
        reason=each.reason,
        kind=each.get_format_display(),
        state=str(state.label),
        tone=_TONES.get(state, "grey"),
        icon=_ICONS[state],
        why=refusal_text(each.why_failed, {}) if each.why_failed else "",
        rows=each.rows,
        total=each.total,
        size=filesizeformat(each.bytes) if each.bytes else "",
        asked_at=each.asked_at,
        expires_at=each.expires_at if ready else None,
        href=reverse("downloads:file", args=(each.pk,)) if ready else "",
        cancel_href=reverse("downloads:cancel", args=(each.pk,)) if busy else "",
        sha256=each.sha256 if ready else "",
    )

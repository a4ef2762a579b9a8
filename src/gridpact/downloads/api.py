"""Downloads for programs: ask, look how far it is, take the file."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import BaseModel, Field

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Refused
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.core.texts import refusal_text
from gridpact.core.words import Words
from gridpact.downloads.models import Download
from gridpact.downloads.services import ask_download, cancel_download, take_file
from gridpact.downloads.tasks import queue

router = Router(tags=["downloads"], auth=SIGNED_IN)
SHOWN = 50


class DownloadBody(BaseModel):
    """`params` are the filters of the list, as in its address; `reason` is kept in the log."""

    kind: Words = "orders"
    format: Literal["xlsx", "csv"] = "xlsx"
    reason: Words = ""
    params: dict[str, Words] = Field(default_factory=dict, max_length=20)


class DownloadOut(Schema):
    """A file of the caller; `rows` grows while it is RUNNING."""

    id: int
    kind: str
    label: str
    format: str
    reason: str
    state: str
    rows: int
    bytes: int
    sha256: str
    why_failed: str
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None


class DownloadsOut(Schema):
    """The caller's latest files."""

    items: list[DownloadOut]


def _json(each: Download) -> dict[str, Any]:
    names = (
        "kind", "label", "format", "reason", "state", "rows", "bytes", "sha256", "asked_at",
        "made_at", "expires_at",
    )  # fmt: skip
    why = refusal_text(each.why_failed, {}) if each.why_failed else ""
    return {"id": each.pk, "why_failed": why, **{name: getattr(each, name) for name in names}}


def _find(request: HttpRequest, pk: int) -> Download:
    rows = Download.objects.visible_to(actor_of(request))
    found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise Refused("not_found", 404)
    return found


@router.get("", response=DownloadsOut)
def downloads(request: HttpRequest) -> HttpResponse:
    """The caller's 50 latest files."""
    rows = Download.objects.visible_to(actor_of(request))[:SHOWN]
    return answer({"items": [_json(row) for row in rows]})


@router.post("", response={202: DownloadOut}, openapi_extra=body_docs(DownloadBody))
def ask(request: HttpRequest) -> HttpResponse:
    """Let a file be made in the background."""
    actor = actor_of(request)
    body = read_body(request, DownloadBody)

    def ask_it() -> dict[str, Any]:
        with transaction.atomic():
            made = ask_download(
                body.kind, actor=actor, params=body.params, file_format=body.format,
                reason=body.reason,
            )  # fmt: skip
            queue(made)
        return _json(made)

    return answer_once(request, ask_it, status=202)


@router.get("/{int:pk}", response=DownloadOut)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one file is."""
    return answer(_json(_find(request, pk)))


@router.post("/{int:pk}/cancel", response=DownloadOut)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop making it."""
    found, actor = _find(request, pk), actor_of(request)
    return answer_once(request, lambda: _json(cancel_download(found, actor=actor)))


@router.get("/{int:pk}/file", response={200: None})
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The finished file."""
    found = _find(request, pk)
    path = take_file(found, actor=actor_of(request))
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.file_name)

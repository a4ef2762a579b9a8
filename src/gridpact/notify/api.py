"""The bell for programs: messages of the caller, and marking them read."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import BaseModel, Field

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.notify.models import Notification
from gridpact.notify.services import mark_read
from gridpact.ui.paging import keyset_page

router = Router(tags=["notifications"], auth=SIGNED_IN)


class NotificationOut(Schema):
    """A message in the reader's language; `link` is a page of this site."""

    id: int
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None


class NotificationPage(Schema):
    """A page of messages, newest first; `count` is how many are unread."""

    items: list[NotificationOut]
    count: int
    next: str | None


class ReadIn(BaseModel):
    """Which message was read; without `id` all of them."""

    id: int | None = Field(default=None, ge=1, lt=2**63)


class ReadOut(Schema):
    """How many messages were unread before."""

    read: int


@router.get("", response=NotificationPage)
def notifications(
    request: HttpRequest, unread: bool = False, cursor: str = "", limit: int = 50
) -> HttpResponse:
    """The caller's messages, newest first."""
    mine = Notification.objects.of(actor_of(request).user_id)
    rows = mine.unread() if unread else mine
    page = keyset_page(rows, ("-id",), cursor or None, limit)
    items = [
        {
            "id": row.pk,
            "text": row.text,
            "link": row.link,
            "created_at": row.created_at,
            "read_at": row.read_at,
        }
        for row in page.items
    ]
    return answer({"items": items, "count": mine.unread().count(), "next": page.next})


@router.post("/read", response=ReadOut, openapi_extra=body_docs(ReadIn, required=False))
def read(request: HttpRequest) -> HttpResponse:
    """Mark one message or all as read."""
    actor = actor_of(request)
    wanted = read_body(request, ReadIn).id
    return answer_once(request, lambda: {"read": mark_read(actor=actor, notification_id=wanted)})

"""The log for the audit administrator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.core.edge import actor_of, answer
from gridpact.core.words import Moment, Words

router = Router(tags=["audit"])
MAX_PAGE = 200


class AuditQuery(Schema):
    """Filters; all optional. `since` and `until` are instants, `cursor` comes from `next`."""

    action: Words = ""
    actor: Words = ""
    subject: Words = ""
    since: Moment | None = None
    until: Moment | None = None
    cursor: int | None = None
    limit: int = 50


class AuditOut(Schema):
    """One verb: who, as which post, did what to which thing, when, from where and why."""

    id: int
    at: datetime
    actor_kind: str
    actor: str
    post: str
    action: str
    subject_type: str
    subject: str
    before: str
    after: str
    why: str
    address: str


class AuditPage(Schema):
    """A page of the log, newest first; it is too long to count."""

    items: list[AuditOut]
    count: None
    next: str | None


@router.get("", response=AuditPage)
def audit_log(request: HttpRequest, query: Query[AuditQuery]) -> HttpResponse:
    """Rows of the log, newest first, for holders of `audit.read`."""
    if not actor_of(request).has("audit.read"):
        raise Refused("forbidden", 403, verb="audit.read")
    size = min(max(query.limit, 1), MAX_PAGE)
    rows = list(_filtered(query)[: size + 1])
    more = len(rows) > size
    page = rows[:size]
    cursor = str(page[-1].pk) if more else None
    return answer({"items": [_item(row) for row in page], "count": None, "next": cursor})


def _filtered(query: AuditQuery) -> QuerySet[AuditRow]:
    rows = AuditRow.objects.order_by("-id")
    if query.action:
        rows = rows.filter(action=query.action)
    if query.actor:
        rows = rows.filter(actor_name=query.actor)
    if query.subject:
        rows = rows.filter(subject_label=query.subject)
    if query.since:
        rows = rows.filter(at__gte=query.since)
    if query.until:
        rows = rows.filter(at__lt=query.until)
    if query.cursor is not None:
        rows = rows.filter(pk__lt=min(query.cursor, 2**63 - 1))
    return rows


def _item(row: AuditRow) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": row.at,
        "actor_kind": row.actor_kind,
        "actor": row.actor_name,
        "post": row.post,
        "action": row.action,
        "subject_type": row.subject_type,
        "subject": row.subject_label,
        "before": row.before,
        "after": row.after,
        "why": row.why,
        "address": row.address,
    }

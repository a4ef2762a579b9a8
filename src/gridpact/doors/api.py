"""The other doors for programs: chain texts, and how orders of another system stand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.core.masking import mask_numbers, mask_phone
from gridpact.core.words import Words
from gridpact.doors.models import ChainEntry
from gridpact.doors.schemas import ChainIn, ChainOut, SourceStatusOut, StatusQuery
from gridpact.doors.services import Paste, Reading, Saved, read_paste, save_chain, told
from gridpact.doors.services.chains import Line
from gridpact.doors.tables import unit_of
from gridpact.ui.paging import keyset_page

router = Router(tags=["orders"], auth=SIGNED_IN)


@router.post("/chain", response={200: ChainOut, 201: ChainOut}, openapi_extra=body_docs(ChainIn))
def chain(request: HttpRequest) -> HttpResponse:
    """Read a pasted chain text 接龙; without `dry_run` keep it and place its orders (201)."""
    actor = actor_of(request)
    require(actor, "orders.submit_for")
    body = read_body(request, ChainIn)
    paste = Paste(body.text, body.cell, body.group, body.kind, body.day)
    if body.dry_run:
        return answer(chain_json(read_paste(paste, actor=actor)))

    def save() -> dict[str, Any]:
        saved = save_chain(paste, actor=actor, withdraw=set(body.withdraw))
        return chain_json(saved.reading, saved)

    return answer_once(request, save, status=201)


def chain_json(reading: Reading, saved: Saved | None = None) -> dict[str, Any]:
    """A reading, and what saving it did."""
    parsed, chain = reading.parsed, saved.chain if saved else reading.saved
    return {
        "id": chain.pk if chain else None,
        "title": parsed.title,
        "kind": reading.kind,
        "day": reading.day.isoformat(),
        "example": list(parsed.example),
        "tail": list(parsed.tail),
        "entries": [_entry(line) for line in reading.lines],
        "differences": {
            "new": _numbers(reading, "new"),
            "changed": sorted(_numbers(reading, "changed") + _numbers(reading, "back")),
            "same": _numbers(reading, "same"),
            "withdrawn": [_gone(row) for row in reading.withdrawn],
        },
        "not_understood": [
            {"line": each.line, "text": mask_numbers(each.text), "why": each.why}
            for each in parsed.unread
        ],
        "orders": [order.number for order in saved.opened] if saved else [],
        "withdrawn_orders": saved.ended if saved else [],
        "kept_orders": saved.kept if saved else [],
        "dry_run": saved is None,
    }


def _numbers(reading: Reading, status: str) -> list[int]:
    return [line.entry.number for line in reading.of(status)]


def _entry(line: Line) -> dict[str, Any]:
    entry = line.entry
    order = line.row.order if line.row is not None else None
    return {
        "number": entry.number,
        "line": entry.line,
        "name": entry.name,
        "phone": mask_phone(entry.phone),
        "place": entry.place,
        "count": entry.count,
        "remark": mask_numbers(entry.remark),
        "doubts": list(entry.doubts),
        "known_as": line.known_as,
        "status": line.status,
        "order": order.number if order is not None else None,
    }


def _gone(row: ChainEntry) -> dict[str, Any]:
    order = row.order.number if row.order is not None else None
    remark = mask_numbers(row.remark)
    return {"id": row.pk, "number": row.number, "name": row.name, "remark": remark, "order": order}


@router.get("/sources/{system}/status", response=SourceStatusOut)
def status(request: HttpRequest, system: Words, query: Query[StatusQuery]) -> HttpResponse:
    """How the orders in sight that came from a source system (a hotline's code) stand here."""
    rows: Any = told(system, actor=actor_of(request))
    if query.since is not None:
        rows = rows.filter(changed_at__gt=query.since)
    page = keyset_page(rows, ("id",), query.cursor or None, query.limit)
    items = [
        {
            "source_number": order.source_number,
            "number": order.number,
            "state": order.state,
            "unit": unit_of(order),
            "answer": mask_numbers(order.answer),
            "created_at": order.created_at,
            "finished_at": order.finished_at,
            "closed_at": order.closed_at,
            "changed_at": order.changed_at,
        }
        for order in page.items
    ]
    return answer({"items": items, "next": page.next})

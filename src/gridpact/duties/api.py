"""Work items, the matrix and tasks for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.duties.choices import Category, TaskState
from gridpact.duties.models import Task, WorkItem
from gridpact.duties.schemas import (
    FinishIn,
    MatrixOut,
    MatrixQuery,
    TaskOut,
    TaskPage,
    TaskQuery,
    WorkItemOut,
)
from gridpact.duties.selectors import matrix as reads
from gridpact.duties.selectors.mine import one_task, seen_tasks
from gridpact.duties.services import finish_task
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.grid.territory import in_sight, own_cells, seen_cell
from gridpact.orders.models import Order
from gridpact.ui.paging import keyset_page

items = Router(tags=["duties"], auth=SIGNED_IN)
duties = Router(tags=["duties"], auth=SIGNED_IN)
tasks = Router(tags=["duties"], auth=SIGNED_IN)


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.has("grid.read"):
        raise Refused("forbidden", 403)
    return actor


@items.get("", response=list[WorkItemOut])
def work_items(request: HttpRequest) -> HttpResponse:
    """All work items in their order, those no longer used too."""
    _reader(request)
    return answer(
        [
            {
                "code": row.code, "name": row.name, "category": row.category,
                "levels": row.levels, "cadence": row.cadence, "required": row.required,
                "guidance": row.guidance, "lead_kinds": row.lead_kinds,
                "assist_kinds": row.assist_kinds, "supervise_kinds": row.supervise_kinds,
                "active": row.is_active,
            }
            for row in WorkItem.objects.all()
        ]
    )  # fmt: skip


@duties.get("/matrix", response=MatrixOut)
def matrix(request: HttpRequest, query: Query[MatrixQuery]) -> HttpResponse:
    """Who leads, assists and supervises what in the cells of one level below a cell."""
    actor = _reader(request)
    _allowed("level", query.level, Level.values)
    _allowed("category", query.category, Category.values)
    cell = _cell(actor, query.cell)
    level = reads.level_of(cell, query.level.upper())
    rows = list(reads.items_of(level, query.category.upper()))
    cells = reads.cells_of(actor, cell, level)
    if query.findings:
        cells = reads.with_findings(cells)
    page = keyset_page(cells, ("code",), query.cursor or None, query.limit)
    found = reads.matrix(rows, page.items)
    lines = [
        {
            "code": line.cell.code,
            "name": line.cell.name,
            "level": line.cell.level,
            "fields": [
                {"item": item.code, "roles": list(one.roles), "blank": one.blank,
                 "ended": one.ended}
                for item, one in zip(found.items, line.fields, strict=True)
            ],
        }
        for line in found.lines
    ]  # fmt: skip
    return answer(
        {"level": level, "items": [row.code for row in rows], "lines": lines,
         "blanks": found.blanks, "ended": found.ended, "next": page.next}
    )  # fmt: skip


def _allowed(field: str, given: str, allowed: list[str]) -> None:
    if given and given.upper() not in allowed:
        why = _("unknown; expected one of %(allowed)s") % {"allowed": ", ".join(allowed)}
        raise Refused("bad_input", 422, field=field, why=why)


def _cell(actor: Actor, code: str) -> Cell:
    sight = in_sight(actor)
    own = [] if code else own_cells(actor, sight)
    return own[0] if own else seen_cell(sight, code)


@tasks.get("", response=TaskPage)
def list_tasks(request: HttpRequest, query: Query[TaskQuery]) -> HttpResponse:
    """The caller's tasks, or all in sight of a head or desk."""
    actor = actor_of(request)
    _allowed("state", query.state, TaskState.values)
    rows = seen_tasks(actor)
    if query.mine:
        rows = rows.of(actor.user_id)
    if query.cell:
        rows = rows.under(seen_cell(in_sight(actor), query.cell))
    if query.state:
        rows = rows.filter(state=query.state.upper())
    if query.overdue:
        rows = rows.overdue()
    rows = rows.select_related("cell", "order").defer("cell__boundary").prefetch_related("photos")
    page = keyset_page(rows, ("due_on", "id"), query.cursor or None, query.limit)
    return answer({"items": [_task(row) for row in page.items], "next": page.next})


@tasks.post("/{key}/finish", response=TaskOut, openapi_extra=body_docs(FinishIn))
def finish(request: HttpRequest, key: int) -> HttpResponse:
    """End one's own task with a note, photos (uploaded before) or an order."""
    actor = actor_of(request)
    body = read_body(request, FinishIn)
    task = one_task(actor, key)
    order = None
    if body.order:
        number = body.order.upper()
        order = Order.objects.visible_to(actor).filter(number=number).first()
        if order is None:
            raise Refused("not_found", 404, field="order")
    finish_task(task, actor=actor, note=body.note, photos=body.photos, order=order)
    return answer(_task(one_task(actor, key)))


def _task(row: Task) -> dict[str, Any]:
    """A task as the API gives it."""
    return {
        "id": row.pk,
        "title": row.title,
        "item": row.item.code if row.item is not None else None,
        "cell": row.cell.code,
        "state": row.state,
        "due_on": row.due_on,
        "overdue": row.is_overdue,
        "holder": str(row.user) if row.user is not None else None,
        "post": row.post.kind.name if row.post is not None else None,
        "level": row.level,
        "climbed_from": row.climbed_from_id,
        "note": row.note,
        "photos": [str(photo.pk) for photo in row.photos.all()],
        "order": row.order.number if row.order is not None else None,
        "made_at": row.made_at,
        "ended_at": row.ended_at,
    }

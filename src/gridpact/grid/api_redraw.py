"""Redraws for programs: look at one, make it, take it back, list what was made and planned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.core.words import Words
from gridpact.grid.models import Redraw
from gridpact.grid.redraws import one_redraw, redraws_of, seen_to_redraw
from gridpact.grid.services.redraw import Preview, plan_redraw, preview_redraw, undo_redraw
from gridpact.ui.paging import keyset_page

cells = Router(tags=["grid"], auth=SIGNED_IN)
router = Router(tags=["grid"], auth=SIGNED_IN)


class RedrawBody(BaseModel):
    """`kind` and what it needs; `effective_on` is today or later, `dry_run` only looks.

    name: RENAME, MERGE. parent: MOVE. line or parts, names, cut: SPLIT. with: MERGE.
    children_to: CLOSE. boundary, take_from (codes), give_to (a code): BOUNDARY. Shapes are GeoJSON
    in WGS-84.
    """

    model_config = ConfigDict(populate_by_name=True)

    kind: Words
    effective_on: date | None = None
    reason: Words = ""
    dry_run: bool = False
    name: Words = ""
    parent: Words = ""
    line: dict[str, Any] | None = None
    parts: list[dict[str, Any]] = Field(default_factory=list)
    names: list[Words] = Field(default_factory=list)
    cut: Words = ""
    others: list[Words] = Field(default_factory=list, alias="with")
    children_to: Words = ""
    boundary: dict[str, Any] | None = None
    take_from: list[Words] = Field(default_factory=list)
    give_to: Words = ""

    def request(self) -> dict[str, Any]:
        """What the verb asks for."""
        keys = {"name", "parent", "line", "parts", "names", "cut", "others", "children_to",
                "boundary", "take_from", "give_to"}  # fmt: skip
        return self.model_dump(include=keys, by_alias=True)


class NoBody(BaseModel):
    """Nothing is asked for."""


class RedrawOut(Schema):
    """A redraw: `state` is PLANNED, DONE or UNDONE, `cell` a code."""

    code: str
    kind: str
    state: str
    cell: str
    effective_on: date
    reason: str
    made_at: datetime
    done_at: datetime | None
    undone_at: datetime | None
    moves: dict[str, Any]


class PreviewOut(Schema):
    """What a redraw would do. It is `possible` without faults; `becomes` names new cells."""

    dry_run: bool
    possible: bool
    moves: list[dict[str, Any]]
    orphans: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    becomes: list[dict[str, str]]
    outlines: dict[str, Any]


class RedrawQuery(Schema):
    """Filters of the list: a state, and the code of a cell that was redrawn."""

    state: Words = ""
    cell: Words = ""
    cursor: Words = ""
    limit: int = Field(default=50, ge=1, le=200)


class RedrawPage(Schema):
    """Redraws, the newest first."""

    items: list[RedrawOut]
    count: int | None
    next: str | None


@cells.post("/{code}/redraw", response={200: PreviewOut, 201: RedrawOut},
            openapi_extra=body_docs(RedrawBody))  # fmt: skip
def redraw(request: HttpRequest, code: str) -> HttpResponse:
    """Look (`dry_run`, 200) or make it (201); refusals have the codes of the preview's faults."""
    actor = actor_of(request)
    cell = seen_to_redraw(actor, code)
    body = read_body(request, RedrawBody)
    day = body.effective_on or clock.today()
    kind = body.kind.upper()
    if body.dry_run:
        seen = preview_redraw(kind, cell, effective_on=day, request=body.request(), actor=actor)
        return answer(preview_json(seen))

    def make() -> dict[str, Any]:
        made = plan_redraw(
            kind, cell, effective_on=day, reason=body.reason, request=body.request(), actor=actor
        )
        return redraw_json(made)

    return answer_once(request, make, status=201)


def preview_json(seen: Preview) -> dict[str, Any]:
    """A preview as programs read it."""
    return {
        "dry_run": True,
        "possible": seen.is_possible,
        "outlines": seen.outlines,
        **seen.as_dict(),
    }


def redraw_json(row: Redraw) -> dict[str, Any]:
    """A redraw as programs read it."""
    names = ("code", "kind", "state", "effective_on", "reason", "made_at", "done_at", "undone_at",
             "moves")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"cell": row.cell.code}


@router.get("", response=RedrawPage)
def redraws(request: HttpRequest, query: Query[RedrawQuery]) -> HttpResponse:
    """Redraws of cells in the caller's territory, the newest first."""
    rows = redraws_of(_reader(request), query.state.upper(), query.cell)
    page = keyset_page(rows, ("-made_at", "-id"), query.cursor or None, query.limit)
    items = [redraw_json(row) for row in page.items]
    return answer({"items": items, "count": rows.count(), "next": page.next})


@router.get("/{code}", response=RedrawOut)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One redraw."""
    return answer(redraw_json(one_redraw(_reader(request), code)))


@router.post("/{code}/undo", response=RedrawOut, openapi_extra=body_docs(NoBody, required=False))
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back while nothing depends on it; 409 names what does."""
    actor = _reader(request)
    row = one_redraw(actor, code)
    return answer_once(request, lambda: redraw_json(undo_redraw(row, actor=actor)))


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.has("grid.read"):
        raise Refused("forbidden", 403)
    return actor

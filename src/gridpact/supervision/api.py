"""The supervision desk for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, checked, read_body
from gridpact.core.words import Words
from gridpact.grid.models import Cell
from gridpact.orders.models import Order, Supervision
from gridpact.orders.selectors.queues import standing_cell
from gridpact.supervision import services
from gridpact.supervision.filters import DeskFilter
from gridpact.supervision.models import Instruction
from gridpact.supervision.selectors import desk_counts, desk_rows, in_area, week_of, weekly
from gridpact.supervision.tables import card_rows
from gridpact.ui.paging import keyset_page

router = Router(tags=["supervision"], auth=SIGNED_IN)


class SupervisionQuery(Schema):
    """`what` is red, yellow, word, warned, waiting or empty; `cell`, `org`, `desk` take codes."""

    what: Words = ""
    cell: Words = ""
    klass: Words = ""
    step: Words = ""
    org: Words = ""
    desk: Words = ""
    q: Words = ""
    cursor: Words = ""
    limit: int = 50


class InstructionOut(Schema):
    """An instruction, and its answer once there is one."""

    id: int
    text: str
    at: datetime
    by: str
    answer: str
    answered_at: datetime | None


class SupervisedOut(Schema):
    """An order under a card, warned, or instructed."""

    number: str
    title: str
    state: str
    step: str
    card: str
    light: int
    reason: str
    since: datetime | None
    limit_at: datetime | None
    due_at: datetime | None
    holder: str
    desk: str
    instructions: list[InstructionOut]


class SupervisionDeskOut(Schema):
    """A page of the desk; `counts` by kind, 1000 meaning that many or more."""

    items: list[SupervisedOut]
    counts: dict[str, int]
    next: str | None


class SupervisionLineOut(Schema):
    """Cards given to one unit or community in the week."""

    name: str
    red: int
    yellow: int
    word: int
    over: int


class SupervisionCardOut(Schema):
    """One card of the week."""

    number: str
    title: str
    card: str
    unit: str
    reason: str
    given: datetime
    limit: datetime | None
    closed: datetime | None
    over: bool
    kept: bool


class SupervisionWeekOut(Schema):
    """The weekly list; `kept` of `due` is the share closed in the limit of their card."""

    week: str
    monday: date
    sunday: date
    units: list[SupervisionLineOut]
    communities: list[SupervisionLineOut]
    cards: list[SupervisionCardOut]
    due: int
    kept: int


class InstructionBody(BaseModel):
    """What is written."""

    text: Words = ""


def _cell(actor: Actor, code: str) -> Cell | None:
    if not code:
        return standing_cell(actor)
    cell = Cell.objects.open().defer("boundary").filter(code=code).first()
    if cell is None:
        raise Refused("cell_unknown", 422, field="cell", code=code[:20])
    return cell


@router.get("", response=SupervisionDeskOut)
def desk(request: HttpRequest, query: Query[SupervisionQuery]) -> HttpResponse:
    """Orders with a card, warned, or with an instruction, most urgent first."""
    actor = actor_of(request)
    require(actor, "supervision.read", None)
    area = in_area(actor, _cell(actor, query.cell))
    named = {"what", "klass", "step", "org", "desk", "q"}
    form = checked(DeskFilter, query.model_dump(include=named))
    page = keyset_page(
        desk_rows(area, form, actor), ("due_at", "id"), query.cursor or None, query.limit
    )
    counts = {what or "all": count for what, count in desk_counts(area, form, actor).items()}
    items = [_supervised(order) for order in page.items]
    return answer({"items": items, "counts": counts, "next": page.next})


def _supervised(order: Order) -> dict[str, Any]:
    cards: list[Supervision] = getattr(order, "cards", [])
    said: list[Instruction] = getattr(order, "said", [])
    card = cards[-1] if cards else None
    return {
        "number": order.number,
        "title": order.title,
        "state": order.state,
        "step": order.step,
        "card": order.card,
        "light": order.light,
        "reason": card.reason if card else "",
        "since": card.given_at if card else None,
        "limit_at": card.limit_at if card else None,
        "due_at": order.due_at,
        "holder": order.handler_label,
        "desk": order.desk.name,
        "instructions": [_instruction(one) for one in said],
    }


def _instruction(one: Instruction) -> dict[str, Any]:
    return {
        "id": one.pk,
        "text": one.text,
        "at": one.at,
        "by": f"{one.by_name} {one.post}".strip(),
        "answer": one.answer,
        "answered_at": one.answered_at,
    }


@router.get("/weekly", response=SupervisionWeekOut)
def week(request: HttpRequest, week: Words = "", cell: Words = "") -> HttpResponse:
    """Cards given from Monday to Sunday (`2026-W47`, empty for the present week)."""
    actor = actor_of(request)
    require(actor, "supervision.read", None)
    made = weekly(actor, _cell(actor, cell), week_of(week))
    names = SupervisionCardOut.model_fields
    cards = [
        {name: value for name, value in row._asdict().items() if name in names}
        for row in card_rows(made.cards)
    ]
    return answer(
        {
            "week": made.week.code,
            "monday": made.week.monday,
            "sunday": made.week.sunday,
            "units": made.units,
            "communities": made.communities,
            "cards": cards,
            "due": len(made.due),
            "kept": made.kept,
        }
    )


@router.post(
    "/{number}/instruct", response=InstructionOut, openapi_extra=body_docs(InstructionBody)
)
def instruct(request: HttpRequest, number: str) -> HttpResponse:
    """Write an instruction on an open order."""
    actor = actor_of(request)
    rows = Order.objects.visible_to(actor).with_parts()
    order = rows.filter(number=number.upper()[:20]).first()
    if order is None:
        raise Refused("not_found", 404)
    text = read_body(request, InstructionBody).text
    return answer_once(
        request, lambda: _instruction(services.instruct_order(order, actor=actor, text=text))
    )


@router.post(
    "/instructions/{int:pk}/answer",
    response=InstructionOut,
    openapi_extra=body_docs(InstructionBody),
)
def answer_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an instruction, by whoever has the order."""
    actor = actor_of(request)
    found = None
    if 0 < pk < 2**63:
        rows = Instruction.objects.visible_to(actor).select_related("order__cell", "order__desk")
        found = rows.filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", 404)
    text = read_body(request, InstructionBody).text
    return answer_once(
        request, lambda: _instruction(services.answer_instruction(found, actor=actor, text=text))
    )

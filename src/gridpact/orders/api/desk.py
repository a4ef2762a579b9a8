"""The triage desk for programs: its queue, one decision in one call, taking it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.grid.tree import tree
from gridpact.orders import services
from gridpact.orders.api.acts import org_id
from gridpact.orders.api.shapes import item_json, order_json
from gridpact.orders.api.staff import find, fresh
from gridpact.orders.choices import DESK, State
from gridpact.orders.filters import search
from gridpact.orders.models import Category, Order
from gridpact.orders.schemas import base as schemas
from gridpact.orders.schemas import desk as desk_schemas
from gridpact.orders.selectors import COUNT_CAP, capped_count
from gridpact.orders.selectors.desk import (
    ORDER_BY,
    Looker,
    again_rows,
    desk_cell,
    desk_rows,
    lookers,
)
from gridpact.orders.services import Ruling, allowed_now
from gridpact.orders.services.desk.triage import Target
from gridpact.ui.paging import keyset_page

router = Router(tags=["orders"], auth=SIGNED_IN)


@router.get("/desk", response=desk_schemas.TriageQueueOut)
def desk(request: HttpRequest, query: Query[desk_schemas.TriageQuery]) -> HttpResponse:
    """What waits for a decision where the caller decides, the most urgent first."""
    actor = actor_of(request)
    cell = desk_cell(actor)
    if cell is None:
        raise Refused("forbidden", 403)
    if query.tab not in {"own", "below", "again"}:
        raise Refused("bad_input", 422, field="tab", why=query.tab[:20])
    again = query.tab == "again"
    rows = again_rows(cell) if again else desk_rows(cell, below=query.tab == "below")
    rows = search(rows, query.q, actor, few=True)
    order_by = ("-created_at", "-id") if again else ORDER_BY
    page = keyset_page(rows.for_rows(), order_by, query.cursor or None, query.limit)
    count = capped_count(rows)
    seen = lookers([row.pk for row in page.items], actor)
    items = [_item(row, actor, seen.get(row.pk)) for row in page.items]
    return answer(
        {"items": items, "count": count if count < COUNT_CAP else None, "next": page.next}
    )


def _item(order: Order, actor: Actor, looker: Looker | None) -> dict[str, Any]:
    return {
        **item_json(order, actor, tree(), seen=True),
        "looker": None if looker is None else {"name": looker.name, "at": looker.at},
    }


@router.post(
    "/{number}/decide",
    response=schemas.OrderOut,
    openapi_extra=body_docs(desk_schemas.DecideBody),
)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Accept, class and pass on in one transaction; a refusal changes nothing."""
    actor = actor_of(request)

    def decide_it() -> dict[str, Any]:
        order = find(actor, number)
        _check(order, actor)
        body = read_body(request, desk_schemas.DecideBody)
        decided = services.decide_order(order, actor=actor, ruling=_ruling(body))
        return order_json(fresh(decided.pk), actor)

    return answer_once(request, decide_it)


@router.post("/{number}/undo", response=schemas.OrderOut)
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take back the caller's own decision of the last ten seconds."""
    actor = actor_of(request)

    def undo_it() -> dict[str, Any]:
        order = find(actor, number)
        return order_json(fresh(services.undo_order(order, actor=actor).pk), actor)

    return answer_once(request, undo_it)


def _check(order: Order, actor: Actor) -> None:
    """403 for those who never decide it, 409 where nothing is to be decided."""
    require(actor, "orders.triage", order)
    if order.state not in DESK:
        raise Refused(
            "wrong_state",
            409,
            verb="decide",
            state=State(order.state).label,
            allowed=allowed_now(order, actor),
        )


def _ruling(body: desk_schemas.DecideBody) -> Ruling:
    given = body.to
    org = None if given.org is None else org_id(given.org, "org")
    named = any(each is not None for each in (given.post, org, given.officer))
    category = None
    if body.category:
        category = Category.objects.filter(code=body.category, is_active=True).first()
        if category is None:
            raise Refused("category_unknown", 422, field="category", given=body.category[:20])
    return Ruling(
        klass=body.klass.upper(),
        reason=body.reason,
        way=body.way.lower(),
        category=category,
        to=Target(post=given.post, org=org, officer=given.officer) if named else None,
        slots=body.slots,
        until=body.until,
        skill=body.skill,
        note=body.note,
        seen=body.seen,
    )

"""The staff's side: lists, one order, why it is where it is, who can receive it, the contact."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.core.words import Words
from gridpact.grid.tree import tree
from gridpact.orders.api.asked import filter_data, wrong_filter
from gridpact.orders.api.bodies import intake_of
from gridpact.orders.api.past import past_json, past_orders
from gridpact.orders.api.shapes import item_json, order_json
from gridpact.orders.api.why import why_json
from gridpact.orders.choices import Channel
from gridpact.orders.filters import OrderFilter, scope_of
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.orders.schemas import base as schemas
from gridpact.orders.schemas.past import PastOut, PastPage
from gridpact.orders.selectors import COUNT_CAP, capped_count, receivers
from gridpact.orders.selectors.past import past_day
from gridpact.orders.services import open_order, reveal_reporter
from gridpact.ui.paging import keyset_page

router = Router(tags=["orders"], auth=SIGNED_IN)
NUMBER = re.compile(r"[A-Za-z]{1,4}\d{9,20}")
_BEHALF = (Channel.STAFF, Channel.PHONE, Channel.VISIT, Channel.MEETING, Channel.BOX)


class OrderQuery(Schema):
    """Filters of the list, as on the page, and `class`.

    `state` may be OPEN; `cell` and `category` take codes; `sort` is due or newest; `light` is
    warned, yellow or red, each with what is graver. `as_of` a past day lists what was open at its
    end, newest first, with the state, cell and clock of that day; `light` and `sort` go without it.
    """

    state: Words = ""
    kind: Words = ""
    cell: Words = ""
    category: Words = ""
    q: Words = ""
    light: Words = ""
    overdue: bool = False
    sort: Words = ""
    as_of: date | None = None
    cursor: Words = ""
    limit: int = 50


_CLASS = {"in": "query", "name": "class", "schema": {"type": "string"}, "required": False}
_CLASS_DOCS = {"parameters": [_CLASS]}


@router.get("", response=schemas.OrderPage | PastPage, openapi_extra=_CLASS_DOCS)
def orders(request: HttpRequest, query: Query[OrderQuery]) -> HttpResponse:
    """Orders in the caller's sight, most urgent first; on `as_of` as they stood then."""
    actor = actor_of(request)
    past = past_day(query.as_of) if query.as_of else None
    if past is not None:
        return past_orders(filter_data(request.GET), past, actor, (query.cursor, query.limit))
    form = OrderFilter(filter_data(request.GET))
    if not form.is_valid():
        return wrong_filter(form)
    cell = form.cleaned_data.get("cell")
    seen = Order.objects.filter(scope_of(actor, cell))  # scope: `scope_of` is the sight
    rows = form.apply(seen, actor)
    page = keyset_page(rows.for_rows(), form.ordering(), query.cursor or None, query.limit)
    count = capped_count(rows)
    snapshot = tree()
    items = [item_json(row, actor, snapshot, seen=sees_text(actor, row)) for row in page.items]
    return answer(
        {"items": items, "count": count if count < COUNT_CAP else None, "next": page.next}
    )


@router.post("", response={201: schemas.EnteredOut}, openapi_extra=body_docs(schemas.StaffOrderIn))
def enter(request: HttpRequest) -> HttpResponse:
    """Enter an order on a resident's behalf."""
    actor = actor_of(request)
    require(actor, "orders.submit_for")
    body = read_body(request, schemas.StaffOrderIn)
    if body.channel not in _BEHALF:
        allowed = ", ".join(_BEHALF)
        given = body.channel[:20]
        raise Refused("channel_wrong", 422, field="channel", given=given, allowed=allowed)

    def open_it() -> dict[str, Any]:
        order = open_order(intake_of(body, body.channel), actor=actor)
        return {**order_json(fresh(order.pk), actor), "code": order.code}

    return answer_once(request, open_it, status=201)


def in_sight(actor: Actor, number: str) -> Order | None:
    """The order with everything a page names, or None when it is missing or out of sight."""
    if not NUMBER.fullmatch(number):
        return None
    return Order.objects.visible_to(actor).with_parts().filter(number=number.upper()).first()


def find(actor: Actor, number: str) -> Order:
    """The order in sight, else 404."""
    order = in_sight(actor, number)
    if order is None:
        raise Refused("not_found", 404)
    return order


def fresh(pk: int) -> Order:
    """The order as it stands after a verb of this request."""
    return Order.objects.with_parts().get(pk=pk)  # scope: the order was in sight just before


@router.get("/{number}", response=schemas.OrderOut | PastOut)
def order(request: HttpRequest, number: str, as_of: date | None = None) -> HttpResponse:
    """One order with timeline, steps, photos and the verbs the caller may use now.

    On a past day: state, cell, clock, timeline and steps as they stood at its end.
    """
    actor = actor_of(request)
    found = find(actor, number)
    past = past_day(as_of) if as_of else None
    return answer(order_json(found, actor) if past is None else past_json(found, past, actor))


@router.get("/{number}/why", response=schemas.WhyOut)
def why(request: HttpRequest, number: str) -> HttpResponse:
    """How it was routed, who classed it for which reason, and what its clock is made of."""
    actor = actor_of(request)
    found = find(actor, number)
    return answer(why_json(found, actor))


@router.get("/{number}/receivers", response=schemas.ReceiversOut)
def receivers_of(request: HttpRequest, number: str) -> HttpResponse:
    """Posts, organisations and officers it can be dispatched to, for whoever may dispatch it."""
    actor = actor_of(request)
    found = find(actor, number)
    require(actor, "orders.dispatch", found)
    known = receivers(found)
    return answer(
        {
            "posts": [
                {"id": one.pk, "label": one.label, "holder": str(one.user)} for one in known.posts
            ],
            "orgs": [
                {"id": one.pk, "code": one.code, "name": one.name, "kind": one.kind}
                for one in known.orgs
            ],
            "officers": [
                {
                    "id": one.pk,
                    "network": one.network.name,
                    "cell": one.name,
                    "holder": one.officer_name,
                    "org": one.department.name,
                }
                for one in known.officers
            ],
        }
    )


@router.post(
    "/{number}/reveal", response=schemas.RevealOut, openapi_extra=body_docs(schemas.RevealBody)
)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter in clear, for a stated reason, on record.

    `Idempotency-Key` has no effect: every look is logged and personal data are not kept twice.
    """
    actor = actor_of(request)
    found = find(actor, number)
    require(actor, "orders.reveal", found)
    body = read_body(request, schemas.RevealBody)
    return answer(reveal_reporter(found, actor=actor, reason=body.reason))

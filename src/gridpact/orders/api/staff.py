"""The staff's side: lists, one order, why it is where it is, who can receive it, the contact."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Query, Router, Schema

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, problem, read_body
from gridpact.core.texts import refusal_text
from gridpact.core.words import Words
from gridpact.grid.tree import tree
from gridpact.orders import schemas
from gridpact.orders.api.bodies import intake_of
from gridpact.orders.api.shapes import item_json, order_json
from gridpact.orders.api.why import why_json
from gridpact.orders.choices import Channel
from gridpact.orders.filters import OrderFilter, scope_of
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors import COUNT_CAP, capped_count, receivers
from gridpact.orders.services import open_order, reveal_reporter
from gridpact.ui.paging import keyset_page

router = Router(tags=["orders"], auth=SIGNED_IN)
NUMBER = re.compile(r"[A-Za-z]{1,4}\d{9,20}")
_BEHALF = (Channel.STAFF, Channel.PHONE, Channel.VISIT, Channel.MEETING, Channel.BOX)


class OrderQuery(Schema):
    """Filters of the list, as on the page, and `class`.

    `state` may be OPEN; `cell` and `category` take codes; `sort` is due or newest; `light` is
    warned, yellow or red, each with what is graver.
    """

    state: Words = ""
    kind: Words = ""
    cell: Words = ""
    category: Words = ""
    q: Words = ""
    light: Words = ""
    overdue: bool = False
    sort: Words = ""
    cursor: Words = ""
    limit: int = 50


_CLASS = {"in": "query", "name": "class", "schema": {"type": "string"}, "required": False}
_CLASS_DOCS = {"parameters": [_CLASS]}


@router.get("", response=schemas.OrderPage, openapi_extra=_CLASS_DOCS)
def orders(request: HttpRequest, query: Query[OrderQuery]) -> HttpResponse:
    """Orders in the caller's sight, most urgent first."""
    actor = actor_of(request)
    form = OrderFilter(_filter_data(request.GET))
    if not form.is_valid():
        return _wrong_filter(form)
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


def _filter_data(given: QueryDict) -> QueryDict:
    """`class` is a word of Python, so the form calls it `klass`."""
    data = given.copy()
    if "class" in data:
        data["klass"] = str(data["class"])
    return data


def _wrong_filter(form: OrderFilter) -> HttpResponse:
    errors = [
        {"field": "class" if name == "klass" else name, "message": " ".join(map(str, texts))}
        for name, texts in form.errors.items()
    ]
    detail = refusal_text("bad_input", {"field": errors[0]["field"], "why": errors[0]["message"]})
    return problem(422, "bad_input", detail, errors)


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


@router.get("/{number}", response=schemas.OrderOut)
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order with timeline, steps, photos and the verbs the caller may use now."""
    actor = actor_of(request)
    return answer(order_json(find(actor, number), actor))


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

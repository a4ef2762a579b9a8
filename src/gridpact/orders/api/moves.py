"""Every verb of the table as `POST /orders/{number}/{verb}`.

Refusals come in this order: out of sight 404, never by this person 403, not in this state 409,
and only then a wrong body 422.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.edge import actor_of, body_docs, read_body
from gridpact.orders import services
from gridpact.orders.api.acts import ACTS, UPPER, Call, Verb, org_id
from gridpact.orders.api.shapes import order_json
from gridpact.orders.api.staff import NUMBER, fresh, in_sight
from gridpact.orders.models import Category, Order
from gridpact.orders.schemas import acts as act_schemas
from gridpact.orders.schemas import base as schemas
from gridpact.orders.services import allowed_now
from gridpact.orders.services.desk.triage import Target
from gridpact.orders.services.engine import check

router = Router(tags=["orders"], auth=SIGNED_IN)


def _triage(order: Order, actor: Actor, body: schemas.TriageBody) -> Order:
    category = None
    if body.category:
        category = Category.objects.filter(code=body.category, is_active=True).first()
        if category is None:
            given = body.category[:20]
            raise Refused("category_unknown", 422, field="category", given=given)
    return services.triage_order(
        order, actor=actor, klass=body.klass.upper(), reason=body.reason, category=category
    )


def _offer(order: Order, actor: Actor, body: schemas.OfferBody) -> Order:
    return services.offer_order(
        order, actor=actor, slots=body.slots, until=body.until, skill=body.skill, note=body.note
    )


def _dispatch(order: Order, actor: Actor, body: schemas.DispatchBody) -> Order:
    org = None if body.to.org is None else org_id(body.to.org, "org")
    return services.dispatch_order(
        order,
        actor=actor,
        to=Target(post=body.to.post, org=org, officer=body.to.officer),
        note=body.note,
    )


def _claim(order: Order, actor: Actor, body: schemas.ClaimBody) -> Order:
    return services.claim_order(order, actor=actor, org_id=body.org, note=body.note)


def _finish(order: Order, actor: Actor, body: schemas.FinishBody) -> Order:
    return services.finish_order(
        order,
        actor=actor,
        answer=body.answer,
        proof=body.proof,
        before=body.before,
        reason=body.reason,
    )


def _rate(order: Order, actor: Actor, body: schemas.RateBody) -> Order:
    return services.rate_order(
        order,
        actor=actor,
        solved=body.solved,
        satisfaction=body.satisfaction,
        comment=body.comment,
        marks=services.Marks(body.speed, body.effect, body.attitude, body.clarity),
    )


def _with_note(call: Callable[..., Order]) -> Call:
    """A verb that takes an optional note; a reason given instead serves as the note."""
    return lambda order, actor, body: call(order, actor=actor, note=body.note or body.reason)


def _with_reason(call: Callable[..., Order]) -> Call:
    return lambda order, actor, body: call(order, actor=actor, reason=body.reason)


TABLE: dict[str, Verb] = {
    "accept": Verb(schemas.NoteBody, _with_note(services.accept_order)),
    "reject": Verb(schemas.ReasonBody, _with_reason(services.reject_order)),
    "withdraw": Verb(schemas.ReasonBody, _with_reason(services.withdraw_order)),
    "triage": Verb(schemas.TriageBody, _triage),
    "offer": Verb(schemas.OfferBody, _offer),
    "dispatch": Verb(schemas.DispatchBody, _dispatch),
    "claim": Verb(schemas.ClaimBody, _claim),
    "sign": Verb(schemas.NoteBody, _with_note(services.sign_order)),
    "return": Verb(schemas.ReasonBody, _with_reason(services.return_order)),
    "release": Verb(schemas.ReasonBody, _with_reason(services.release_order)),
    "start": Verb(schemas.NoteBody, _with_note(services.start_order)),
    "note": Verb(schemas.NoteBody, _with_note(services.note_order)),
    "finish": Verb(schemas.FinishBody, _finish),
    "verify_pass": Verb(schemas.NoteBody, _with_note(services.verify_pass_order)),
    "verify_fail": Verb(schemas.ReasonBody, _with_reason(services.verify_fail_order)),
    "rate": Verb(schemas.RateBody, _rate),
    "close": Verb(schemas.NoteBody, _with_note(services.close_order)),
    **UPPER,
}


def make_move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Make one move and answer with the order as it stands then."""
    actor = actor_of(request)

    def move() -> dict[str, Any]:
        # All of it inside, so that a move sent again under its key finds its first answer.
        order = _find_for(actor, number, verb)
        if verb in ACTS:
            require(actor, f"orders.{verb}", order)
        elif verb in TABLE or verb == "redo":
            check(order, verb, actor)
        else:
            raise Refused("unknown_move", 409, verb=verb[:20], allowed=allowed_now(order, actor))
        return order_json(fresh(_moved(request, order, verb, actor).pk), actor)

    return answer_once(request, move)


def _moved(request: HttpRequest, order: Order, verb: str, actor: Actor) -> Order:
    """Read the body and call the verb; a refusal by state says what is allowed instead."""
    entry = TABLE.get(verb) or ACTS[verb]
    try:
        return entry.call(order, actor, read_body(request, entry.body))
    except Refused as refusal:
        if refusal.status == 409:
            refusal.params.setdefault("allowed", allowed_now(fresh(order.pk), actor))
        raise


def _find_for(actor: Actor, number: str, verb: str) -> Order:
    """The order, if in sight. Whoever lost the race for a place is told so instead of 404."""
    order = in_sight(actor, number)
    if order is not None:
        return order
    if verb == "claim" and NUMBER.fullmatch(number):
        # scope: of an order that was offered, claimers of the district learn only that it is gone
        rows = Order.objects.with_parts()  # scope: see above
        rows = rows.filter(number=number.upper(), log__verb="offer")
        lost = rows.first()
        if lost is not None and can(actor, "orders.claim", lost):
            raise Refused("no_place_left", 409, allowed=[])
    raise Refused("not_found", 404)


def _operation(verb: str) -> Callable[[HttpRequest, str], HttpResponse]:
    def operation(request: HttpRequest, number: str) -> HttpResponse:
        return make_move(request, number, verb)

    operation.__name__ = f"move_{verb}"
    return operation


for _verb, _entry in (*TABLE.items(), *ACTS.items()):
    router.post(
        f"/{{number}}/{_verb}",
        response=schemas.OrderOut,
        summary=f"orders.{_verb}",
        openapi_extra=body_docs(_entry.body, required=False),
    )(_operation(_verb))


@router.post(
    "/{number}/children",
    response={201: act_schemas.ChildrenOut},
    summary="orders.split",
    openapi_extra=body_docs(act_schemas.ChildrenBody),
)
def split(request: HttpRequest, number: str) -> HttpResponse:
    """Split an order: the body is a list of parts, each becomes a child with this parent."""
    actor = actor_of(request)

    def make() -> dict[str, Any]:
        order = _find_for(actor, number, "split")
        require(actor, "orders.split", order)
        body = read_body(request, act_schemas.ChildrenBody)
        parts = [services.Part(each.title, each.text, each.cell) for each in body.root]
        made = services.split_order(order, actor=actor, parts=parts)
        rows = [{"number": row.number, "title": row.title, "state": row.state} for row in made]
        return {"children": rows}

    return answer_once(request, make, status=201)


@router.post("/{number}/{verb}", response=schemas.OrderOut, include_in_schema=False)
def any_move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """A verb outside the table: 404 out of sight, else 409 with what is allowed."""
    return make_move(request, number, verb)

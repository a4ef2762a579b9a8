"""The resident's side: uploads, placing an order, following it by number and code."""

from __future__ import annotations

import hmac
import re

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext
from ninja import Router

from gridpact.accounts.auth import PUBLIC_OR_SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.accounts.throttle import check_public_write, check_tries, count_try
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import (
    actor_of,
    announced_length,
    answer,
    body_docs,
    drain,
    read_body,
    set_actor,
)
from gridpact.core.net import client_address
from gridpact.grid.tree import latest
from gridpact.orders.api.bodies import intake_of
from gridpact.orders.api.progress import placed_json, public_json
from gridpact.orders.choices import Channel
from gridpact.orders.models import Order
from gridpact.orders.schemas import base as schemas
from gridpact.orders.schemas import public as shapes
from gridpact.orders.services import (
    Marks,
    join_order,
    keep_upload,
    open_order,
    rate_order,
    withdraw_order,
)

router = Router(tags=["public"])
_NUMBER = re.compile(r"[A-Za-z]{1,4}\d{9,20}")
_FORM_ROOM = 64 * 1024  # what a form adds to its file
_FILE_DOCS = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        },
    }
}


@router.post(
    "/uploads",
    response={201: shapes.UploadOut},
    auth=PUBLIC_OR_SIGNED_IN,
    openapi_extra=_FILE_DOCS,
)
def upload(request: HttpRequest) -> HttpResponse:
    """Keep a photo or PDF for a later order or proof; unused files are swept after a day."""
    if announced_length(request) > settings.UPLOAD_MAX_BYTES + _FORM_ROOM:
        most = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        drain(request)
        raise Refused("body_large", 413, field="file", most=most)
    actor = actor_of(request)
    check_public_write(request, "uploads")
    try:
        file = request.FILES.get("file")
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise Refused("form_broken", 400) from error
    if file is None:
        raise Refused("missing", 422, field="file")
    data, name = file.read(), file.name or ""

    def keep() -> dict[str, object]:
        photo = keep_upload(data, name, actor=actor)
        return {"id": photo.pk, "kind": photo.kind, "sha256": photo.sha256}

    return answer_once(request, keep, status=201, parts=(data, name.encode()))


@router.post(
    "/public/orders",
    response={201: shapes.PlacedOut},
    auth=PUBLIC_OR_SIGNED_IN,
    openapi_extra=body_docs(schemas.PublicOrderIn),
)
def place(request: HttpRequest) -> HttpResponse:
    """Place an order; no account is needed. The answer's `code` opens its progress."""
    check_public_write(request, "orders")
    body = read_body(request, schemas.PublicOrderIn)
    actor = actor_of(request)

    def open_it() -> dict[str, object]:
        order = open_order(intake_of(body, Channel.API), actor=actor)
        return placed_json(order, latest())

    return answer_once(request, open_it, status=201)


@router.get("/public/orders/{number}", response=shapes.PublicOrderOut, auth=None)
def follow(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """Masked progress, with the code; without it only orders on the public board."""
    if not code:
        return answer(public_json(_on_board(number), None))
    order, reporter = holder_of(request, number, code)
    return answer(public_json(order, reporter))


@router.post(
    "/public/orders/{number}/rate",
    response=shapes.PublicOrderOut,
    auth=None,
    openapi_extra=body_docs(schemas.RateBody),
)
def rate(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """The resident's word on the result, within 14 days; an unhappy one reopens the order once."""
    order, reporter = holder_of(request, number, code)
    body = read_body(request, schemas.RateBody)

    def rate_it() -> dict[str, object]:
        rated = rate_order(
            order,
            actor=reporter,
            solved=body.solved,
            satisfaction=body.satisfaction,
            comment=body.comment,
            marks=Marks(body.speed, body.effect, body.attitude, body.clarity),
        )
        return public_json(rated, reporter)

    return answer_once(request, rate_it)


@router.post(
    "/public/orders/{number}/affected",
    response=shapes.AffectedOut,
    auth=None,
    openapi_extra=body_docs(shapes.JoinBody),
)
def join(request: HttpRequest, number: str) -> HttpResponse:
    """“Also affects me”: count one more person, once a phone, on a matter of the board."""
    check_public_write(request, "joins")
    order = _on_board(number)
    phone = read_body(request, shapes.JoinBody).phone
    actor = Actor(address=client_address(request))
    return answer_once(
        request,
        lambda: {
            "number": order.number,
            "affected": join_order(order, phone=phone, actor=actor).affected,
        },
    )


@router.post(
    "/public/orders/{number}/withdraw",
    response=shapes.PublicOrderOut,
    auth=None,
    openapi_extra=body_docs(schemas.ReasonBody),
)
def withdraw(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """Take the order back while nobody works on it."""
    order, reporter = holder_of(request, number, code)
    body = read_body(request, schemas.ReasonBody)
    return answer_once(
        request,
        lambda: public_json(withdraw_order(order, actor=reporter, reason=body.reason), reporter),
    )


def holder_of(request: HttpRequest, number: str, code: str) -> tuple[Order, Actor]:
    """The order and its reporter as an actor.

    A wrong code and an unknown number look the same (404 `code_wrong`); ten wrong tries of an
    address within ten minutes end in 429.
    """
    check_tries(request, "codes")
    order = _numbered(number)
    given = code.strip().upper()
    if order is None or not hmac.compare_digest(order.code.encode(), given.encode()):
        count_try(request, "codes")
        raise Refused("code_wrong", 404)
    reporter = Actor(
        kind="reporter",
        name=gettext("reporter"),
        own_rights=frozenset({f"reporter:{order.pk}"}),
        address=client_address(request),
    )
    set_actor(request, reporter)  # whose Idempotency-Key it is
    return order, reporter


def _on_board(number: str) -> Order:
    """The order of a number if anybody may read it; else 404, as if it did not exist."""
    order = _numbered(number)
    if order is None or not order.is_public:
        raise Refused("not_found", 404)
    return order


def _numbered(number: str) -> Order | None:
    if not _NUMBER.fullmatch(number):
        return None
    rows = Order.objects.with_parts()  # scope: the caller compares the code
    return rows.filter(number=number.upper()).first()

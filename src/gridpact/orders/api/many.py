"""One move on many orders for programs: `POST /orders/bulk`, with a result per order."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import HEADER
from gridpact.core.access import Refused
from gridpact.core.edge import actor_of, answer, body_docs, read_json
from gridpact.orders.api.moves import TABLE
from gridpact.orders.services.many import MAX_MANY, Batch, move_many

router = Router(tags=["orders"], auth=SIGNED_IN)
Number = Annotated[str, StringConstraints(max_length=20)]
_KEY_LENGTH = 60


class BulkBody(BaseModel):
    """A verb, up to 500 numbers, and the fields of that verb's own body beside them."""

    model_config = ConfigDict(extra="allow")
    verb: Annotated[str, StringConstraints(max_length=20)]
    numbers: list[Number] = Field(min_length=1, max_length=MAX_MANY)


class BulkRowOut(Schema):
    """One order: done, or refused with `code` and the sentence `reason`; it stayed as it was."""

    number: str
    title: str
    done: bool
    code: str
    reason: str
    state: str


class BulkOut(Schema):
    """How many were done and refused, and each order in the order of the request."""

    done: int
    refused: int
    rows: list[BulkRowOut]


@router.post("/bulk", response=BulkOut, openapi_extra=body_docs(BulkBody))
def bulk(request: HttpRequest) -> HttpResponse:
    """Make one move on many orders, each by its own verb and in its own transaction.

    With an `Idempotency-Key` (up to 60 characters) it may be sent again: what was done stays done.
    """
    actor = actor_of(request)
    wanted = BulkBody.model_validate(read_json(request))
    entry = TABLE.get(wanted.verb)
    if entry is None:
        raise Refused("unknown_move", 422, field="verb", verb=wanted.verb)
    extra: dict[str, Any] = wanted.model_extra or {}
    body = entry.body.model_validate(
        {key: value for key, value in extra.items() if value is not None}
    )
    key = request.headers.get(HEADER) or str(uuid4())
    if len(key) > _KEY_LENGTH:
        raise Refused("bad_key", 422, field=HEADER)
    asked = orjson.dumps(extra, option=orjson.OPT_SORT_KEYS).decode()
    outcomes = move_many(
        Batch(wanted.verb, wanted.numbers, key, asked),
        lambda order: entry.call(order, actor, body),
        actor=actor,
    )
    done = sum(outcome.done for outcome in outcomes)
    rows = [
        {
            "number": one.number,
            "title": one.title,
            "done": one.done,
            "code": one.code,
            "reason": one.reason,
            "state": one.state,
        }
        for one in outcomes
    ]
    return answer({"done": done, "refused": len(rows) - done, "rows": rows})

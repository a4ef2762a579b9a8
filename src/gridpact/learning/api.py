"""What was learnt, for programs: versions, switches, suggestions of an order."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.learning import schemas, services
from gridpact.learning.choices import Field
from gridpact.learning.models import Learnt, Suggestion, Switch
from gridpact.learning.tasks import queue_training
from gridpact.learning.wording import Names
from gridpact.orders.models import Order
from gridpact.orders.policies import sees_text

router = Router(tags=["learning"], auth=SIGNED_IN)
orders = Router(tags=["learning"], auth=SIGNED_IN)
_NEWEST = 20


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "learning.read")
    return actor


@router.get("/models", response=schemas.ModelsOut)
def models(request: HttpRequest) -> HttpResponse:
    """Switches and versions of every field."""
    _reader(request)
    found = [
        _learnt(row)
        for field in Field
        for row in Learnt.objects.listed().filter(field=field)[:_NEWEST]
    ]
    switches = [_switch(services.switch_of(field)) for field in Field]
    return answer({"switches": switches, "models": found})


@router.post("/train", response={202: schemas.QueuedOut})
def train(request: HttpRequest) -> HttpResponse:
    """Let the worker learn now."""
    actor = _reader(request)
    require(actor, "learning.manage")
    queued = actor.user_id is not None and queue_training(actor.user_id)
    return answer({"queued": queued}, 202)


@router.post("/models/{pk}/activate", response=schemas.LearntOut)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version into use."""
    actor = _reader(request)
    services.use_version(pk, actor=actor)
    return answer(_learnt(Learnt.objects.listed().get(pk=pk)))


@router.post(
    "/fields/{field}/switch",
    response=schemas.SwitchOut,
    openapi_extra=body_docs(schemas.SwitchIn),
)
def switch(request: HttpRequest, field: str) -> HttpResponse:
    """Suggest a field or not, and when to fill it in."""
    actor = _reader(request)
    body = read_body(request, schemas.SwitchIn)
    made = services.set_switch(field, actor=actor, is_on=body.is_on, preselect=body.preselect)
    return answer(_switch(made))


@orders.get("/{number}/suggestions", response=list[schemas.SuggestionOut])
def suggestions(request: HttpRequest, number: str) -> HttpResponse:
    """What was suggested for an order; empty when nothing was."""
    actor = actor_of(request)
    order = Order.objects.visible_to(actor).with_parts().filter(number=number.upper()).first()
    if order is None or not sees_text(actor, order):
        raise Refused("not_found", 404)
    rows = list(
        Suggestion.objects.filter(order=order).select_related("learnt").defer("learnt__blob")
    )
    names = Names.read(row.value for row in rows)
    return answer([_suggestion(row, names) for row in rows if row.value])


def _suggestion(row: Suggestion, names: Names) -> dict[str, Any]:
    return {
        "field": row.field,
        "value": row.value,
        "name": names.of(row.field, row.value),
        "confidence": row.confidence,
        "others": [{"value": value, "confidence": share} for value, share in row.others],
        "evidence": row.evidence,
        "version": row.learnt.version if row.learnt else None,
        "made_at": row.made_at,
        "decided": row.decided or None,
    }


def _switch(row: Switch) -> dict[str, Any]:
    return {
        "field": row.field,
        "is_on": row.is_on,
        "preselect": row.preselect,
        "pinned": row.is_pinned,
    }


def _learnt(row: Learnt) -> dict[str, Any]:
    same = ("field", "version", "trained_at", "rows", "first_at", "last_at", "held_rows")
    shares = ("accuracy", "macro_f1", "top3", "digest", "by_class")
    return {
        "id": row.pk,
        "in_use": row.is_active,
        "trained_by": str(row.by) if row.by else None,
        **{name: getattr(row, name) for name in (*same, *shares)},
    }

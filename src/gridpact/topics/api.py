"""Hot topics, and matters that resemble what is being placed, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.accounts.idempotency import answer_once
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.topics import schemas, services
from gridpact.topics.resembling import resembling_on_board
from gridpact.topics.selectors import (
    Seen,
    area_of,
    orders_of,
    seen_topic,
    seen_topics,
    weeks_of,
)
from gridpact.topics.tables import where_of

router = Router(tags=["topics"], auth=SIGNED_IN)
public = Router(tags=["public"])


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "topics.read")
    return actor


@router.get("", response=schemas.TopicsOut)
def topics(request: HttpRequest, days: str = "") -> HttpResponse:
    """The hottest topics of the last 7, 30 (default) or 90 days."""
    actor = _reader(request)
    period, cell = services.period_of(days), area_of(actor)
    found = seen_topics(actor, cell, period) if cell is not None else []
    return answer({"days": period, "items": [_topic(each) for each in found]})


@router.get("/{int:pk}", response=schemas.TopicDetailOut)
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """One topic with its orders in sight."""
    actor = _reader(request)
    seen = _found(actor, pk)
    numbers = orders_of(seen.topic, actor).order_by("created_at", "id")
    weeks = [{"monday": day, "orders": count} for day, count in weeks_of(seen.topic, actor)]
    return answer(
        {**_topic(seen), "numbers": list(numbers.values_list("number", flat=True)), "weeks": weeks}
    )


@router.post(
    "/{int:pk}/unite", response=schemas.UnitedOut, openapi_extra=body_docs(schemas.UniteBody)
)
def unite(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge orders of a topic into one of them, or see first what that would do."""
    actor = _reader(request)
    seen = _found(actor, pk)
    body = read_body(request, schemas.UniteBody)

    verb = services.preview_union if body.preview else services.unite_topic

    def run() -> dict[str, Any]:
        made = verb(
            seen.topic, actor=actor, into=body.into, numbers=body.numbers, reason=body.reason
        )
        return {
            "into": made.target,
            "done": 0 if body.preview else len(made.merged),
            "merged": made.merged,
            "refused": [{"number": number, "why": why} for number, why in made.refused],
            "people": made.people,
        }

    return answer(run()) if body.preview else answer_once(request, run)


def _found(actor: Actor, pk: int) -> Seen:
    seen = seen_topic(actor, pk)
    if seen is None:
        raise Refused("not_found", 404)
    return seen


def _topic(seen: Seen) -> dict[str, Any]:
    topic = seen.topic
    return {
        "id": topic.pk,
        "name": topic.name,
        "words": topic.words,
        "heat": seen.heat,
        "people": seen.people,
        "orders": seen.orders,
        "where": where_of(topic),
        "days": topic.days,
        "first": seen.first,
        "last": seen.last,
        "made_at": topic.made_at,
    }


@public.get("/public/orders/similar", response=list[schemas.SimilarMatterOut], auth=None)
def similar(
    request: HttpRequest, text: str = "", lon: str = "", lat: str = "", cell: str = ""
) -> HttpResponse:
    """Matters of the public board near a place that may be the same; at most three."""
    found = resembling_on_board(text, lon=lon, lat=lat, cell=cell)
    names = schemas.SimilarMatterOut.model_fields
    return answer([{name: getattr(each, name) for name in names} for each in found])

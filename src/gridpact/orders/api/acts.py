"""The moves between offices, ties, supervision, contact and assistance: bodies to verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel

from gridpact.core.access import Actor, Refused
from gridpact.orders import services
from gridpact.orders.models import Order
from gridpact.orders.schemas import acts as shapes
from gridpact.orders.schemas import base as schemas
from gridpact.orgs.models import Org

Call = Callable[[Order, Actor, Any], Order]


class Verb(NamedTuple):
    """A move's body and the verb it calls."""

    body: type[BaseModel]
    call: Call


def org_id(given: int | str, field: str) -> int:
    """An active organisation by id or code, as its id; 422 naming `field` when there is none."""
    if isinstance(given, int):
        return given
    found = Org.objects.active().filter(code=given).values_list("pk", flat=True).first()
    if found is None:
        raise Refused("unknown_target", 422, field=field, given=given[:40])
    return found


def _guide(order: Order, actor: Actor, body: shapes.GuideBody) -> Order:
    return services.guide_order(order, actor=actor, guide=body.guide, note=body.note)


def _whistle(order: Order, actor: Actor, body: shapes.WhistleBody) -> Order:
    return services.whistle_order(
        order,
        actor=actor,
        lead=org_id(body.lead, "lead"),
        assist=[org_id(each, "assist") for each in body.assist],
        days=body.days,
        note=body.note,
    )


def _merge(order: Order, actor: Actor, body: shapes.MergeBody) -> Order:
    return services.merge_order(order, actor=actor, into=body.into, reason=body.reason)


def _supervise(order: Order, actor: Actor, body: shapes.SuperviseBody) -> Order:
    return services.supervise_order(
        order,
        actor=actor,
        card=body.card.upper(),
        reason=body.reason,
        instruction=body.instruction,
        days=body.days,
    )


def _rate_assist(order: Order, actor: Actor, body: shapes.RateAssistBody) -> Order:
    return services.rate_assist(
        order, actor=actor, assist=body.assist, stars=body.stars, comment=body.comment
    )


def _contact(order: Order, actor: Actor, body: shapes.ContactBody) -> Order:
    return services.contact_reporter(
        order, actor=actor, way=body.way.upper(), reached=body.reached, note=body.note
    )


def _reason(call: Callable[..., Order]) -> Call:
    return lambda order, actor, body: call(order, actor=actor, reason=body.reason)


def _note(call: Callable[..., Order]) -> Call:
    return lambda order, actor, body: call(order, actor=actor, note=body.note or body.reason)


def _report_back(order: Order, actor: Actor, body: shapes.ReportBody) -> Order:
    return services.report_back(order, actor=actor, text=body.text)


def _days(call: Callable[..., Order]) -> Call:
    return lambda order, actor, body: call(order, actor=actor, days=body.days, reason=body.reason)


def _suspend(order: Order, actor: Actor, body: shapes.SuspendBody) -> Order:
    return services.suspend_order(order, actor=actor, reason=body.reason, review_on=body.review_on)


# Moves of the table, and acts beside it that have the same kind of operation.
UPPER: dict[str, Verb] = {
    "guide": Verb(shapes.GuideBody, _guide),
    "escalate": Verb(schemas.ReasonBody, _reason(services.escalate_order)),
    "send_down": Verb(schemas.ReasonBody, _reason(services.send_down_order)),
    "whistle": Verb(shapes.WhistleBody, _whistle),
    "merge": Verb(shapes.MergeBody, _merge),
    "urge": Verb(schemas.NoteBody, _note(services.urge_order)),
    "supervise": Verb(shapes.SuperviseBody, _supervise),
    "unsupervise": Verb(schemas.ReasonBody, _reason(services.unsupervise_order)),
    "extend": Verb(shapes.DaysBody, _days(services.extend_order)),
    "suspend": Verb(shapes.SuspendBody, _suspend),
    "resume": Verb(schemas.NoteBody, _note(services.resume_order)),
}
ACTS: dict[str, Verb] = {
    "report_in": Verb(schemas.NoteBody, _note(services.report_in)),
    "report_back": Verb(shapes.ReportBody, _report_back),
    "rate_assist": Verb(shapes.RateAssistBody, _rate_assist),
    "contact": Verb(shapes.ContactBody, _contact),
    "ask_extension": Verb(shapes.DaysBody, _days(services.ask_extension)),
    "refuse_extension": Verb(schemas.ReasonBody, _reason(services.refuse_extension)),
}

"""What the pages between offices, of ties, supervision and contact call: form data to verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridpact.core.access import Actor
from gridpact.orders import services
from gridpact.orders.models import Order

Data = dict[str, Any]
Call = Callable[[Order, Actor, Data], Order]


def _whistle(order: Order, actor: Actor, data: Data) -> Order:
    return services.whistle_order(
        order, actor=actor, lead=data["lead"], assist=data["assist"], days=data["days"],
        note=data["note"],
    )  # fmt: skip


def _merge(order: Order, actor: Actor, data: Data) -> Order:
    return services.merge_order(order, actor=actor, into=data["into"], reason=data["reason"])


def _supervise(order: Order, actor: Actor, data: Data) -> Order:
    return services.supervise_order(
        order, actor=actor, card=data["card"], reason=data["reason"],
        instruction=data["instruction"], days=data["days"] or 0,
    )  # fmt: skip


def _split(order: Order, actor: Actor, data: Data) -> Order:
    services.split_order(order, actor=actor, parts=data["parts"])
    return order


ACTS: dict[str, Call] = {
    "guide": lambda order, actor, data: services.guide_order(order, actor=actor, **data),
    "escalate": lambda order, actor, data: services.escalate_order(order, actor=actor, **data),
    "send_down": lambda order, actor, data: services.send_down_order(order, actor=actor, **data),
    "whistle": _whistle,
    "merge": _merge,
    "urge": lambda order, actor, data: services.urge_order(order, actor=actor, **data),
    "supervise": _supervise,
    "unsupervise": lambda order, actor, data: services.unsupervise_order(
        order, actor=actor, **data
    ),
    "report_in": lambda order, actor, data: services.report_in(order, actor=actor, **data),
    "report_back": lambda order, actor, data: services.report_back(order, actor=actor, **data),
    "rate_assist": lambda order, actor, data: services.rate_assist(order, actor=actor, **data),
    "contact": lambda order, actor, data: services.contact_reporter(order, actor=actor, **data),
    "split": _split,
    "ask_extension": lambda order, actor, data: services.ask_extension(order, actor=actor, **data),
    "extend": lambda order, actor, data: services.extend_order(order, actor=actor, **data),
    "refuse_extension": lambda order, actor, data: services.refuse_extension(
        order, actor=actor, **data
    ),
    "suspend": lambda order, actor, data: services.suspend_order(order, actor=actor, **data),
    "resume": lambda order, actor, data: services.resume_order(order, actor=actor, **data),
}

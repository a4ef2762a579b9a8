"""After triage: keep the rule that names the receiver; some rules dispatch by themselves."""

from __future__ import annotations

from typing import Any

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.orders.choices import MOVES
from gridpact.orders.events import OrderMoved
from gridpact.orders.models import Order
from gridpact.orders.services import dispatch_order
from gridpact.orders.services.desk.triage import Target
from gridpact.routing.choices import Stage
from gridpact.routing.router import named_receiver, reason_line, trace

BY = "routing"  # the system actor that the timeline names


def on_triaged(event: OrderMoved) -> None:
    """Keep the rule that names a receiver; in the transaction of the triage.

    By itself only once: what came back, or was dispatched before, is for people to decide.
    """
    if event.verb != "triage" or event.after not in MOVES["dispatch"].sources:
        return
    order = Order.objects.with_parts().get(pk=event.order_id)
    found = named_receiver(order)
    if found is None:
        return
    rule, receiver, facts = found
    row = trace(
        order, rule, facts, stage=Stage.DISPATCH, given=receiver.label, fallback=receiver.fallback
    )
    row.at = clock.now()
    row.save(force_insert=True)
    Order.objects.filter(pk=order.pk).update(route_rule=rule.id)
    again = order.log.filter(verb="dispatch").exists()
    if rule.target.by_itself and receiver.to and not again:
        dispatch_order(
            order, actor=system(BY), to=target_of(receiver.to),
            note=reason_line(rule, receiver, facts),
        )  # fmt: skip


def target_of(to: str) -> Target:
    """A value of the dispatch form as the verb takes it."""
    kind, _sign, key = to.partition(":")
    parts: dict[str, Any] = {kind: int(key)}
    return Target(**parts)

"""Everything that hangs on one order, read once for its page and its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from gridpact.orders.models import Assist, Contact, Decision, Extension, Order, Supervision


@dataclass(frozen=True, slots=True)
class Dealings:
    """Calls, ties, the card in force, decisions, contacts and extensions of an order."""

    calls: list[Assist] = field(default_factory=list)
    parent: Order | None = None
    target: Order | None = None
    children: list[Order] = field(default_factory=list)
    merged: list[Order] = field(default_factory=list)
    card: Supervision | None = None
    decisions: list[Decision] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)


NOTHING = Dealings()


def dealings_of(order: Order) -> Dealings:
    """Read what the order says it has, each kind in one query however many there are."""
    ties = _ties(order)
    return Dealings(
        calls=list(order.assists.select_related("org")) if order.caller_id is not None else [],
        parent=next((each for each in ties if each.pk == order.parent_id), None),
        target=next((each for each in ties if each.pk == order.merged_into_id), None),
        children=[each for each in ties if each.parent_id == order.pk],
        merged=[each for each in ties if each.merged_into_id == order.pk],
        card=order.supervisions.filter(lifted_at__isnull=True).last() if order.card else None,
        decisions=list(order.decisions.select_related("by")) if order.klass else [],
        contacts=list(order.contacts.select_related("by")) if order.contact_due_at else [],
        extensions=list(order.extensions.all()) if order.step_started_at else [],
    )


def _ties(order: Order) -> list[Order]:
    """Parent, target, children and merged orders in one query."""
    kin = Q(parent_id=order.pk) | Q(merged_into_id=order.pk)
    above = [pk for pk in (order.parent_id, order.merged_into_id) if pk is not None]
    if above:
        kin |= Q(pk__in=above)
    return list(Order.objects.filter(kin).for_ties().order_by("pk"))

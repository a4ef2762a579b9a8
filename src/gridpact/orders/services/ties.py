"""Orders that belong together: merged into one, or split into children of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.grid.tree import CellRef, tree
from gridpact.orders.choices import OPEN, Channel, Klass, State
from gridpact.orders.models import Affected, Order
from gridpact.orders.selectors import SPLIT_FROM
from gridpact.orders.services.desk.triage import accept_order
from gridpact.orders.services.engine import VERBS, Line, beside, check, move, need, write_line
from gridpact.orders.services.intake import Intake, open_order
from gridpact.orders.services.upward import take_back
from gridpact.orders.services.wholes import wholes_of

VERBS.update({"merge"})
MOST_CHILDREN = 20


def merge_order(order: Order, *, actor: Actor, into: str, reason: str) -> Order:
    """SUBMITTED | ACCEPTED | TRIAGED | OFFERED → MERGED into an open order in sight.

    into: number of the other order. Both rows are locked in the order of their keys, so that two
    merges the opposite way round end with one of them refused. What was merged into this order,
    its children and those it also affects go along; its reporter is told the other's answer.
    Private matters are merged with private matters only.
    """
    check(order, "merge", actor)
    number = need(into, "into").upper()
    why = need(reason, "reason")
    target = Order.objects.visible_to(actor).filter(number=number).first()
    if target is None:
        raise Refused("target_unknown", 422, field="into", given=number[:24])
    if target.pk == order.pk:
        raise Refused("target_same", 422, field="into")
    with transaction.atomic():
        rows = Order.objects.select_for_update()  # without a join, see `lock`
        both = {row.pk: row for row in rows.filter(pk__in=(order.pk, target.pk)).order_by("pk")}
        target = both[target.pk]

        def change(fresh: Order) -> Line:
            _check_target(fresh, target)
            _move_ties(fresh, target)
            fresh.merged_into = target
            fresh.closed_at = clock.now()
            fresh.is_public = False
            take_back(fresh)
            told = gettext("Your matter is handled together with another one like it.")
            return Line(f"→ {target.number}\n{why}", told=told)

        merged = move(order, "merge", actor=actor, change=change)
        line = Line(gettext("%(number)s was merged into this order.") % {"number": merged.number})
        write_line(target, "take_in", target.state, line, actor)
    return merged


def _check_target(order: Order, target: Order) -> None:
    if target.state not in OPEN:
        raise Refused("target_ended", 409, number=target.number)
    if (order.klass == Klass.PRIVATE) != (target.klass == Klass.PRIVATE):
        raise Refused("merge_private", 409)


def _move_ties(order: Order, target: Order) -> None:
    """Children, earlier merges and those it also affects, the reporter among them, go along."""
    if order in wholes_of(target):  # the part takes the place of the whole, so that no ring arises
        target.parent_id = order.parent_id
    order.children.exclude(pk=target.pk).update(parent=target)
    order.merged.update(merged_into=target)
    known = set(target.others.values_list("phone_digest", flat=True))
    known.add(target.reporter_phone_digest)
    for other in order.others.exclude(phone_digest__in=known):
        other.order = target
        other.save(update_fields=["order"])
        known.add(other.phone_digest)
    if order.reporter_phone_digest and order.reporter_phone_digest not in known:
        Affected.objects.create(
            order=target,
            at=clock.now(),
            phone_digest=order.reporter_phone_digest,
            phone_sealed=order.reporter_phone_sealed,
            from_order=order,
        )
    target.affected = target.others.count()
    target.save(update_fields=["affected", "parent"])


@dataclass(frozen=True, slots=True)
class Part:
    """A child to be: what is to be done; `cell` is a code, empty means where the parent lies."""

    title: str
    text: str
    cell: str = ""


def split_order(order: Order, *, actor: Actor, parts: Sequence[Part]) -> list[Order]:
    """Children of an order that is triaged, sent up or being handled; returns them, accepted.

    They inherit kind, category and place. The reporter stays with the parent: children carry
    neither name nor phone. Raises `Refused` 409 by state or for a part that is there already, so
    that a second click splits nothing twice; 422 naming the part that is wrong.
    """
    if not 1 <= len(parts) <= MOST_CHILDREN:
        raise Refused("parts_range", 422, field="children", most=MOST_CHILDREN)
    children: list[Order] = []

    def change(fresh: Order) -> Line:
        if fresh.state not in SPLIT_FROM:
            raise Refused("split_state", 409, state=State(fresh.state).label)
        _check_parts(fresh, parts)
        children.extend(_child(fresh, part, actor) for part in parts)
        rows = (f"{child.number} {child.title}" for child in children)
        return Line("\n".join(rows))

    with transaction.atomic():
        beside(order, "split", actor=actor, change=change)
        return [
            accept_order(child, actor=actor) if child.state == State.SUBMITTED else child
            for child in children
        ]


def _check_parts(order: Order, parts: Sequence[Part]) -> None:
    """Refuse what an open part of the order says word by word in the same place."""
    there = {
        (text, cell): number
        for number, text, cell in order.children.filter(state__in=OPEN).values_list(
            "number", "text", "cell__code"
        )
    }
    here = order.cell.code
    for part in parts:
        number = there.get((need(part.text, "text"), part.cell.strip() or here))
        if number:
            raise Refused("split_twice", 409, number=number)


def _child(parent: Order, part: Part, actor: Actor) -> Order:
    """Placed like any other, without the reporter; where it lies with the parent, by its place."""
    ref = _cell(parent, part.cell, actor)
    intake = Intake(
        text=need(part.text, "text"), title=part.title, kind=parent.kind, channel=Channel.STAFF,
        cell=ref.code,
    )  # fmt: skip
    child = open_order(intake, actor=actor)
    child.parent, child.category = parent, parent.category
    if ref.id == parent.cell_id:
        child.address, child.placed_by = parent.address, parent.placed_by
        child.lon, child.lat = parent.lon, parent.lat
    child.save(update_fields=["parent", "category", "address", "placed_by", "lon", "lat"])
    return child


def _cell(parent: Order, code: str, actor: Actor) -> CellRef:
    """The cell of a child: the parent's, or another one under the same desk of the actor."""
    snapshot = tree()
    if not code.strip():
        return snapshot.by_id[parent.cell_id]
    ref = snapshot.by_code.get(code.strip())
    roots = [grant.cell_id for grant in actor.grants_for("orders.split")]
    if ref is None or not (actor.is_system or any(ref.is_under(root) for root in roots)):
        raise Refused("cell_unknown", 422, field="cell", code=code[:20])
    return ref

"""An order for somebody at the telephone, at the door or in a meeting."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from gridpact.core.access import Actor, Refused, require
from gridpact.doors.places import Places
from gridpact.doors.selectors.callers import known_caller, newest_name
from gridpact.doors.services.chains import own_cell
from gridpact.grid.tree import tree
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.models import Order
from gridpact.orders.services import Contact, Intake, open_order

FORM, MEETING = "form", "meeting"


@dataclass(frozen=True, slots=True)
class Call:
    """What was said; `reference` is the number of a meeting, `token` names the form."""

    text: str
    cell: str
    token: str
    channel: str = Channel.PHONE
    kind: str = Kind.NEED
    address: str = ""
    phone: str = ""
    name: str = ""
    reference: str = ""


def take_call(call: Call, *, actor: Actor) -> Order:
    """Place the order of a call; the same form again gives the same order.

    The place is looked for below `cell` and never outside it. A known caller who gave no name
    keeps the name they gave before. Raises `Refused`: 403, 404 for a cell outside the actor's,
    422 as at every intake, for a meeting without a number or with one that its desk has used
    already: every community counts its own meetings.
    """
    require(actor, "orders.submit_for")
    cell = own_cell(actor, call.cell)
    in_meeting = call.channel == Channel.MEETING
    if in_meeting and not call.reference.strip():
        raise Refused("missing", 422, field="reference")
    known = known_caller(actor, call.phone) if call.phone and not call.name else None
    name = call.name or (newest_name(known.orders) if known else "")
    desk = tree().by_id[cell.desk_id]
    intake = Intake(
        text=call.text,
        kind=call.kind,
        address=call.address,
        cell=Places(cell, tree()).find(call.address).code,
        contact=Contact(name, call.phone),
        anonymous=not (name or call.phone),
        channel=call.channel,
        source_system=f"{MEETING}:{desk.code}" if in_meeting else FORM,
        source_number=call.reference.strip() if in_meeting else f"{actor.user_id}:{call.token}",
    )
    try:
        with transaction.atomic():
            return open_order(intake, actor=actor)
    except IntegrityError as error:
        order = _same(intake, actor)
        if order is None:
            raise Refused("reference_used", 422, field="reference") from error
        if in_meeting and order.text != intake.text.strip():
            raise Refused("reference_taken", 422, field="reference", number=order.number) from error
        return order


def _same(intake: Intake, actor: Actor) -> Order | None:
    """The order that has the number already, if the actor may know of it."""
    rows = Order.objects.filter(source_system=intake.source_system)
    if intake.source_system != FORM:  # a form's number names its own user
        rows = rows.visible_to(actor)
    return rows.filter(source_number=intake.source_number).first()

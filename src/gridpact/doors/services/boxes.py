"""An emptied suggestion box: every slip becomes an order, all together or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.doors.models import BoxEmptying
from gridpact.doors.services.chains import EARLIEST, own_cell
from gridpact.orders.choices import Channel, Kind
from gridpact.orders.models import Order
from gridpact.orders.services import Contact, Intake, open_order

SOURCE = "box"
MAX_SLIPS = 100


@dataclass(frozen=True, slots=True)
class Slip:
    """One paper: `number` as written on it, else its place in the pile."""

    text: str
    kind: str = Kind.SUGGESTION
    number: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Emptying:
    """Which box, when, by whom; `token` names the form, so that it counts once."""

    cell: str
    place: str
    emptied_on: date
    witnesses: tuple[str, str]
    slips: Sequence[Slip]
    token: str


class SlipsRefused(Refused):
    """Some slips cannot be taken: `reasons` are (number of the row from 1, sentence)."""

    def __init__(self, reasons: list[tuple[int, str]]) -> None:
        row, why = reasons[0]
        super().__init__("box_slips", 422, row=row, why=why)
        self.reasons = reasons


def enter_box(emptying: Emptying, *, actor: Actor) -> tuple[BoxEmptying, list[Order]]:
    """Keep the emptying and place one order a slip; the same form again changes nothing.

    Raises `Refused`: 403 without the right, 404 for a cell outside the actor's, 422 without two
    witnesses, for a day to come, without slips; `SlipsRefused` with a reason a row.
    """
    require(actor, "orders.submit_for")
    cell = own_cell(actor, emptying.cell)
    names = [" ".join(name.split())[:40] for name in emptying.witnesses]
    if not all(names) or names[0] == names[1]:
        raise Refused("witnesses_two", 422, field="witnesses")
    if emptying.emptied_on > clock.today():
        raise Refused("future_date", 422, field="emptied_on")
    if emptying.emptied_on < EARLIEST:
        raise Refused("box_day", 422, field="emptied_on", given=emptying.emptied_on.isoformat())
    if not emptying.slips or len(emptying.slips) > MAX_SLIPS:
        raise Refused("box_empty", 422, field="slips")
    with transaction.atomic():
        box, made = BoxEmptying.objects.get_or_create(
            token=emptying.token,
            defaults={
                "place": emptying.place.strip()[:60],
                "emptied_on": emptying.emptied_on,
                "witnesses": "、".join(names),
                "slips": len(emptying.slips),
                "entered_by_id": actor.user_id,
                "entered_at": clock.now(),
                **cell.scope,
            },
        )
        if not made:
            return box, []
        orders = _orders(box, cell.code, emptying.slips, actor)
        audit.record(actor, "boxes.enter", box, label=box.place, why=f"{len(orders)} slips")
    return box, orders


def _orders(box: BoxEmptying, cell: str, slips: Sequence[Slip], actor: Actor) -> list[Order]:
    orders: list[Order] = []
    reasons: list[tuple[int, str]] = []
    used: set[str] = set()
    for row, slip in enumerate(slips, start=1):
        number = slip.number.strip()[:30] or str(row)
        while number in used:  # "1" twice, and somebody wrote "1/3" on a third
            number = f"{number}/{row}"
        used.add(number)
        try:
            order = open_order(_intake(box, cell, slip, number), actor=actor)
        except Refused as refusal:
            reasons.append((row, refusal.sentence))
        else:
            orders.append(order)
    if reasons:
        raise SlipsRefused(reasons)
    return orders


def _intake(box: BoxEmptying, cell: str, slip: Slip, number: str) -> Intake:
    return Intake(
        text=slip.text,
        kind=slip.kind,
        cell=cell,
        contact=Contact(slip.name, slip.phone),
        anonymous=not (slip.name or slip.phone),
        channel=Channel.BOX,
        source_system=SOURCE,
        source_number=f"{box.pk}-{number}",
    )

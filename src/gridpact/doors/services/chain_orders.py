"""Orders of a chain's wishes and needs: opened for new entries, withdrawn where staff say so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from gridpact.core.access import Actor, Refused
from gridpact.doors.choices import ORDER_KIND, ChainKind
from gridpact.doors.models import Chain, ChainEntry
from gridpact.grid.addressing import Found, locate_address
from gridpact.grid.choices import Level
from gridpact.grid.tree import CellRef, Tree, tree
from gridpact.orders.choices import OPEN, Channel
from gridpact.orders.models import Order
from gridpact.orders.services import Contact, Intake, open_order, withdraw_order

if TYPE_CHECKING:
    from gridpact.doors.services.chains import Line, Reading

SOURCE = "chain"
_BUILDING = re.compile(r"(?<!\d)(\d{1,3})\s?(?:栋|幢|座|号楼|#)")
_UNIT = re.compile(r"(?<!\d)(\d{1,2})\s?单元")
_HYPHENS = re.compile(r"(\d{1,3})-(?:(\d{1,2})-)?(\d{2,4})$")


def open_orders(
    chain: Chain, rows: list[tuple[Line, ChainEntry]], reading: Reading, *, actor: Actor
) -> list[Order]:
    """One order for each row that has none that is still open."""
    snapshot = tree()
    opened = []
    filled = []
    for line, row in rows:
        before = row.order
        if before is not None and before.state in OPEN:
            continue  # still open: the changed words are in the chain
        if before is not None and line.status == "changed":
            continue
        order = open_order(_intake(chain, row, line, reading.cell, snapshot), actor=actor)
        row.order = order
        opened.append(order)
        filled.append(row)
    ChainEntry.objects.bulk_update(filled, ["order"], batch_size=1000)
    return opened


def _intake(chain: Chain, row: ChainEntry, line: Line, cell: CellRef, snapshot: Tree) -> Intake:
    entry = line.entry
    place = find_cell(entry.place, cell, snapshot)
    words = entry.remark or chain.title or entry.raw
    text = words if entry.count == 1 else f"{words} × {entry.count}"
    if entry.remark and chain.title:
        text = f"{text}\n{_('Chain text: %(title)s') % {'title': chain.title}}"
    again = f"-{row.order_id}" if row.order_id else ""
    return Intake(
        text=text[:5000],
        kind=ORDER_KIND[ChainKind(chain.kind)],
        title=words,
        address=f"{snapshot.names(cell.id)} {entry.place}" if entry.place else "",
        cell=place.code,
        contact=Contact(entry.name, entry.phone),
        channel=Channel.CHAIN,
        source_system=SOURCE,
        source_number=f"{chain.pk}-{row.pk}{again}",
    )


def find_cell(place: str, cell: CellRef, snapshot: Tree) -> CellRef:
    """The cell below `cell` that a place such as `5栋2单元` or `3-1-101` names, else `cell`."""
    if not place:
        return cell
    short = _HYPHENS.fullmatch(place)
    if short is not None:
        unit = f"{short[2]}单元" if short[2] else ""
        place = f"{short[1]}栋{unit}{short[3]}室"
    names = snapshot.names(cell.id).replace(" / ", "")
    found = locate_address(f"{names}{place}", snapshot=snapshot)
    if isinstance(found, Found) and found.cell.is_under(cell.id) and found.cell != cell:
        return found.cell
    return _by_house(place, cell, snapshot)


def _by_house(place: str, cell: CellRef, snapshot: Tree) -> CellRef:
    """Neighbours leave out the name of their compound: the only building of that number counts."""
    building, unit = _BUILDING.search(place), _UNIT.search(place)
    below = snapshot.under(cell.id)
    best = cell
    if building is not None:
        number = re.compile(rf"(?<!\d){int(building[1])}\s?(?:栋|幢|座|号楼|#)")
        houses = [ref for ref in below if ref.level == Level.MICRO_GRID and number.search(ref.name)]
        if len(houses) != 1:
            return cell
        best = houses[0]
    if unit is not None and best.level == Level.MICRO_GRID:
        wanted = f"{int(unit[1])}单元"
        units = [ref for ref in snapshot.under(best.id) if ref.name.endswith(wanted)]
        best = units[0] if len(units) == 1 else best
    return best


def withdraw_orders(rows: list[ChainEntry], *, actor: Actor) -> tuple[list[str], list[str]]:
    """Withdraw the open orders of rows that left the list: numbers withdrawn, numbers kept.

    The person left the list themselves, so whoever pastes it acts in the reporter's place.
    """
    ended, kept = [], []
    for row in rows:
        if row.order is None:
            continue
        stands_in = f"reporter:{row.order.pk}"
        behalf = replace(actor, own_rights=actor.own_rights | {stands_in})
        try:
            withdraw_order(row.order, actor=behalf, reason=_("no longer in the chain text"))
        except Refused:
            kept.append(row.order.number)
        else:
            ended.append(row.order.number)
    return ended, kept

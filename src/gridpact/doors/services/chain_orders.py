"""Orders of a chain's wishes and needs: opened for new entries, withdrawn where staff say so."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from gridpact.core.access import Actor, Refused
from gridpact.core.masking import mask_numbers
from gridpact.doors.choices import ORDER_KIND, ChainKind
from gridpact.doors.models import Chain, ChainEntry
from gridpact.doors.places import Places
from gridpact.grid.tree import tree
from gridpact.orders.choices import OPEN, Channel
from gridpact.orders.models import Order
from gridpact.orders.services import Contact, Intake, add_words, open_order, withdraw_order

if TYPE_CHECKING:
    from gridpact.doors.services.chains import Line, Reading

SOURCE = "chain"


def open_orders(
    chain: Chain, rows: list[tuple[Line, ChainEntry]], reading: Reading, *, actor: Actor
) -> list[Order]:
    """One order for each row that has none that is still open."""
    places = Places(reading.cell, tree())
    opened = []
    filled = []
    for line, row in rows:
        before = row.order
        if before is not None and before.state in OPEN:
            if line.status == "changed":
                add_words(before, actor=actor, text=_now_says(line))
            continue
        if before is not None and line.status == "changed":
            continue
        order = open_order(_intake(chain, row, line, places), actor=actor)
        row.order = order
        opened.append(order)
        filled.append(row)
    ChainEntry.objects.bulk_update(filled, ["order"], batch_size=1000)
    return opened


def _now_says(line: Line) -> str:
    """What a changed entry says now: place and remark, numbers hidden."""
    entry = line.entry
    count = f"× {entry.count}" if entry.count != 1 else ""
    words = " ".join(filter(None, (entry.place, mask_numbers(entry.remark), count)))
    return _("The chain text now says: %(words)s") % {"words": words or mask_numbers(entry.raw)}


def _intake(chain: Chain, row: ChainEntry, line: Line, places: Places) -> Intake:
    entry = line.entry
    named = "name_long" not in entry.doubts  # else the sentence in front is the matter itself
    words = (entry.remark if named else mask_numbers(entry.raw)) or chain.title or entry.raw
    text = words if entry.count == 1 else f"{words} × {entry.count}"
    if (entry.remark or not named) and chain.title:
        text = f"{text}\n{_('Chain text: %(title)s') % {'title': chain.title}}"
    again = f"-{row.order_id}" if row.order_id else ""
    return Intake(
        text=text[:5000],
        kind=ORDER_KIND[ChainKind(chain.kind)],
        title=words,
        address=f"{places.names} {entry.place}" if entry.place else "",
        cell=places.find(entry.place).code,
        contact=Contact(entry.name if named else "", entry.phone),
        channel=Channel.CHAIN,
        source_system=SOURCE,
        source_number=f"{chain.pk}-{row.pk}{again}",
    )


def withdraw_orders(rows: list[ChainEntry], *, actor: Actor) -> tuple[list[str], list[str]]:
    """Withdraw the open orders of rows that left the list: numbers withdrawn, numbers kept.

    The person left the list themselves, so whoever pastes it acts in the reporter's place.
    """
    ended, kept = [], []
    for row in rows:
        if row.order is None:
            continue
        stands_in = f"reporter:{row.order.pk}"
        # A copy, since the actor of a page is a lazy stand-in for the real one.
        behalf = replace(copy(actor), own_rights=actor.own_rights | {stands_in})
        try:
            withdraw_order(row.order, actor=behalf, reason=_("no longer in the chain text"))
        except Refused:
            kept.append(row.order.number)
        else:
            ended.append(row.order.number)
    return ended, kept

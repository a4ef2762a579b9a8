"""Rows of chains: every word decided once, phones and ids masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.core.masking import mask_numbers, mask_phone
from gridpact.doors.chain import Unread
from gridpact.doors.choices import EntryState
from gridpact.doors.models import Chain, ChainEntry
from gridpact.doors.services.chains import Line, Reading
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from gridpact.ui.sheets import SheetColumn

SHOWN = 300  # lines of a preview that are drawn; the counts are of all
DOUBTS = {
    "name_missing": gettext_lazy("no name"),
    "name_long": gettext_lazy("is this a name?"),
    "several_counts": gettext_lazy("several counts; the first was taken"),
    "count_odd": gettext_lazy("the count cannot be right; 1 was taken"),
    "several_phones": gettext_lazy("several phones; the first was taken"),
    "phone_odd": gettext_lazy("a phone with a missing or doubled digit?"),
    "number_inside": gettext_lazy("holds a line with another number"),
}
WHY = {
    "empty": gettext_lazy("a number without words"),
    "number_inside": gettext_lazy("the number is not the next one; kept with the entry above"),
    "between": gettext_lazy("text between two entries"),
    "other_chain": gettext_lazy("another chain begins here; it is not saved with this one"),
}
STATUS: dict[str, tuple[str | Promise, str, str]] = {
    "new": (gettext_lazy("new"), "green", "plus"),
    "back": (gettext_lazy("back again"), "green", "arrow-back-up"),
    "changed": (gettext_lazy("changed"), "amber", "pencil"),
    "same": (gettext_lazy("unchanged"), "grey", "equal"),
    "withdrawn": (gettext_lazy("no longer in the list"), "red", "minus"),
}
_OF_STATE = {
    EntryState.NEW: "new", EntryState.CHANGED: "changed", EntryState.WITHDRAWN: "withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as pages show it."""

    number: int
    name: str
    phone: str
    place: str
    count: int
    remark: str
    status: str | Promise
    tone: str
    icon: str
    doubts: str
    known_as: str
    pk: int = 0
    order: str = ""
    order_href: str = ""


def line_rows(reading: Reading) -> list[EntryRow]:
    """The lines of a preview: what changes first, in the order of the text."""
    lines = sorted(reading.lines, key=lambda line: line.status == "same")[:SHOWN]
    return [_of_line(line) for line in lines]


def _of_line(line: Line) -> EntryRow:
    entry = line.entry
    word, tone, icon = STATUS[line.status]
    order = line.row.order if line.row is not None else None
    return EntryRow(
        entry.number, entry.name, mask_phone(entry.phone), entry.place, entry.count,
        mask_numbers(entry.remark), word, tone, icon, doubt_words(entry.doubts), line.known_as,
        order=order.number if order else "",
        order_href=reverse("orders:detail", args=[order.number]) if order else "",
    )  # fmt: skip


def entry_rows(entries: Iterable[ChainEntry]) -> list[EntryRow]:
    """Saved entries."""
    rows = []
    for entry in entries:
        word, tone, icon = STATUS[_OF_STATE[EntryState(entry.state)]]
        number = entry.order.number if entry.order else ""
        rows.append(
            EntryRow(
                entry.number, entry.name, mask_phone(entry.phone), entry.place, entry.count,
                mask_numbers(entry.remark), word, tone, icon, doubt_words(entry.doubts),
                entry.known_as, entry.pk, number,
                reverse("orders:detail", args=[number]) if number else "",
            )
        )  # fmt: skip
    return rows


def doubt_words(codes: Iterable[str]) -> str:
    """Doubts as words."""
    return _("; ").join(str(DOUBTS[code]) for code in codes if code in DOUBTS)


def unread_lines(unread: Iterable[Unread]) -> list[tuple[int, str, str]]:
    """(line, masked text, why) of what was not understood."""
    return [
        (each.line, mask_numbers(each.text)[:200], str(WHY[each.why])) for each in list(unread)[:50]
    ]


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One chain in the list."""

    href: str
    title: str
    where: str
    chain: Chain
    entries: int
    people: int
    orders: int


def chain_rows(chains: Iterable[Chain]) -> list[ChainRow]:
    """Chains with their counts (annotated `entry_count`, `people`, `order_count`)."""
    return [
        ChainRow(
            reverse("doors:chain", args=[chain.pk]),
            mask_numbers(chain.title)[:80] or _("without a title"),
            f"{chain.cell.name} {chain.group}".strip(),
            chain,
            getattr(chain, "entry_count", 0),
            getattr(chain, "people", 0) or 0,
            getattr(chain, "order_count", 0),
        )
        for chain in chains
    ]


def status_columns() -> list[SheetColumn]:
    """The columns of what a hotline is told."""
    heads = (
        (_("Number of the hotline"), 20), (_("Our number"), 20), (_("State"), 12), (_("Unit"), 24),
        (_("Answer"), 50), (_("Placed"), 17), (_("Finished"), 17), (_("Closed"), 17),
        (_("Last change"), 17),
    )  # fmt: skip
    return [SheetColumn(head, width) for head, width in heads]


def status_row(order: Any) -> tuple[Any, ...]:
    """One order as its hotline is told, with texts masked (`told` gives `changed_at`)."""
    return (
        order.source_number, order.number, str(State(order.state).label), unit_of(order),
        mask_numbers(order.answer), order.created_at, order.finished_at, order.closed_at,
        order.changed_at,
    )  # fmt: skip


def unit_of(order: Order) -> str:
    """Who has it: the handler, else the desk."""
    return order.handler_label or order.desk.name


@dataclass(frozen=True, slots=True)
class Door:
    """A way by which something comes in."""

    icon: str
    label: str
    hint: str
    href: str


@dataclass(frozen=True, slots=True)
class WishRow:
    """A micro-wish with the chain it came from."""

    title: str
    href: str
    number: str
    state: str
    state_label: str
    place: str
    at: datetime
    free: int
    chain: str = ""
    chain_href: str = ""


def wish_rows(orders: Iterable[Order]) -> list[WishRow]:
    """Wishes with their chain."""
    rows = []
    for order in orders:
        entry = next(iter(order.chain_entries.all()), None)
        chain = entry.chain if entry is not None else None
        rows.append(
            WishRow(
                mask_numbers(order.title),
                reverse("orders:detail", args=[order.number]),
                order.number,
                order.state,
                str(State(order.state).label),
                order.cell.name,
                order.created_at,
                order.slots_free,
                (mask_numbers(chain.title)[:40] or _("without a title")) if chain else "",
                reverse("doors:chain", args=[chain.pk]) if chain else "",
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """An earlier order of the same caller."""

    number: str
    href: str
    title: str
    state: str
    state_label: str
    place: str
    at: datetime


def earlier_rows(orders: Iterable[Order]) -> list[EarlierRow]:
    """Earlier orders of a caller, texts masked."""
    return [
        EarlierRow(
            order.number,
            reverse("orders:detail", args=[order.number]),
            mask_numbers(order.title),
            order.state,
            str(State(order.state).label),
            order.cell.name,
            order.created_at,
        )
        for order in orders
    ]

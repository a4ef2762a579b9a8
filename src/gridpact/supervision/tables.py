"""Rows of the supervision desk and of the weekly list, ready for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, can
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.orders.choices import Card, Light
from gridpact.orders.models import Order, Supervision
from gridpact.orders.selectors import COUNT_CAP
from gridpact.orders.tables.many import Bar
from gridpact.orders.tables.rows import OrderRow, order_rows
from gridpact.supervision.filters import LABELS
from gridpact.supervision.models import Instruction
from gridpact.supervision.selectors import Late, is_over, kept_limit, unit_of
from gridpact.ui import parts
from gridpact.ui.sheets import SheetColumn

TONES = {Card.RED: "red", Card.YELLOW: "amber", Card.NORMAL: "blue"}


class DeskRow(NamedTuple):
    """One order under supervision."""

    row: OrderRow
    moves: str
    card: str
    tone: str
    reason: str
    since: datetime | None
    limit: datetime | None
    by: str | Promise
    step: str
    desk: str
    instruction: Instruction | None
    answer_href: str
    instruct_href: str


def desk_lines(orders: Sequence[Order], actor: Actor, bar: Bar, below: str) -> list[DeskRow]:
    """Rows for orders loaded by `desk_rows`."""
    made = order_rows(orders, actor, below)
    return [
        _desk_row(order, row, actor, bar.moves[order.number])
        for order, row in zip(orders, made, strict=True)
    ]


def _desk_row(order: Order, row: OrderRow, actor: Actor, moves: str) -> DeskRow:
    cards: list[Supervision] = getattr(order, "cards", [])
    said: list[Instruction] = getattr(order, "said", [])
    card = cards[-1] if cards else None
    newest = next((one for one in said if one.answered_at is None), said[0] if said else None)
    waiting = newest is not None and newest.answered_at is None
    may_answer = waiting and can(actor, "orders.answer_instruction", order)
    may_instruct = order.is_open and can(actor, "orders.instruct", order)
    return DeskRow(
        row=row,
        moves=moves,
        card=order.get_card_display() if order.card else str(Light(order.light).label),
        tone=TONES.get(Card(order.card), "grey") if order.card else "grey",
        reason=card.reason if card else "",
        since=card.given_at if card else None,
        limit=card.limit_at if card else None,
        by=_given_by(card),
        step=order.get_step_display() if order.step else "",
        desk=order.desk.name,
        instruction=newest,
        answer_href=reverse("supervision:answer", args=(newest.pk,))
        if newest is not None and may_answer
        else "",
        instruct_href=reverse("supervision:instruct", args=(order.number,)) if may_instruct else "",
    )


def _given_by(card: Supervision | None) -> str | Promise:
    if card is None:
        return ""
    return str(card.given_by) if card.given_by is not None else _("the clock")


def tabs(counts: dict[str, int], chosen: str, query: dict[str, str]) -> list[parts.Tab]:
    """The kinds of supervision with their counts; the other filters stay."""
    base = reverse("supervision:desk")
    return [
        parts.Tab(
            label, f"{base}?{urlencode({**query, 'what': what})}",
            min(counts[what], COUNT_CAP - 1), active=what == chosen,
        )
        for what, label in LABELS.items()
    ]  # fmt: skip


class LateRow(NamedTuple):
    """A unit or desk that is late; each number opens its list."""

    name: str
    red: int
    red_href: str
    yellow: int
    yellow_href: str
    days: str


def late_rows(found: Iterable[Late]) -> list[LateRow]:
    """Rows of the table "who is late"; the mean is shown in days of 24 hours."""
    base = reverse("supervision:desk")
    return [
        LateRow(
            late.name,
            late.red,
            f"{base}?what=red&{'org' if late.is_org else 'desk'}={late.key}",
            late.yellow,
            f"{base}?what=yellow&{'org' if late.is_org else 'desk'}={late.key}",
            "–" if late.hours is None else f"{late.hours / 24:.1f}",
        )
        for late in found
    ]


class CardRow(NamedTuple):
    """A card in the weekly list."""

    number: str
    href: str
    title: str
    card: str
    tone: str
    unit: str
    reason: str
    given: datetime
    limit: datetime | None
    closed: datetime | None
    over: bool
    kept: bool


def card_rows(cards: Iterable[Supervision]) -> list[CardRow]:
    """What the weekly list says of each card."""
    return [
        CardRow(
            card.order.number,
            reverse("orders:detail", args=(card.order.number,)),
            card.order.title,
            card.get_card_display(),
            TONES[Card(card.card)],
            unit_of(card),
            card.reason,
            card.given_at,
            card.limit_at,
            card.order.closed_at,
            is_over(card),
            kept_limit(card),
        )
        for card in cards
    ]


WEEK_COLUMNS = (
    SheetColumn(_("number"), 20),
    SheetColumn(_("title"), 44),
    SheetColumn(_("Card"), 12),
    SheetColumn(_("Unit"), 24),
    SheetColumn(_("Community"), 20),
    SheetColumn(_("Reason"), 40),
    SheetColumn(_("given"), 18),
    SheetColumn(_("limit"), 18),
    SheetColumn(_("closed"), 18),
)


def week_sheet(cards: Iterable[Supervision]) -> Iterator[tuple[object, ...]]:
    """Rows of the weekly list as a file, in the order of `WEEK_COLUMNS`."""
    for card in cards:
        order = card.order
        yield (
            order.number, order.title, card.get_card_display(), unit_of(card), order.desk.name,
            card.reason, card.given_at, card.limit_at, order.closed_at,
        )  # fmt: skip


def level_below(cell: Cell | None) -> str:
    """The level whose names need not be repeated in every row."""
    return cell.level if cell is not None else Level.DISTRICT

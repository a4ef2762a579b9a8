"""What the triage desk draws: queue rows, one order with its surroundings, the four classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridpact.clocks.book import latest
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.masking import mask_phone
from gridpact.core.worktime import Limit, due
from gridpact.grid.choices import Level
from gridpact.networks.models import NetworkCell
from gridpact.orders.choices import DESK, Klass, Light, Priority, Step, Way
from gridpact.orders.forms import FORMS
from gridpact.orders.forms.desk import CLASSES, MEANINGS, DecideForm
from gridpact.orders.hooks.hints import Hint, unasked_receiver
from gridpact.orders.limits import cells_of, key_of, subject_of
from gridpact.orders.models import Order
from gridpact.orders.selectors.desk import (
    Looker,
    Near,
    answering,
    lookers,
    neighbours,
    same_reporter,
)
from gridpact.orders.services import allowed_now
from gridpact.orders.services.desk.decide import ways_for
from gridpact.orders.tables.detail import Detail, detail_of
from gridpact.orders.tables.rows import OrderRow, order_rows
from gridpact.ui import times
from gridpact.ui.templatetags.ui import CLASS_ICONS

_LIGHTS = {Light.RED: "red", Light.YELLOW: "yellow"}
# Moves that the decision form makes itself; the others are links below it.
_IN_FORM = {"accept", "reject", "triage", "offer", "dispatch", "guide", "escalate", "merge"}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting order: card of the clock, what, where, since when, who else looks at it."""

    row: OrderRow
    href: str
    card: str
    urgent: bool
    looker: str
    current: bool


def queue_rows(
    orders: Sequence[Order], actor: Actor, *, below: str, current: str, query: str
) -> list[QueueRow]:
    """Rows for `orders` (loaded `for_rows`); `query` (tab and search) goes along in the links."""
    seen = lookers([order.pk for order in orders], actor)
    return [
        QueueRow(
            row=row,
            href=desk_href(row.number, query),
            card=_LIGHTS.get(Light(order.light), ""),
            urgent=order.priority == Priority.URGENT,
            looker=looker_words(seen.get(order.pk)),
            current=row.number == current,
        )
        for order, row in zip(orders, order_rows(orders, actor, below), strict=True)
    ]


def desk_href(number: str, query: str = "") -> str:
    """The desk with this order open."""
    href = reverse("orders:desk_order", args=(number,))
    return f"{href}?{query}" if query else href


def looker_words(looker: Looker | None) -> str:
    """`X opened it 1 minute ago`, or nothing."""
    if looker is None:
        return ""
    return _("%(who)s opened it, %(when)s") % {"who": looker.name, "when": times.ago(looker.at)}


@dataclass(frozen=True, slots=True)
class NearRow:
    """An order close by or of the same reporter, with the link that merges into it."""

    row: OrderRow
    note: str
    merge_href: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Somebody who answers for the place; a phone that is not on the public sign is `masked`."""

    post: str
    place: str
    holder: str
    phone: str
    masked: bool = True


@dataclass(frozen=True, slots=True)
class HintCard:
    """A suggestion, and the address of this page with it filled in."""

    hint: Hint
    share: str
    take_href: str


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """One of the four: its key, what it means, how long handling takes, which ways it has."""

    value: str
    key: int
    label: str
    icon: str
    meaning: str | Promise
    limit: str
    ways: str
    first_way: str
    reply: str
    to: str
    checked: bool


@dataclass(frozen=True, slots=True)
class WayChoice:
    """One way on, and the classes it is for."""

    value: str
    label: str
    classes: str
    checked: bool


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """The middle pane."""

    detail: Detail
    row: OrderRow
    near: list[NearRow]
    is_near_alike: bool
    same: list[NearRow]
    answers: list[Answers]
    looker: str
    hints: list[HintCard]
    around_href: str
    waits: bool
    may_refuse: bool
    others: list[tuple[str, str]]


def desk_order(
    order: Order, actor: Actor, hints: Sequence[Hint], officers: Sequence[NetworkCell],
    query: str = "",
) -> DeskOrder:  # fmt: skip
    """Everything about one order that the desk shows (`order` loaded `with_parts`).

    officers: of department networks on its place, as `receivers` found them.
    """
    detail = detail_of(
        order, actor, log=list(order.log.all()), photos=list(order.photos.all()), claims=()
    )
    possible = allowed_now(order, actor)
    may_merge = "merge" in possible and "merge" in FORMS
    near = neighbours(order, actor)
    same = same_reporter(order, actor)
    rows = order_rows([order, *(each.order for each in near), *same], actor, Level.COMMUNITY)
    around, reported = rows[1 : len(near) + 1], rows[len(near) + 1 :]
    return DeskOrder(
        detail=detail,
        row=rows[0],
        near=[
            NearRow(row, _distance(each), _merge_href(order, each.order, may=may_merge))
            for row, each in zip(around, near, strict=True)
        ],
        is_near_alike=any(each.is_alike for each in near),
        same=[
            NearRow(row, times.ago(each.created_at), _merge_href(order, each, may=may_merge))
            for row, each in zip(reported, same, strict=True)
        ],
        answers=[*_heads(order), *_officers(officers)],
        looker=looker_words(lookers([order.pk], actor).get(order.pk)),
        hints=[_card(hint, order, query) for hint in hints],
        around_href=reverse("orders:desk_around", args=(order.number,)),
        waits=order.state in DESK and ("triage" in possible or "accept" in possible),
        may_refuse="reject" in possible,
        others=[
            (str(action.label), action.url)
            for action in detail.actions
            if action.possible and not _IN_FORM & {action.url.rsplit("/", 1)[-1]}
        ],
    )


def _distance(near: Near) -> str:
    if near.metres is None:
        return _("same address")
    return _("%(metres)s m away") % {"metres": near.metres} if near.metres else _("same place")


def _merge_href(order: Order, other: Order, *, may: bool) -> str:
    if not may or not other.is_open:
        return ""
    return f"{reverse('orders:move', args=(order.number, 'merge'))}?into={other.number}"


def _heads(order: Order) -> list[Answers]:
    return [
        Answers(
            post.kind.name,
            post.cell.name,
            str(post.user),
            post.user.phone if post.public_phone else mask_phone(post.user.phone),
            masked=not post.public_phone,
        )
        for post in answering(order)
    ]


def _officers(cells: Sequence[NetworkCell]) -> list[Answers]:
    return [
        Answers(cell.network.name, cell.name, cell.officer_name, mask_phone(cell.officer_phone))
        for cell in cells[:6]
    ]


def _card(hint: Hint, order: Order, query: str) -> HintCard:
    filled = {"klass": hint.klass, "category": hint.category, "to": hint.to}
    return HintCard(hint, share_words(hint.confidence), take_href(order, query, filled))


def share_words(confidence: float | None) -> str:
    """Whole per cent, or nothing."""
    return "" if confidence is None else f"{round(100 * confidence)}%"


def take_href(order: Order, query: str, filled: Mapping[str, str]) -> str:
    """This page with what is suggested filled in; nothing when nothing is."""
    taken = urlencode({key: value for key, value in filled.items() if value})
    return desk_href(order.number, "&".join(filter(None, (query, taken)))) if taken else ""


def class_choices(form: DecideForm, order: Order, hints: Sequence[Hint]) -> list[ClassChoice]:
    """The four classes in the order of their keys, the one of the form checked.

    `to` is the receiver that choosing the class fills in.
    """
    chosen = str(form["klass"].value() or "")
    first = {klass: code for code, klass, _text in reversed(form.sentences()) if klass}
    return [
        ClassChoice(
            value=klass.value,
            key=position,
            label=str(klass.label),
            icon=CLASS_ICONS[klass.value],
            meaning=MEANINGS[klass],
            limit=_limit_words(order, klass),
            ways=" ".join(ways_for(klass)),
            first_way=ways_for(klass)[0].value,
            reply=first.get(klass.value, ""),
            to=unasked_receiver(hints, klass.value),
            checked=chosen == klass.value,
        )
        for position, klass in enumerate(CLASSES, start=1)
    ]


def kept_classes(classes: Sequence[ClassChoice], form: DecideForm) -> list[ClassChoice]:
    """The same with what a refused form had chosen."""
    chosen = str(form["klass"].value() or "")
    return [replace(each, checked=each.value == chosen) for each in classes]


def way_choices(form: DecideForm) -> list[WayChoice]:
    """The ways on; each names the classes it is for."""
    chosen = str(form["way"].value() or "")
    return [
        WayChoice(
            way.value,
            str(way.label),
            " ".join(klass.value for klass in CLASSES if way in ways_for(klass)),
            chosen == way.value,
        )
        for way in Way
    ]


def _limit_words(order: Order, klass: Klass) -> str:
    """`3 working days, until Nov 27, 14:05`: the handling limit if it were handed on now."""
    span, until = handle_until(order, klass)
    return _("%(span)s, until %(until)s") % {"span": span_words(span), "until": times.moment(until)}


def handle_until(order: Order, klass: Klass) -> tuple[Limit, datetime]:
    """The limit of handling `order` as `klass`, and when it would be over, counted from now."""
    pages = latest()
    office = pages.office(cells_of(order))
    subject = replace(subject_of(order, pages), klass=klass.value)
    span = pages.rule(key_of(Step.HANDLE, redone=order.redone > 0), subject).span(office)
    return span, due(clock.now(), span, office)


def span_words(span: Limit) -> str:
    """A limit as people say it: working days where it is some, else hours."""
    if span.clock:
        hours = span.minutes // 60
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = span.minutes // latest().base.day_minutes
    if not days:
        hours = span.minutes // 60
        return ngettext("%(n)d working hour", "%(n)d working hours", hours) % {"n": hours}
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}

"""Rows of the list and the parts of a question's page, in the words both sides read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, can
from gridpact.honesty.choices import Kind, Standing, Verdict
from gridpact.honesty.models import Question
from gridpact.honesty.selectors import UnitMonth
from gridpact.orders.choices import MOVES, allowed_from
from gridpact.orders.models import Order, Photo
from gridpact.orders.policies import sees_text
from gridpact.orders.tables.detail import photo_part
from gridpact.orders.tables.moves import icon_of, title_of
from gridpact.orders.tables.rows import shown_title
from gridpact.ui import parts

_TONES: dict[str, str] = {Standing.OPEN: "amber", Standing.ANSWERED: "blue"}
_FLAWS = {
    "nothing": _("There is neither a photo of the result nor a document."),
    "only_paper": _("An outdoor matter, but there are documents only."),
    "older": _("A photo was taken %(hours)s hours before the order was placed."),
    "far": _("A photo was taken %(metres)s metres from the place."),
}
_PHONES = {
    "own": _("The phone that rated is the phone of whoever finished the order."),
    "staff": _("The phone that rated is the phone of %(name)s, who works here."),
    "many": _("%(times)s orders of this phone were rated as satisfied within 30 days."),
}
_LINES: dict[str, Promise] = {
    Kind.MASS: _("%(times)s orders within %(minutes)s minutes: %(verb)s."),
    Kind.CALLS: _("%(times)s call-backs in a row were noted as satisfied."),
    Kind.SPEED: _("In handling for %(minutes)s minutes; half of the others took over %(median)s."),
    Kind.COPIED: _("The same answer was given to %(times)s orders."),
    Kind.LATE: _(
        "%(times)s orders within 30 days were finished less than %(minutes)s minutes before"
        " their limit."
    ),
    Kind.PAIR: _(
        "%(times)s finishes of %(name)s in a row were passed within %(minutes)s minutes each."
    ),
    Kind.PHOTO: _("The photo looks like a photo of another order."),
}
AFTER_WORD = ("verify_fail", "supervise")  # what may follow "not in order"


def findings(question: Question) -> list[str]:
    """What was found, as plain sentences."""
    facts: dict[str, Any] = question.evidence
    if question.kind == Kind.PROOF:
        return [str(_FLAWS[flaw["what"]]) % flaw for flaw in facts["flaws"]]
    if question.kind == Kind.PHONE:
        return [str(_PHONES[facts["what"]]) % facts]
    verb = facts.get("verb")
    named = {**facts, "verb": title_of(verb)} if verb else facts
    return [str(_LINES[question.kind]) % named]


class ListRow(NamedTuple):
    """One question in the list."""

    href: str
    text: Promise
    kind: str
    found: str
    title: str
    number: str
    asked: str
    unit: str
    at: datetime
    state: str
    tone: str


def list_rows(questions: Iterable[Question], actor: Actor) -> list[ListRow]:
    """Rows for questions loaded `with_parts`."""
    return [
        ListRow(
            reverse("honesty:question", args=(question.pk,)),
            question.text,
            question.get_kind_display(),
            findings(question)[0],
            shown_title(question.order, actor) if question.order is not None else "",
            question.order.number if question.order is not None else "",
            str(question.asked) if question.asked is not None else "",
            question.unit,
            question.asked_at,
            state_word(question),
            tone_of(question),
        )
        for question in questions
    ]


def state_word(question: Question) -> str:
    """To be answered, answered, or the word that settled it."""
    return question.get_verdict_display() if question.verdict else question.get_state_display()


def tone_of(question: Question) -> str:
    """The colour of the state."""
    if question.verdict:
        return "green" if question.verdict == Verdict.FINE else "red"
    return _TONES[question.state]


def tabs(counts: dict[str, int], chosen: str, kept: dict[str, str]) -> list[parts.Tab]:
    """By state; the other filters stay."""
    base = reverse("honesty:list")
    names = [("", _("All")), *Standing.choices]
    return [
        parts.Tab(
            label, f"{base}?{urlencode({**kept, 'state': state})}", counts[state],
            active=state == chosen,
        )
        for state, label in names
    ]  # fmt: skip


class UnitRow(NamedTuple):
    """A line of the table by month and unit; each number opens its list."""

    month: str
    unit: str
    asked: int
    href: str
    waiting: int
    not_fine: int
    not_fine_href: str


def unit_rows(found: Iterable[UnitMonth]) -> list[UnitRow]:
    """Rows of the table by month and unit."""
    base = reverse("honesty:list")
    made = []
    for line in found:
        query = urlencode({"month": f"{line.month:%Y-%m}", "unit": line.unit})
        href = f"{base}?{query}"
        made.append(
            UnitRow(
                f"{line.month:%Y-%m}",
                line.unit,
                line.asked,
                href,
                line.waiting,
                line.not_fine,
                f"{href}&verdict={Verdict.NOT_FINE}",
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class OrderLink:
    """An order a question names; out of sight it is a number without a link."""

    number: str
    title: str = ""
    href: str = ""
    state: str = ""
    state_label: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos beside each other; `other` is None when the second is out of sight."""

    mine: parts.Photo
    other: parts.Photo | None
    order: OrderLink
    word: str


def order_links(ids: Iterable[int], actor: Actor) -> dict[int, OrderLink]:
    """The named orders by id, as far as this actor may open them."""
    wanted = list(ids)
    seen = Order.objects.visible_to(actor).filter(pk__in=wanted).values("pk")
    rows = Order.objects.filter(pk__in=wanted).with_parts()
    open_to = set(seen.values_list("pk", flat=True))
    return {
        order.pk: OrderLink(
            order.number, shown_title(order, actor),
            reverse("orders:detail", args=(order.number,)), order.state.lower(),
            order.get_state_display(),
        )
        if order.pk in open_to
        else OrderLink(order.number)
        for order in rows
    }  # fmt: skip


def pairs_of(question: Question, actor: Actor) -> list[Pair]:
    """The photos of a question, side by side with what they look like."""
    pairs = question.evidence.get("pairs", [])
    keys = [pair[end] for pair in pairs for end in ("photo", "other")]
    photos = Photo.objects.select_related("order__cell", "order__handler_post").in_bulk(keys)
    by_key = {str(key): photo for key, photo in photos.items()}
    links = order_links([pair["order"] for pair in pairs], actor)
    made = []
    for pair in pairs:
        mine, other = by_key.get(pair["photo"]), by_key.get(pair["other"])
        if mine is None or other is None or mine.order is None or other.order is None:
            continue
        same = mine.sha256 == other.sha256
        word = gettext("the very same file") if same else gettext("looks alike")
        shown = photo_part(other) if sees_text(actor, other.order) else None
        made.append(Pair(photo_part(mine, mine.order.number), shown, links[other.order.pk], word))
    return made


def shots_of(question: Question) -> list[parts.Photo]:
    """The photos of proof a question about proof shows."""
    keys = question.evidence.get("photos", [])
    rows = Photo.objects.filter(pk__in=keys, order=question.order)
    return [photo_part(photo) for photo in rows if photo.kind == "image"]


def next_steps(question: Question, actor: Actor) -> list[parts.Action]:
    """What may follow "not in order": only moves that are possible now, by this actor."""
    order = question.order
    if order is None or question.verdict != Verdict.NOT_FINE:
        return []
    possible = allowed_from(order.state, order.card)
    return [
        parts.Action(
            MOVES[verb].name, reverse("orders:move", args=(order.number, verb)), icon_of(verb)
        )
        for verb in AFTER_WORD
        if verb in possible and can(actor, f"orders.{verb}", order)
    ]

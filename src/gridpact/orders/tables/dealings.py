"""What hangs on an order, for its page: card, calls, ties, decisions, contacts, extensions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.masking import mask_text
from gridpact.core.worktime import DAY_MINUTES
from gridpact.orders.choices import Card, ContactWay, Klass, State
from gridpact.orders.models import Assist, Extension, Order
from gridpact.orders.policies import sees_text
from gridpact.orders.selectors.dealings import Dealings
from gridpact.ui import parts, times

Fact = tuple[str | Promise, object]
_CARD_TONES: dict[str, parts.Tone] = {
    Card.NORMAL: "blue", Card.YELLOW: "amber", Card.RED: "red",
}  # fmt: skip


class Banner(NamedTuple):
    """A sentence above the page that nobody may overlook."""

    text: str
    tone: str
    icon: str


class Call(NamedTuple):
    """A called department: what it is asked, how far it is, what it said, how it was rated."""

    org: str
    is_lead: bool
    word: str
    tone: str
    due: str
    task: str
    result: str
    stars: str
    comment: str


class Tie(NamedTuple):
    """Another order; `href` is empty where the reader does not see it."""

    number: str
    href: str
    title: str
    state: str
    state_label: str


class TieGroup(NamedTuple):
    """Orders that belong together in one way."""

    label: str
    rows: list[Tie]


@dataclass(frozen=True, slots=True)
class Sides:
    """The parts of the page beside text, proof and timeline."""

    banners: list[Banner]
    calls: list[Call]
    ties: list[TieGroup]
    decisions: list[Fact]
    contacts: list[Fact]
    extensions: list[Fact]


def sides_of(order: Order, dealings: Dealings, actor: Actor) -> Sides:
    """The sides of an order for somebody who reads it in full."""
    return Sides(
        banners=_banners(order, dealings),
        calls=[_call(call) for call in dealings.calls],
        ties=_ties(dealings, actor),
        decisions=_decisions(dealings),
        contacts=_contacts(order, dealings),
        extensions=_extensions(dealings),
    )


NO_SIDES = Sides([], [], [], [], [], [])


def _banners(order: Order, dealings: Dealings) -> list[Banner]:
    found = []
    card = dealings.card
    if card is not None:
        limit = ""
        if card.limit_at is not None:
            limit = gettext("until %(when)s") % {"when": times.moment(card.limit_at)}
        text = " · ".join(filter(None, (card.reason, card.instruction, limit)))
        label = Card(card.card).label
        found.append(Banner(f"{label}: {text}", _CARD_TONES[card.card], "alert-octagon"))
    if dealings.target is not None:
        text = gettext("Merged into %(number)s, which goes on.")
        found.append(Banner(text % {"number": dealings.target.number}, "blue", "git-merge"))
    if order.state == State.SUSPENDED and order.review_on is not None:
        text = gettext("Parked; looked at again on %(day)s.")
        day = date_format(order.review_on, "MONTH_DAY_FORMAT")
        found.append(Banner(text % {"day": day}, "blue", "clock-pause"))
    if is_contact_late(order):
        due = times.moment(order.contact_due_at or clock.now())
        text = gettext("The reporter should have been contacted by %(when)s.") % {"when": due}
        found.append(Banner(text, "red", "phone-off"))
    return found


def is_contact_late(order: Order) -> bool:
    """Nobody has reached the reporter within the limit."""
    due = order.contact_due_at
    return order.is_open and order.contacted_at is None and due is not None and due < clock.now()


def _call(call: Assist) -> Call:
    if call.back_at is not None:
        word, tone = gettext("reported back %(when)s"), "green"
        at: datetime = call.back_at
    elif call.closed_at is not None:
        word, tone, at = gettext("ended %(when)s without a report"), "", call.closed_at
    elif call.here_at is not None:
        word, tone, at = gettext("reported in %(when)s"), "blue", call.here_at
    else:
        word, tone, at = gettext("called %(when)s, not yet here"), "amber", call.called_at
    late = call.is_open and call.due_at < clock.now()
    return Call(
        org=call.org.name,
        is_lead=call.is_lead,
        word=word % {"when": times.moment(at)},
        tone="red" if late else tone,
        due=times.moment(call.due_at) if call.is_open else "",
        task=call.task,
        result=call.result,
        stars="★" * (call.stars or 0),
        comment=call.comment,
    )


def _ties(dealings: Dealings, actor: Actor) -> list[TieGroup]:
    above = [each for each in (dealings.parent,) if each is not None]
    into = [each for each in (dealings.target,) if each is not None]
    groups = (
        (gettext("Part of"), above),
        (gettext("Merged into"), into),
        (gettext("Parts"), dealings.children),
        (gettext("Merged into this order"), dealings.merged),
    )
    return [TieGroup(label, _tie_rows(rows, actor)) for label, rows in groups if rows]


def _tie_rows(rows: Iterable[Order], actor: Actor) -> list[Tie]:
    return [
        Tie(
            number=row.number,
            href=reverse("orders:detail", args=(row.number,)) if seen else "",
            title=row.title if seen else mask_text(row.title),
            state=row.state.lower(),
            state_label=str(State(row.state).label),
        )
        for row, seen in ((row, sees_text(actor, row)) for row in rows)
    ]


def _decisions(dealings: Dealings) -> list[Fact]:
    """Shown when it was classed more than once: each class with its reason and who decided."""
    if len(dealings.decisions) < 2:
        return []
    return [
        (
            times.moment(each.at),
            "\n".join(
                filter(
                    None,
                    (
                        f"{Klass(each.klass).label}: {each.reason}",
                        " · ".join(filter(None, (str(each.by or ""), each.post))),
                    ),
                )
            ),
        )
        for each in dealings.decisions
    ]


def _contacts(order: Order, dealings: Dealings) -> list[Fact]:
    facts: list[Fact] = []
    if order.contact_due_at is not None and order.contacted_at is None and order.is_open:
        facts.append((_("To be contacted by"), times.moment(order.contact_due_at)))
    for each in dealings.contacts:
        result = gettext("reached") if each.reached else gettext("not reached")
        head = f"{ContactWay(each.way).label} · {result} · {each.by or ''}"
        facts.append((times.moment(each.at), "\n".join(filter(None, (head, each.text)))))
    return facts


def _extensions(dealings: Dealings) -> list[Fact]:
    """Each request with what became of it; a granted one with the dates it moved."""
    words = {None: _("asked for"), True: _("granted"), False: _("not granted")}
    return [
        (
            times.moment(each.asked_at),
            "\n".join(
                (
                    gettext("%(days)s working days, %(word)s: %(reason)s")
                    % {
                        "days": f"{each.minutes / DAY_MINUTES:g}",
                        "word": words[each.granted],
                        "reason": each.reason,
                    },
                    *_dates_before(each),
                )
            ),
        )
        for each in dealings.extensions
    ]


def _dates_before(extension: Extension) -> list[str]:
    """The limit and the promise as they were before the grant."""
    rows = (
        (gettext("Limit before: %(at)s"), extension.due_before),
        (gettext("Promised before: %(at)s"), extension.promised_before),
    )
    return [words % {"at": times.moment(at)} for words, at in rows if at is not None]

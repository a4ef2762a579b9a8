"""Suggestions for triage and intake from upper apps, listed in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core.access import Actor
from gridpact.orders.models import Order

Text = str | Promise


SURE = 0.5  # a learnt receiver goes before the rule's from here on


@dataclass(frozen=True, slots=True)
class Case:
    """A solved order that speaks for a suggestion, in the reader's sight."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Hint:
    """One suggestion with its evidence; it shows and never decides.

    klass, category (code) and to (`post:1`, `org:2`, `officer:3`) fill the form when the desk
    takes it over; confidence is 0 to 1. preselect: which of these are filled in without asking.
    A receiver beside a class is for that class only.
    """

    title: Text
    evidence: Sequence[Text] = ()
    klass: str = ""
    category: str = ""
    to: str = ""
    confidence: float | None = None
    href: str = ""
    preselect: Sequence[str] = ("to",)
    cases: Sequence[Case] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one key takes over at the desk; parts nobody suggests are empty."""

    klass: str
    category: str
    to: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being entered for a resident, as typed: text, degrees in `datum`, cell, address.

    `cell` is a code, or its name where it is typed.
    """

    text: str
    lon: str = ""
    lat: str = ""
    datum: str = ""
    cell: str = ""
    address: str = ""


Source = Callable[[Actor, Order], Sequence[Hint]]
DraftSource = Callable[[Actor, Draft], Sequence[Hint]]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.TRIAGE_HINTS)
    return tuple(import_string(path) for path in paths)


@cache
def _draft_sources() -> tuple[DraftSource, ...]:
    paths: tuple[str, ...] = import_string(settings.INTAKE_HINTS)
    return tuple(import_string(path) for path in paths)


def preselected(hints: Sequence[Hint], klass: str = "") -> dict[str, str]:
    """What the form is filled with at first: of each field, what the first hint wants there.

    A receiver only once the class is known, the order's own (`klass`) or a filled one: another
    class may have another receiver.
    """
    filled: dict[str, str] = {}
    for hint in hints:
        for name, value in (("klass", hint.klass), ("category", hint.category)):
            if value and name in hint.preselect:
                filled.setdefault(name, value)
    to = unasked_receiver(hints, klass or filled.get("klass", ""))
    return {**filled, "to": to} if to else filled


def unasked_receiver(hints: Sequence[Hint], klass: str) -> str:
    """The receiver that is filled in without asking when an order is of this class."""
    fitting = (hint for hint in _receiving(hints, klass) if "to" in hint.preselect)
    return next((hint.to for hint in fitting), "")


def proposal(hints: Sequence[Hint], klass: str = "") -> Proposal | None:
    """Class, category and receiver that the hints name together; None when they name none.

    klass: the order's own, which then stands. What was learnt goes before what is only alike; of
    receivers one that is learnt and sure, then the rule's, then one that is learnt and unsure.
    """
    matters = [hint for hint in hints if hint.category or (hint.klass and not hint.to)]
    matters.sort(key=lambda hint: hint.confidence is None)
    lead = matters[0] if matters else Hint("")
    chosen = klass or lead.klass
    found = sorted(_receiving(hints, chosen), key=_rank)
    to = found[0].to if found else ""
    if not (lead.klass or lead.category or to):
        return None
    return Proposal(chosen, lead.category, to, lead.confidence)


def _receiving(hints: Sequence[Hint], klass: str) -> list[Hint]:
    return [hint for hint in hints if hint.to and hint.klass in {"", klass}]


def _rank(hint: Hint) -> int:
    if hint.confidence is None:
        return 1
    return 0 if hint.confidence >= SURE else 2


def hints_for(actor: Actor, order: Order) -> list[Hint]:
    """What the other parts of the product suggest for an order; empty while nothing is wired."""
    return [hint for source in _sources() for hint in source(actor, order)]


def hints_for_draft(actor: Actor, draft: Draft) -> list[Hint]:
    """What they say to an order that is being entered; each hint leads to an order in sight."""
    return [hint for source in _draft_sources() for hint in source(actor, draft)]

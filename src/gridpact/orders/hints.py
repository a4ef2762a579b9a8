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


@dataclass(frozen=True, slots=True)
class Hint:
    """One suggestion with its evidence; it shows and never decides.

    klass, category (code) and to (`post:1`, `org:2`, `officer:3`) fill the form when the desk
    takes it over; confidence is 0 to 1. preselect: which of these are filled in without asking.
    """

    title: Text
    evidence: Sequence[Text] = ()
    klass: str = ""
    category: str = ""
    to: str = ""
    confidence: float | None = None
    href: str = ""
    preselect: Sequence[str] = ("to",)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being entered for a resident, as typed: text, degrees in `datum`, a cell's code."""

    text: str
    lon: str = ""
    lat: str = ""
    datum: str = ""
    cell: str = ""


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


def preselected(hints: Sequence[Hint]) -> dict[str, str]:
    """What the form is filled with at first: of each field, what the first hint wants there."""
    filled: dict[str, str] = {}
    for hint in hints:
        values = {"klass": hint.klass, "category": hint.category, "to": hint.to}
        for name in hint.preselect:
            if values[name]:
                filled.setdefault(name, values[name])
    return filled


def hints_for(actor: Actor, order: Order) -> list[Hint]:
    """What the other parts of the product suggest for an order; empty while nothing is wired."""
    return [hint for source in _sources() for hint in source(actor, order)]


def hints_for_draft(actor: Actor, draft: Draft) -> list[Hint]:
    """What they say to an order that is being entered; each hint leads to an order in sight."""
    return [hint for source in _draft_sources() for hint in source(actor, draft)]

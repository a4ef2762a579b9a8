"""Kinds and states of questions, and the numbers from which on one is asked."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a question is about."""

    PROOF = "PROOF", _("proof")
    PHOTO = "PHOTO", _("same photo")
    MASS = "MASS", _("many at once")
    PHONE = "PHONE", _("who rated")
    CALLS = "CALLS", _("call-backs")
    SPEED = "SPEED", _("very quick")
    COPIED = "COPIED", _("same answer")
    LATE = "LATE", _("just in time")
    PAIR = "PAIR", _("same two people")


# Said to both sides; a question, never an accusation.
QUESTIONS: dict[str, Promise] = {
    Kind.PROOF: _("What shows that this matter is really done?"),
    Kind.PHOTO: _("Why does this photo look like one of another order?"),
    Kind.MASS: _("How was each of these orders looked at?"),
    Kind.PHONE: _("Whose word is this rating?"),
    Kind.CALLS: _("Were all these residents really satisfied?"),
    Kind.SPEED: _("How was this done so quickly?"),
    Kind.COPIED: _("Does the same answer fit all these matters?"),
    Kind.LATE: _("Were all these really done just before their limit?"),
    Kind.PAIR: _("Was each of these looked at before it was passed?"),
}


class Standing(models.TextChoices):
    """How far a question is."""

    OPEN = "OPEN", _("to be answered")
    ANSWERED = "ANSWERED", _("answered")
    SETTLED = "SETTLED", _("settled")


class Verdict(models.TextChoices):
    """The word that settles a question."""

    FINE = "fine", _("it is in order")
    NOT_FINE = "not_fine", _("it is not in order")


class Number(NamedTuple):
    """A threshold: its default, the range it may be set in, and what it is."""

    default: int
    least: int
    most: int
    label: Promise


PHOTO_METRES = "photo_metres"
PHOTO_BITS = "photo_bits"
MASS_ORDERS = "mass_orders"
MASS_MINUTES = "mass_minutes"
PHONE_RATINGS = "phone_ratings"
CALLS_RUN = "calls_run"
SPEED_MINUTES = "speed_minutes"
SPEED_PERCENT = "speed_percent"
COPIED_TIMES = "copied_times"
LATE_TIMES = "late_times"
LATE_MINUTES = "late_minutes"
PAIR_RUN = "pair_run"
PAIR_MINUTES = "pair_minutes"

NUMBERS: dict[str, Number] = {
    PHOTO_METRES: Number(500, 50, 20_000, _("Photo taken further away than (metres)")),
    # Seven differing bits are the most that the four bands of a print find for certain.
    PHOTO_BITS: Number(6, 0, 7, _("Photos count as the same up to (differing points of 64)")),
    MASS_ORDERS: Number(10, 3, 500, _("Many at once: orders")),
    MASS_MINUTES: Number(10, 1, 120, _("Many at once: within (minutes)")),
    PHONE_RATINGS: Number(10, 2, 500, _("Good ratings from one phone within 30 days")),
    CALLS_RUN: Number(20, 5, 500, _("Satisfied call-backs in a row by one person")),
    SPEED_MINUTES: Number(10, 1, 480, _("Very quick: fewer minutes than")),
    SPEED_PERCENT: Number(5, 1, 50, _("Very quick: among the quickest (percent)")),
    COPIED_TIMES: Number(10, 3, 500, _("Same answer by one person (times)")),
    LATE_TIMES: Number(10, 3, 500, _("Just in time: finishes of one person within 30 days")),
    LATE_MINUTES: Number(30, 5, 240, _("Just in time: fewer minutes before the limit than")),
    PAIR_RUN: Number(20, 5, 500, _("Same two people: finishes passed in a row")),
    PAIR_MINUTES: Number(5, 1, 60, _("Same two people: each passed within (minutes)")),
}

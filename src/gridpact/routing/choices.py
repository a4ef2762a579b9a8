"""Words and limits of routing rules."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_RULES = 300
MAX_WORDS = 30  # in one list of one rule
MAX_WORD = 20  # signs
MAX_PATTERN = 120  # signs


class Stage(models.TextChoices):
    """When a rule is asked; at each stage the first rule that fits decides."""

    INTAKE = "INTAKE", _("when the order comes in: its desk")
    DISPATCH = "DISPATCH", _("after triage: who gets it")


class Hours(models.TextChoices):
    """Office hours by the working calendar."""

    WORKING = "WORKING", _("in office hours")
    OFF = "OFF", _("outside office hours")


class Fallback(models.TextChoices):
    """Why an order did not go where its rule wanted."""

    NOBODY = "NOBODY", _("Nobody holds the post there; it goes one level up.")
    BROKEN = "BROKEN", _("The rule's target is no more; the default desk takes over.")
    NOT_OVER = "NOT_OVER", _("The named desk does not stand over the place.")

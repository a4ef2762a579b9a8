"""What a fusion says of a cell of ours, and the kinds of findings (domain.md §1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Served(models.TextChoices):
    """How far a network serves one of our cells."""

    FULL = "FULL", _("served")
    PART = "PART", _("served in part")
    NONE = "NONE", _("not served")


class Found(models.TextChoices):
    """What can be wrong with a network."""

    GAP = "GAP", _("gap")
    OVERLAP = "OVERLAP", _("served by two")
    DOUBLE = "DOUBLE", _("covered twice")
    OUTSIDE = "OUTSIDE", _("outside the district")
    NO_OFFICER = "NO_OFFICER", _("no officer")
    LOST = "LOST", _("serves a cell that is no more")

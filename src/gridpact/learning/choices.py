"""What is suggested, and from how many decided orders on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    """A decision the desk is helped with."""

    KLASS = "klass", _("Class")
    AREA = "area", _("Service area")
    CATEGORY = "category", _("Category")
    HANDLER = "handler", _("Handler")


LEAST_ROWS = 200  # decided orders; below, only words of the code table speak
MOST_ROWS = 100_000  # the newest decided orders are learnt from
HELD_SHARE = 0.2  # of the newest rows, kept back to measure on
WORSE = 0.02  # a new version this much less accurate does not come into use by itself
LEAST_FRESH = 30  # orders the version in use has not seen, to compare both on the same ones
KEPT_VERSIONS = 12  # models of each field kept for going back; figures stay longer

"""States of a download, and how long its file stays."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

KEEP = timedelta(days=7)  # after that the file is thrown away; the record stays
LOST = timedelta(seconds=20)  # its job begins again only when the worker is gone
STALE = timedelta(minutes=10)  # a job that has not written a row for so long is dead


class State(models.TextChoices):
    """Where a download stands."""

    QUEUED = "QUEUED", _("waiting")
    RUNNING = "RUNNING", _("being written")
    READY = "READY", _("ready")
    FAILED = "FAILED", _("failed")
    CANCELLED = "CANCELLED", _("cancelled")
    GONE = "GONE", _("thrown away")


BUSY = (State.QUEUED, State.RUNNING)


class Format(models.TextChoices):
    """The kind of file."""

    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"

"""One file that somebody asked for: what, why, how far it is, and where it lies."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.downloads.choices import BUSY, Format, State


class DownloadQuerySet(models.QuerySet["Download"]):
    """Downloads of a person; nobody sees another's."""

    def visible_to(self, actor: Actor) -> DownloadQuerySet:
        """The actor's own."""
        return self.none() if actor.user_id is None else self.filter(user_id=actor.user_id)

    def busy(self) -> DownloadQuerySet:
        """Waiting or being written."""
        return self.filter(state__in=BUSY)


class Download(models.Model):
    """An export of `kind` (a key of `EXPORTS`) with its `params`, for one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    label = models.CharField(_("what"), max_length=120)
    params = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, help_text="print of kind, format and params")
    acting_as = models.BigIntegerField(null=True, help_text="the appointment acted as")
    format = models.CharField(_("file type"), max_length=4, choices=Format.choices)
    reason = models.CharField(_("what for"), max_length=200)
    scope = models.CharField(_("scope"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.QUEUED)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    total = models.PositiveIntegerField(null=True, help_text="rows expected, when counted")
    bytes = models.PositiveBigIntegerField(_("size"), default=0)
    file = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    why_failed = models.CharField(max_length=40, blank=True, help_text="code of a refusal")
    asked_at = models.DateTimeField(_("asked"))
    beat_at = models.DateTimeField(null=True, help_text="last sign of life of the job")
    made_at = models.DateTimeField(_("made"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "digest"], name="one_such_download_at_once",
                condition=models.Q(state__in=[str(state) for state in BUSY]),
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["user", "-id"], name="downloads_of_user"),)

    def __str__(self) -> str:
        return self.label

    @property
    def path(self) -> Path:
        """Where the file lies (or will)."""
        return folder() / (self.file or f"{self.pk}.{self.format}")

    @property
    def file_name(self) -> str:
        """What the file is called when it is saved."""
        stamp = f"{self.made_at:%Y%m%d}" if self.made_at else ""
        return f"{self.kind}-{stamp}-{self.pk}.{self.format}"


def folder() -> Path:
    """The folder of finished files: outside of what the web server hands out."""
    return Path(settings.HOME) / "downloads"

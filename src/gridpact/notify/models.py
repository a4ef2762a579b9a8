"""The outbox (facts to tell) and notifications (what a person finds under the bell)."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.notify.texts import render_text


class QuietHours(models.Model):
    """One row: the hours of the night in which messages that can wait are not delivered."""

    is_on = models.BooleanField(_("Keep quiet hours"), default=False)
    begins = models.TimeField(_("Begins at"), default=time(22, 0))
    ends = models.TimeField(_("Ends at"), default=time(7, 0))

    class Meta:
        constraints = (
            models.CheckConstraint(name="quiet_for_a_while", condition=~Q(begins=F("ends"))),
        )

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    def covers(self, moment: datetime) -> bool:
        """Whether it is quiet at `moment`, by the clock of the district; `ends` is not any more."""
        at = moment.astimezone(clock.LOCAL).time()
        if not self.is_on:
            return False
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Things to tell."""

    def waiting(self) -> OutboxQuerySet:
        """Not delivered yet."""
        return self.filter(done_at__isnull=True)


class Outbox(models.Model):
    """One thing to tell: a template, its facts and an audience that the worker resolves to people.

    `audience` is `{"rule": name, ...}`; rules are listed in `config/wiring.py`. What `can_wait`
    is not delivered during quiet hours.
    """

    template = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    audience = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    can_wait = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["id"], name="outbox_waiting", condition=Q(done_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications of a person."""

    def of(self, user_id: int | None) -> NotificationQuerySet:
        """What this user received; nothing for the anonymous public."""
        return self.none() if user_id is None else self.filter(user_id=user_id)

    def unread(self) -> NotificationQuerySet:
        """Not opened yet."""
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """A message in a person's bell; its text is rendered in the language of whoever reads it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    source = models.ForeignKey(Outbox, null=True, on_delete=models.SET_NULL)
    template = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["user", "source"], name="one_message_per_person"),
        )
        indexes = (
            models.Index(
                fields=["user", "-id"], name="bell_unread", condition=Q(read_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.template}"

    @property
    def text(self) -> str:
        """The message in the reader's language."""
        return render_text(self.template, self.params)

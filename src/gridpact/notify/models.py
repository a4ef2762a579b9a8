"""The outbox (facts to tell) and notifications (what a person finds under the bell)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.notify.texts import render_text


class Outbox(models.Model):
    """One thing to tell: a template, its facts and an audience that the worker resolves to people.

    `audience` is `{"rule": name, ...}`; rules are listed in `config/wiring.py`.
    """

    template = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    audience = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=["id"], name="outbox_waiting", condition=models.Q(done_at__isnull=True)
            ),
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
                fields=["user", "-id"], name="bell_unread", condition=models.Q(read_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.template}"

    @property
    def text(self) -> str:
        """The message in the reader's language."""
        return render_text(self.template, self.params)

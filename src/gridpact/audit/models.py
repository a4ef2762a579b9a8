"""One row per verb, and the seals that chain batches of rows; both are append-only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditRow(models.Model):
    """Who did what to which thing, as which post, when, from where and why."""

    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=50)
    post = models.CharField(_("post"), max_length=80, blank=True)
    action = models.CharField(_("action"), max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(_("what"), max_length=80, blank=True)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    why = models.TextField(_("why"), blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["actor_id", "id"], name="audit_actor"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"

    def canonical(self) -> str:
        """The text the chain hashes: every column in fixed order, separated by U+001F."""
        parts = (
            self.pk,
            self.at.isoformat(),
            self.actor_kind,
            self.actor_id,
            self.actor_name,
            self.post,
            self.action,
            self.subject_type,
            self.subject_id,
            self.subject_label,
            self.before,
            self.after,
            self.why,
            self.address,
        )
        return "\x1f".join("" if part is None else str(part) for part in parts)


class AuditSeal(models.Model):
    """A batch of rows, hashed together with the seal before it."""

    at = models.DateTimeField()
    row_ids = models.JSONField()
    top = models.BigIntegerField(db_index=True, help_text="highest id in this batch")
    floor = models.BigIntegerField(help_text="every row with an id up to here is sealed")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"seal {self.pk}"

"""Learnt versions, what is in use for each field, and what was suggested for each order."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.learning.choices import Field
from gridpact.orders.models import Order


class LearntQuerySet(models.QuerySet["Learnt"]):
    """Versions without their large file, unless it is asked for."""

    def active(self) -> Self:
        """The one in use for each field."""
        return self.filter(is_active=True).defer("blob")

    def listed(self) -> Self:
        """All, newest first."""
        return self.defer("blob").select_related("by").order_by("field", "-version")


class Learnt(models.Model):
    """A model of one field: what it learnt from, and how good it was on newer held-back orders.

    by_class: [{code, rows, named, right}] of the held-back orders; blob: the model's file, whose
    SHA-256 is `digest`; empty once the version is too old to go back to.
    """

    field = models.CharField(max_length=8, choices=Field.choices)
    version = models.PositiveIntegerField(_("version"))
    trained_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rows = models.PositiveIntegerField()
    first_at = models.DateTimeField(help_text="when the oldest of its orders was placed")
    last_at = models.DateTimeField()
    held_rows = models.PositiveIntegerField(default=0)
    accuracy = models.FloatField(null=True, help_text="0 to 1, on the held-back orders")
    macro_f1 = models.FloatField(null=True)
    top3 = models.FloatField(null=True)
    by_class = models.JSONField(default=list)
    blob = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=64)
    is_active = models.BooleanField(default=False)

    objects = LearntQuerySet.as_manager()

    class Meta:
        ordering = ("field", "-version")
        constraints = (
            models.UniqueConstraint(fields=["field", "version"], name="a_version_once_a_field"),
            models.UniqueConstraint(
                fields=["field"], name="one_version_in_use", condition=Q(is_active=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_field_display()} {self.version}"


class Switch(models.Model):
    """Whether a field is suggested at all, from which confidence on the desk's form is filled.

    preselect: None fills nothing in. is_pinned: somebody went back to an older version; newer ones
    wait until they are chosen.
    """

    field = models.CharField(max_length=8, choices=Field.choices, primary_key=True)
    is_on = models.BooleanField(_("suggested"), default=True)
    preselect = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.5), MaxValueValidator(1.0)]
    )
    is_pinned = models.BooleanField(default=False)

    class Meta:
        ordering = ("field",)

    def __str__(self) -> str:
        return self.get_field_display()


class Suggestion(models.Model):
    """What was suggested for one order and field, and what was decided in the end.

    value: a class, a category's code, `org:` and a code, or `post:` and a kind; empty when nothing
    was certain enough to be said. others: [[value, confidence]] of the next likeliest; evidence:
    words of the order. learnt None: by the words of the code table.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="suggestions")
    field = models.CharField(max_length=8, choices=Field.choices)
    value = models.CharField(max_length=80, blank=True)
    confidence = models.FloatField(null=True, help_text="0 to 1")
    others = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    learnt = models.ForeignKey(Learnt, null=True, on_delete=models.PROTECT, db_index=False)
    made_at = models.DateTimeField(default=clock.now)
    decided = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("order_id", "field")
        constraints = (
            models.UniqueConstraint(fields=["order", "field"], name="one_suggestion_a_field"),
        )
        indexes = (
            models.Index(
                fields=["field", "decided_at"], name="suggestion_decided",
                condition=Q(decided_at__isnull=False) & ~Q(value=""),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order_id} {self.field} {self.value}"

"""What people decide and do around an order: triage, extensions, assistance, cards, contacts."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import Card, ContactWay, Klass, Step
from gridpact.orders.models.order import Order
from gridpact.orgs.models import Org


def _person() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )


class Decision(models.Model):
    """One triage of an order: class, reason, who, and what had been suggested with what ground."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField()
    klass = models.CharField(_("class"), max_length=7, choices=Klass.choices)
    before = models.CharField(max_length=7, choices=Klass.choices, blank=True)
    reason = models.TextField(_("reason"))
    by = _person()
    post = models.CharField(max_length=80, blank=True)
    suggested = models.CharField(max_length=7, choices=Klass.choices, blank=True)
    confidence = models.FloatField(null=True, help_text="0 to 1")
    evidence = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["at"], name="decision_anew", condition=~Q(before="")),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.klass}"


class Extension(models.Model):
    """More time asked for by the handler; granted or refused by the desk, at most once."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="extensions")
    step = models.CharField(max_length=9, choices=Step.choices)
    minutes = models.PositiveIntegerField(help_text="working minutes asked for")
    reason = models.TextField(_("reason"))
    asked_at = models.DateTimeField()
    asked_by = _person()
    granted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = _person()
    # What the grant moved: the running step's limit, where it is the one of handling, and the
    # promise; null before a grant.
    due_before = models.DateTimeField(null=True)
    promised_before = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["order"], name="one_extension_asked", condition=Q(granted__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.minutes}"


class AssistQuerySet(models.QuerySet["Assist"]):
    """Calls by where they stand."""

    def open(self) -> Self:
        """Called, not yet reported back, not closed."""
        return self.filter(back_at__isnull=True, closed_at__isnull=True)


class Assist(models.Model):
    """A department called by a whistle: reports in, reports back, is rated by the caller."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="assists")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    task = models.TextField(_("what is asked"), blank=True)
    called_at = models.DateTimeField()
    due_at = models.DateTimeField()
    here_at = models.DateTimeField(_("reported in"), null=True)
    here_by = _person()
    back_at = models.DateTimeField(_("reported back"), null=True)
    back_by = _person()
    result = models.TextField(_("result"), blank=True)
    stars = models.PositiveSmallIntegerField(null=True, help_text="1 to 5, from the caller")
    rated_at = models.DateTimeField(null=True)
    rated_by = _person()
    comment = models.TextField(_("comment"), blank=True)
    closed_at = models.DateTimeField(null=True, help_text="ended without a report back")

    objects = AssistQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["order", "org"], name="called_once",
                condition=Q(back_at__isnull=True, closed_at__isnull=True),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order_id} {self.org_id}"

    @property
    def is_open(self) -> bool:
        """Called, not yet reported back, not closed."""
        return self.back_at is None and self.closed_at is None


class Supervision(models.Model):
    """A card on an order, given by a desk or the clock, until it is lifted or the order ends."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="supervisions")
    card = models.CharField(_("card"), max_length=6, choices=Card.choices)
    step = models.CharField(max_length=9, choices=Step.choices, blank=True)
    reason = models.TextField(_("reason"))
    instruction = models.TextField(_("instruction"), blank=True)
    given_at = models.DateTimeField()
    given_by = _person()
    limit_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = _person()
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["given_at"], name="supervision_given"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.card}"


class Urge(models.Model):
    """Somebody asks to hurry: the reporter or a desk."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="urges")
    at = models.DateTimeField()
    by = _person()
    by_reporter = models.BooleanField(default=False)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.at}"


class Affected(models.Model):
    """Somebody else whom the same matter affects; counted once a phone, told the answer."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="others")
    at = models.DateTimeField()
    phone_digest = models.CharField(max_length=32)
    phone_sealed = models.TextField(blank=True)
    from_order = models.ForeignKey(
        Order, null=True, on_delete=models.CASCADE, related_name="+", help_text="merged into this"
    )

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["order", "phone_digest"], name="affected_once"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.pk}"


class Contact(models.Model):
    """A real contact with the reporter (联系诉求人): who, how, reached or not."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="contacts")
    at = models.DateTimeField()
    by = _person()
    way = models.CharField(max_length=7, choices=ContactWay.choices)
    reached = models.BooleanField(_("reached"), default=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.way}"

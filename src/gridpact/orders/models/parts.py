"""What hangs on an order: timeline, steps, claims, photos, ratings."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import Light, PhotoRole, Satisfaction, State, Step
from gridpact.orders.models.order import Order
from gridpact.orgs.models import Org


class OrderLog(models.Model):
    """One line of the timeline; append-only. `text` is for colleagues, `told` for the resident."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    verb = models.CharField(max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=State.choices)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=50, blank=True)
    post = models.CharField(max_length=80, blank=True)
    text = models.TextField(blank=True)
    told = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.verb}"


class OrderStep(models.Model):
    """One run of a clock: which step, from when, until when at the latest, when it really ended."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=9, choices=Step.choices)
    owner = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # What the limit was made of, so that it can be explained and computed again.
    minutes = models.PositiveIntegerField(default=0, help_text="the limit without extension")
    by_clock = models.BooleanField(default=False, help_text="plain hours instead of working time")
    extra_minutes = models.PositiveIntegerField(default=0)
    paused_minutes = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=60, blank=True, help_text="key of the limit")
    light = models.PositiveSmallIntegerField(default=Light.GREEN, choices=Light.choices)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.step}"


class Claim(models.Model):
    """A place taken in an offered order by a person, for a unit or in their own name."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT)
    by_member = models.BooleanField(help_text="claimed in person by a member (党员领单)")
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["order", "user"], name="one_place_per_person",
                condition=Q(released_at__isnull=True),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order_id} {self.user_id}"


class Photo(models.Model):
    """An uploaded picture or document; pictures are re-encoded without their metadata."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="photos")
    role = models.CharField(max_length=8, choices=PhotoRole.choices, default=PhotoRole.REPORT)
    kind = models.CharField(max_length=8, help_text="image or pdf")
    file = models.FileField(upload_to="orders/%Y/%m/%d")
    thumb = models.FileField(upload_to="orders/%Y/%m/%d", blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(_("taken"), null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("uploaded_at", "id")
        indexes = (
            models.Index(
                fields=["uploaded_at"], name="photo_loose", condition=Q(order__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Rating(models.Model):
    """The resident's word on one finish; a second finish may get a second rating."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="ratings")
    at = models.DateTimeField()
    solved = models.BooleanField(_("solved"))
    satisfaction = models.CharField(max_length=11, choices=Satisfaction.choices)
    comment = models.TextField(_("comment"), blank=True)
    by_call_back = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=0)
    # One to five, each optional: what a resident may say beyond solved and satisfied.
    speed = models.PositiveSmallIntegerField(_("speed"), null=True)
    effect = models.PositiveSmallIntegerField(_("effect"), null=True)
    attitude = models.PositiveSmallIntegerField(_("attitude"), null=True)
    clarity = models.PositiveSmallIntegerField(_("answer"), null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["order", "round"], name="one_rating_per_finish"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.satisfaction}"

"""Questions, the facts they are found by, and how far the timeline has been read."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.models import CellScoped, ScopedQuerySet, under_q
from gridpact.honesty.choices import QUESTIONS, Kind, Standing, Verdict
from gridpact.orders.models import Category, Order, Photo


def _person(related: str = "+", *, index: bool = False) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name=related,
        db_index=index,
    )  # fmt: skip


class QuestionQuerySet(ScopedQuerySet["Question"]):
    """Questions by sight."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the area the actor supervises, and those put to the actor."""
        if actor.is_system:
            return self
        sight = Q(asked=actor.user_id) if actor.user_id is not None else Q(pk__in=())
        for grant in actor.grants_for("orders.supervise"):
            sight |= under_q(grant.level, grant.cell_id)
        return self.filter(sight)

    def waiting_for(self, actor: Actor) -> Self:
        """Put to the actor and not answered yet."""
        return self.filter(asked=actor.user_id, state=Standing.OPEN)

    def with_parts(self) -> Self:
        """All that a row or a page names."""
        return self.select_related("order__cell", "order__desk", "asked", "cell").defer(
            "order__cell__boundary", "order__desk__boundary", "cell__boundary"
        )


class Question(CellScoped):
    """One question (真办结) about an order, or about how a person closed several."""

    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    key = models.CharField(max_length=80, unique=True, help_text="the same finding asks once")
    order = models.ForeignKey(
        Order, null=True, on_delete=models.CASCADE, related_name="honesty_questions"
    )
    asked = _person(index=True)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    evidence = models.JSONField(default=dict)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(max_length=8, choices=Standing.choices, default=Standing.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = _person()
    settled_name = models.CharField(max_length=50, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["community_id", "-id"], name="question_community"),
            models.Index(fields=["state", "-id"], name="question_state"),
            models.Index(fields=["asked_at"], name="question_asked_at"),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def text(self) -> Promise:
        """The question itself."""
        return QUESTIONS[self.kind]


class Threshold(models.Model):
    """A number that a district changed; the others are in `choices.NUMBERS`."""

    key = models.CharField(max_length=20, primary_key=True)
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class Reader(models.Model):
    """One row: up to which line the timeline of all orders has been read."""

    upto = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.upto)


class Finish(models.Model):
    """The facts of one finish: who, how long the handling took, and a print of the answer."""

    line = models.BigIntegerField(primary_key=True, help_text="its line of the timeline")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    by = _person()
    at = models.DateTimeField()
    minutes = models.PositiveIntegerField(null=True, help_text="plain minutes in handling")
    spare = models.PositiveIntegerField(
        null=True, help_text="plain minutes left until the limit; null without one or after it"
    )
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, db_index=False)
    answer_print = models.CharField(max_length=32)

    class Meta:
        ordering = ("line",)
        indexes = (
            models.Index(fields=["by", "answer_print"], name="finish_answer"),
            models.Index(fields=["category", "-line"], name="finish_category"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.line}"


def _band() -> Any:
    return models.PositiveIntegerField(null=True, help_text="16 bits of the print")


class ProofPrint(models.Model):
    """What a photo of proof looks like: 64 bits, and its four bands to find others by.

    All null when the picture shows too little to be compared, such as a plain wall.
    """

    photo = models.OneToOneField(Photo, primary_key=True, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    whole = models.BigIntegerField(null=True)
    band0, band1, band2, band3 = _band(), _band(), _band(), _band()

    class Meta:
        ordering = ("photo",)
        indexes = tuple(
            models.Index(
                fields=[f"band{n}"], name=f"print_band{n}",
                condition=Q(**{f"band{n}__isnull": False}),
            )
            for n in range(4)
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.photo_id)


class CallRun(models.Model):
    """How many call-backs in a row one person noted as satisfied."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    length = models.PositiveIntegerField(default=0)
    orders = models.JSONField(default=list, help_text="ids, the newest last")

    class Meta:
        ordering = ("user",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.length}"


class PairRun(models.Model):
    """How many finishes of one person another one passed in a row within minutes."""

    finisher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    length = models.PositiveIntegerField(default=0)
    orders = models.JSONField(default=list, help_text="ids, the newest last")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["finisher", "verifier"], name="pair_once"),)

    def __str__(self) -> str:
        return f"{self.finisher_id} {self.verifier_id} {self.length}"

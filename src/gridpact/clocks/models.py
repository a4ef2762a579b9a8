"""Calendars with their days, who keeps which, limits, and the jobs that count anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.clocks.choices import Unit
from gridpact.grid.models import Cell


class Calendar(models.Model):
    """Office hours in two half-days; `base` has the days of the district, others differ from it."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40)
    opens = models.TimeField(_("opens"), default=time(8, 30))
    noon = models.TimeField(_("noon break from"), default=time(12, 0))
    back = models.TimeField(_("noon break until"), default=time(14, 30))
    closes = models.TimeField(_("closes"), default=time(18, 0))

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="hours_run_forwards",
                condition=Q(opens__lt=F("noon"), noon__lte=F("back"), back__lt=F("closes")),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def halves(self) -> tuple[tuple[time, time], ...]:
        """The two half-days."""
        return ((self.opens, self.noon), (self.back, self.closes))


class CalendarDay(models.Model):
    """A day on which a calendar differs from the base; the base keeps its days in the grid."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("day",)
        constraints = (models.UniqueConstraint(fields=["calendar", "day"], name="one_word_a_day"),)

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.day}"


class CellCalendar(models.Model):
    """The calendar of a cell and of everything below it that names no other."""

    cell = models.OneToOneField(Cell, on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="cells")

    class Meta:
        ordering = ("cell_id",)

    def __str__(self) -> str:
        return f"{self.cell_id} {self.calendar_id}"


class Limit(models.Model):
    """How long a step may take, for orders that fit; the one that names most wins."""

    key = models.CharField(_("code"), max_length=40, unique=True)
    step = models.CharField(_("step"), max_length=9)
    klass = models.CharField(_("class"), max_length=7, blank=True)
    kind = models.CharField(_("kind"), max_length=12, blank=True)
    channel = models.CharField(_("came in by"), max_length=8, blank=True)
    category = models.CharField(_("category"), max_length=20, blank=True)
    cell = models.ForeignKey(
        Cell, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("area"),
    )  # fmt: skip
    amount = models.PositiveSmallIntegerField(_("limit"))
    unit = models.CharField(_("counted in"), max_length=5, choices=Unit.choices, default=Unit.DAY)
    source = models.CharField(_("basis"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("key",)
        constraints = (
            models.UniqueConstraint(
                fields=["step", "klass", "kind", "channel", "category", "cell"],
                name="one_limit_each", condition=Q(is_active=True), nulls_distinct=False,
            ),
            models.CheckConstraint(name="limit_takes_time", condition=Q(amount__gte=1)),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.key

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Left to the verb: it names the twin, where a form would show a constraint's name."""

    @property
    def text(self) -> str:
        """`3 working days`."""
        return f"{self.amount} {Unit(self.unit).label}"


class Threshold(models.Model):
    """A number beside the limits: when to warn, when a card turns red, when to close."""

    key = models.CharField(_("code"), max_length=40, primary_key=True)
    number = models.PositiveSmallIntegerField(_("number"))
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    source = models.CharField(_("basis"), max_length=80, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class ClockVersion(models.Model):
    """One row whose number grows with every change of calendars and limits."""

    number = models.BigIntegerField(default=1)

    objects: ClassVar[models.Manager[Any]]

    def __str__(self) -> str:
        return str(self.number)


class Recount(models.Model):
    """A job that counts the running clocks anew after a change, in batches, and how far it is."""

    at = models.DateTimeField()
    why = models.CharField(max_length=200)
    cell = models.ForeignKey(Cell, null=True, on_delete=models.PROTECT, related_name="+")
    steps = models.JSONField(default=list, help_text="steps concerned; empty = all")
    after = models.BigIntegerField(default=0, help_text="checked up to this order")
    checked = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["id"], name="recount_waiting", condition=Q(finished_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.at} {self.why}"

"""Posts and who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.choices import Level
from gridpact.grid.models.cell import Cell


class PostKind(models.Model):
    """A kind of post (岗位): the level it stands on and the rights it gives. Data, not code."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    is_head = models.BooleanField(_("head of the cell"), default=False)
    rights = models.JSONField(default=list)
    sort = models.PositiveSmallIntegerField(default=0)
    door_limit = models.PositiveIntegerField(
        _("doors one holder can look after"), null=True, blank=True,
        help_text=_("More declared doors than this are a finding; empty means no limit."),
    )  # fmt: skip

    class Meta:
        ordering = ("sort", "code")

    def __str__(self) -> str:
        return self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments by day and holder."""

    def in_term(self, on: date | None = None) -> Self:
        """Appointments in force on a day (default today); `ends` is the last day in office."""
        day = on or clock.today()
        return self.filter(starts__lte=day).filter(Q(ends__isnull=True) | Q(ends__gte=day))

    def heads_of(self, cell_ids: Iterable[int]) -> Self:
        """Heads in term of these cells."""
        return self.in_term().filter(cell_id__in=cell_ids, kind__is_head=True)

    def over(self, on: date | None = None) -> Self:
        """Terms whose last day lies before a day (default today)."""
        return self.filter(ends__lt=on or clock.today())

    def visible_to(self, actor: Actor) -> Self:
        """Appointments on cells the actor may see."""
        return self.filter(cell__in=Cell.objects.visible_to(actor))


class Appointment(models.Model):
    """A person holding a post on a cell for a term; `acting_for` marks a deputy."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments"
    )
    kind = models.ForeignKey(PostKind, on_delete=models.PROTECT)
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="appointments")
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"), null=True, blank=True)
    acting_for = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    public_phone = models.BooleanField(_("phone on the public sign"), default=False)
    handed_over_at = models.DateTimeField(null=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("cell__code", "kind__sort", "-starts")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="appointment_ends_after_it_starts",
            ),
        )
        indexes = (
            models.Index(fields=["cell", "kind", "starts"], name="appointment_cell"),
            models.Index(
                fields=["ends"], name="appointment_to_hand_over",
                condition=Q(handed_over_at__isnull=True, ends__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.cell} {self.kind} {self.user}"

    @property
    def label(self) -> str:
        """Cell and post, as timelines name it."""
        return f"{self.cell.name} {self.kind.name}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences by day."""

    def on(self, day: date) -> Self:
        """Absences that cover a day."""
        return self.filter(first_day__lte=day, last_day__gte=day)


class Absence(models.Model):
    """Days on which the holder of a post is away; a deputy should act then."""

    post = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    why = models.CharField(_("reason"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("-first_day", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins"
            ),
        )
        indexes = (models.Index(fields=["last_day", "first_day"], name="absence_days"),)

    def __str__(self) -> str:
        return f"{self.post} {self.first_day}"

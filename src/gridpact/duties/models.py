"""Work items, the duties of a grid worker, who is assigned where, and tasks."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.duties.choices import Cadence, Category, Role, TaskState
from gridpact.grid.models import Appointment, Cell, CellScoped, ScopedQuerySet, under_q
from gridpact.orders.models import Order


class WorkItem(models.Model):
    """A kind of work that somebody answers for in every cell of its levels.

    `levels` are codes of `Level`; `…_kinds` are codes of post kinds that take a role by default.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    levels = models.JSONField(_("levels"), default=list)
    cadence = models.CharField(
        _("cadence"), max_length=12, choices=Cadence.choices, default=Cadence.NONE
    )
    guidance = models.TextField(_("guidance"), blank=True)
    required = models.BooleanField(_("required"), default=True)
    lead_kinds = models.JSONField(_("lead by default"), default=list, blank=True)
    assist_kinds = models.JSONField(_("assist by default"), default=list, blank=True)
    supervise_kinds = models.JSONField(_("supervise by default"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    sort = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta:
        ordering = ("sort", "code")

    def __str__(self) -> str:
        return self.name

    def kinds_for(self, role: str) -> list[str]:
        """Codes of the post kinds that take `role` by default."""
        field = {
            Role.LEAD: self.lead_kinds,
            Role.ASSIST: self.assist_kinds,
            Role.SUPERVISE: self.supervise_kinds,
        }
        return list(field[Role(role)])


class Duty(models.Model):
    """One of the duties of a grid worker, as data; shown on the worker's own page."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    text = models.TextField(_("what it means"), blank=True)
    sort = models.PositiveSmallIntegerField(_("sort order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("sort", "code")

    def __str__(self) -> str:
        return self.name


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by day and sight."""

    def on(self, day: date | None = None) -> Self:
        """Assignments that stand on a day (default today); `valid_until` is the last day."""
        at = day or clock.today()
        return self.filter(valid_from__lte=at).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=at)
        )

    def visible_to(self, actor: Actor) -> Self:
        """Assignments of cells the actor may see."""
        if actor.is_system:
            return self
        return self.filter(cell__in=Cell.objects.visible_to(actor))


class Assignment(models.Model):
    """A post that takes a role in a work item of a cell, from a day to a last day."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="assignments")
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    post = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="assignments")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("cell__code", "item__sort", "role", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["item", "cell"],
                name="one_standing_lead",
                condition=Q(role="LEAD", valid_until__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["item", "cell", "role", "post"],
                name="one_standing_assignment",
                condition=Q(valid_until__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="assignment_ends_after_it_starts",
            ),
        )
        indexes = (models.Index(fields=["cell", "item", "role"], name="assignment_cell"),)

    def __str__(self) -> str:
        return f"{self.cell} {self.item} {self.get_role_display()}"


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Tasks by sight, state and day."""

    def visible_to(self, actor: Actor) -> Self:
        """The holder's own tasks, and all tasks below the posts of heads and desks."""
        if actor.is_system:
            return self
        sight = Q(pk__in=())
        for grant in actor.grants:
            if grant.is_head or "grid.edit" in grant.rights:
                sight |= under_q(grant.level, grant.cell_id)
        if actor.user_id is not None:
            sight |= Q(user_id=actor.user_id)
        return self.filter(sight)

    def of(self, user_id: int | None) -> Self:
        """Tasks in the hands of one person."""
        return self.filter(user_id=user_id)

    def open(self) -> Self:
        """Not ended."""
        return self.filter(state=TaskState.OPEN)

    def overdue(self, day: date | None = None) -> Self:
        """Open and past their last day."""
        return self.open().filter(due_on__lt=day or clock.today())


class Task(CellScoped):
    """Something a person has to do by a day: from a work item and its period, or once.

    `level` counts how often it climbed; `climbed_from` is the task it was before.
    """

    stays = True  # one task an item, cell and period: that of a closed cell is ended or climbs

    title = models.CharField(_("task"), max_length=80)
    item = models.ForeignKey(WorkItem, null=True, on_delete=models.PROTECT, related_name="tasks")
    period = models.CharField(max_length=12, blank=True)
    post = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="tasks"
    )
    due_on = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=8, choices=TaskState.choices, default=TaskState.OPEN
    )
    note = models.TextField(_("note"), blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)
    climbed_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="climbed_to"
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["item", "cell", "period", "level"],
                name="one_task_per_period",
                condition=Q(item__isnull=False),
            ),
            models.UniqueConstraint(fields=["climbed_from"], name="climbs_once"),
            models.CheckConstraint(
                condition=Q(state="OPEN", ended_at__isnull=True)
                | (~Q(state="OPEN") & Q(ended_at__isnull=False)),
                name="task_ends_when_closed",
            ),
        )
        indexes = (
            models.Index(fields=["user", "due_on"], name="task_mine", condition=Q(state="OPEN")),
            models.Index(fields=["due_on"], name="task_due", condition=Q(state="OPEN")),
            models.Index(fields=["cell", "due_on"], name="task_cell"),
            models.Index(fields=["community_id", "due_on", "id"], name="task_community"),
            models.Index(fields=["grid_id", "due_on", "id"], name="task_grid"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Nobody has ended it."""
        return self.state == TaskState.OPEN

    @property
    def is_overdue(self) -> bool:
        """Open, and its last day is past."""
        return self.is_open and self.due_on < clock.today()


class TaskPhoto(models.Model):
    """A picture or document that proves a task; it was an upload before, checked and re-encoded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=8, help_text="image or pdf")
    file = models.FileField()
    thumb = models.FileField(blank=True)
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("taken"), null=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ("uploaded_at", "id")

    def __str__(self) -> str:
        return str(self.id)

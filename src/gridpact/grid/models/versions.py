"""The dated tree (domain.md §1): what each cell was on each day, and what changed it."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.grid.choices import CellKind, RedrawKind, RedrawState
from gridpact.grid.models.cell import Cell


class CellVersionQuerySet(models.QuerySet["CellVersion"]):
    """Versions by day."""

    def at(self, day: date) -> Self:
        """The version of each cell that existed on `day`; one a cell."""
        return self.filter(valid_from__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day)
        )


class CellVersion(models.Model):
    """What a cell was from `valid_from` up to, not including, `valid_until` (null = still).

    Code and level never change; `Cell` holds a copy of the version of today.
    """

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(max_length=10, choices=CellKind.choices, default=CellKind.BASIC)
    parent = models.ForeignKey(Cell, null=True, on_delete=models.PROTECT, related_name="+")
    boundary = models.JSONField(null=True, help_text="GeoJSON geometry, WGS-84")
    doors = models.PositiveIntegerField(_("declared doors"), default=0)
    redraw = models.ForeignKey("Redraw", null=True, on_delete=models.PROTECT, related_name="made")

    objects = CellVersionQuerySet.as_manager()

    class Meta:
        ordering = ("cell__code", "valid_from")
        constraints = (
            models.UniqueConstraint(fields=["cell", "valid_from"], name="one_version_per_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="version_ends_after_it_starts",
            ),
        )
        indexes = (models.Index(fields=["valid_from", "valid_until"], name="version_days"),)

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"

    def as_cell(self) -> Cell:
        """The cell with what it was or will be in this version (its path is that of today)."""
        cell = self.cell
        cell.name, cell.kind, cell.doors = self.name, self.kind, self.doors
        cell.parent_id, cell.boundary = self.parent_id, self.boundary
        return cell


class Redraw(models.Model):
    """One change of the tree, planned or done: the request, what it moved, how to take it back."""

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10, choices=RedrawKind.choices)
    state = models.CharField(max_length=8, choices=RedrawState.choices)
    effective_on = models.DateField(_("takes effect"))
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="redraws")
    reason = models.CharField(_("reason"), max_length=200)
    request = models.JSONField(default=dict, help_text="what was asked for")
    moves = models.JSONField(default=dict, help_text="what the preview said it moves and orphans")
    undo = models.JSONField(default=dict, help_text="rows as they were, to take it back")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (
            models.Index(
                fields=["effective_on"], name="redraw_planned", condition=Q(state="PLANNED")
            ),
        )

    def __str__(self) -> str:
        return self.code


class Lineage(models.Model):
    """Which cell became which, by split or merge."""

    redraw = models.ForeignKey(Redraw, on_delete=models.CASCADE, related_name="lineage")
    before = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="became")
    after = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="came_from")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["redraw", "before", "after"], name="one_lineage"),
        )

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

"""The version of the tree and the working calendar."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class TreeVersion(models.Model):
    """One row whose number grows with every change of the tree; memory caches carry it."""

    number = models.BigIntegerField(default=1)

    objects: ClassVar[models.Manager[Any]]

    def __str__(self) -> str:
        return str(self.number)


class WorkDay(models.Model):
    """A day of the working calendar. Years that are missing here are a loud finding."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {'work' if self.is_working else 'off'}"

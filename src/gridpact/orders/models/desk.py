"""What the triage desk keeps: standard replies, who has an order open, what can be taken back."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.orders.choices import Klass, ReplyUse
from gridpact.orders.models.order import Order


class StandardReplyQuerySet(models.QuerySet["StandardReply"]):
    """Replies by whose they are and what they serve for."""

    def visible_to(self, actor: Actor) -> Self:
        """The district's own, and those of cells above or below the actor's posts."""
        if actor.is_system:
            return self
        roots = [grant.cell_id for grant in actor.grants]
        near = Q(cell__isnull=True)
        for root in Cell.objects.filter(pk__in=roots).only("path"):
            near |= Q(cell_id__in=root.path_ids) | Q(cell__path__startswith=root.path)
        return self.filter(near)

    def offered(self, use: str, cell: Cell) -> Self:
        """Those in use for an order in `cell`: the district's, and of the cells above it."""
        rows = self.filter(use=use, is_active=True)
        return rows.filter(Q(cell__isnull=True) | Q(cell_id__in=cell.path_ids))


class StandardReply(models.Model):
    """A sentence that desks write often, with placeholders; without a cell it is the district's."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    use = models.CharField(_("used for"), max_length=6, choices=ReplyUse.choices)
    klass = models.CharField(_("class"), max_length=7, choices=Klass.choices, blank=True)
    title = models.CharField(_("short name"), max_length=30)
    text = models.TextField(_("text"), max_length=500)
    cell = models.ForeignKey(
        Cell, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = StandardReplyQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.title


class DeskVisit(models.Model):
    """Somebody at a desk has an order open; one row a person and order, its time renewed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=["order", "user"], name="one_visit"),)
        indexes = (models.Index(fields=["at"], name="desk_visit_at"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.user_id}"


class DeskUndo(models.Model):
    """How an order was before a decision at the desk, so that it can be taken back for seconds.

    fields: the columns the decision changed, as texts (null: no value). rows: clocks that ran and
    cards that stood, by model. last_log: the last line of the decision; a later line forbids
    taking back.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="undo")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    fields = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)
    last_step = models.BigIntegerField(default=0)
    last_decision = models.BigIntegerField(default=0)
    last_log = models.BigIntegerField()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=["at"], name="desk_undo_at"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.at}"

"""What a leader wrote on an order, and what the handler answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet


class InstructionQuerySet(models.QuerySet["Instruction"]):
    """Instructions by sight of their order."""

    def visible_to(self, actor: Actor) -> InstructionQuerySet:
        """Those of orders the actor may open."""
        if actor.is_system:
            return self
        seen = Order.objects.filter(OrderQuerySet.sight(actor))
        return self.filter(order__in=seen.values("pk"))

    def waiting(self) -> InstructionQuerySet:
        """Not answered yet."""
        return self.filter(answered_at__isnull=True)

    def mine(self, actor: Actor) -> InstructionQuerySet:
        """Waiting for the actor: the order is in their hands."""
        held = Order.objects.mine(actor).exclude(reporter_user_id=actor.user_id or 0)
        return self.waiting().filter(order__in=held.values("pk"))


class Instruction(models.Model):
    """An instruction (批示) on an order: whoever has the order answers it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="instructions")
    text = models.TextField(_("instruction"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip
    by_name = models.CharField(max_length=50, blank=True)
    post = models.CharField(max_length=80, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip
    answered_name = models.CharField(max_length=50, blank=True)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=["order"], name="instruction_waiting",
                condition=Q(answered_at__isnull=True),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"

"""Hot topics of an area and period, and the orders they were found in."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet

PERIODS = (7, 30, 90)  # days


class TopicQuerySet(models.QuerySet["HotTopic"]):
    """Topics by sight of their orders."""

    def visible_to(self, actor: Actor) -> Self:
        """Those with an order in sight."""
        if actor.is_system:
            return self
        seen = Order.objects.filter(OrderQuerySet.sight(actor)).values("pk")
        mine = TopicOrder.objects.filter(order__in=seen, topic=models.OuterRef("pk"))
        return self.filter(models.Exists(mine))


class HotTopic(models.Model):
    """One matter of several orders of `cell` within the `days` before `made_at`."""

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(_("period"))
    name = models.CharField(_("topic"), max_length=120)
    words = models.JSONField(default=list)
    heat = models.FloatField(_("heat"))
    at_place = models.FloatField(help_text="share of people who name the same place, 0 to 1")
    area = models.ForeignKey(
        Cell, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False,
        help_text="the community most of it lies in",
    )  # fmt: skip
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    made_at = models.DateTimeField()

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ("-heat", "id")
        indexes = (models.Index(fields=["cell", "days", "-heat", "id"], name="topic_of_area"),)

    def __str__(self) -> str:
        return self.name


class TopicOrder(models.Model):
    """An order of a topic; `who` numbers the people of the topic, so that each counts once."""

    topic = models.ForeignKey(HotTopic, on_delete=models.CASCADE, related_name="members")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    who = models.PositiveIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["topic", "order"], name="in_a_topic_once"),)

    def __str__(self) -> str:
        return f"{self.topic_id} {self.order_id}"

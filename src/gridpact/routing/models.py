"""Versions of the rules, and what a rule did to an order."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.orders.models import Order
from gridpact.routing.choices import Fallback, Stage


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    """Versions by state."""

    def live(self) -> Self:
        """The version in force, if any."""
        return self.filter(is_live=True)

    def drafts(self) -> Self:
        """The one being worked on, if any."""
        return self.filter(is_draft=True)

    def published(self) -> Self:
        """Every version that was ever in force, newest first."""
        return self.filter(is_draft=False).order_by("-number")


class RuleSet(models.Model):
    """A version of all rules. The one draft becomes the next version; versions never change.

    `revision` grows with every change of a draft: who publishes says which one was looked at.
    """

    number = models.PositiveIntegerField(_("version"), null=True, unique=True)
    is_draft = models.BooleanField(default=True)
    is_live = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["is_live"], name="one_rule_set_in_force", condition=Q(is_live=True)
            ),
            models.UniqueConstraint(
                fields=["is_draft"], name="one_draft_of_rules", condition=Q(is_draft=True)
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True, number__isnull=True, is_live=False)
                | Q(is_draft=False, number__isnull=False, published_at__isnull=False),
                name="a_published_rule_set_has_a_number",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.number or "")


class Rule(models.Model):
    """One rule of one version. `key` stays the same from version to version.

    `conditions` and `target` are JSON as `rule.Conditions` and `rule.Target` write it.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    key = models.UUIDField(default=uuid4, editable=False)
    position = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("in use"), default=True)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.INTAKE)
    conditions = models.JSONField(default=dict)
    target = models.JSONField(default=dict)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["rule_set", "position"], name="one_rule_a_position",
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["rule_set", "key"], name="a_rule_once_a_version"),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name


class RouteTrace(models.Model):
    """What a rule did to an order at one stage: what fitted, what it wanted, what came of it.

    matched: [[field, the order's value]]; wanted: level, code or post kind of the target; given:
    what it became, in words; fallback: why that is something else.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="routes")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    at = models.DateTimeField(default=clock.now)
    matched = models.JSONField(default=list)
    wanted = models.CharField(max_length=40, blank=True, default="")
    given = models.CharField(max_length=160, blank=True, default="")
    fallback = models.CharField(max_length=8, choices=Fallback.choices, blank=True, default="")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.rule_id}"


class RuleFinding(models.Model):
    """Something wrong with a rule in force; once a rule and problem, however many orders it met."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="findings")
    problem = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("rule__position", "problem")
        constraints = (
            models.UniqueConstraint(fields=["rule", "problem"], name="a_finding_once_a_rule"),
        )

    def __str__(self) -> str:
        return f"{self.rule_id} {self.problem}"

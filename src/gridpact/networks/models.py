"""A department's network, its cells with officers, and the kept result of laying it over ours."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock, crypto
from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.fusion import THRESHOLD_IN, THRESHOLD_TOUCH
from gridpact.grid.models import Cell
from gridpact.orgs.models import Org

_SHARE = (MinValueValidator(0.001), MaxValueValidator(1.0))


class NetworkQuerySet(models.QuerySet["Network"]):
    """Networks by sight."""

    def visible_to(self, actor: Actor) -> Self:
        """Whoever reads the grid sees every network; people of a department see its own."""
        if actor.is_system or actor.has("grid.read"):
            return self
        return self.filter(org_id__in=actor.org_ids)

    def active(self) -> Self:
        """In use."""
        return self.filter(is_active=True)


class Network(models.Model):
    """A network of a department (党建, 综治, 公安, 城管 …); shares are parts of a cell, 0 to 1."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=40)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, verbose_name=_("department"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    share_in = models.FloatField(
        _("share from which a cell lies in theirs"), default=THRESHOLD_IN, validators=_SHARE
    )
    share_touch = models.FloatField(
        _("share below which a border counts as drawn differently"),
        default=THRESHOLD_TOUCH,
        validators=_SHARE,
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(share_touch__gt=0, share_touch__lte=F("share_in"), share_in__lte=1),
                name="network_shares_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.name


class NetworkCellQuerySet(models.QuerySet["NetworkCell"]):
    """Cells of networks by day and sight."""

    def on(self, day: date | None = None) -> Self:
        """Cells in force on a day (default today); `valid_until` is the last one."""
        at = day or clock.today()
        return self.filter(valid_from__lte=at).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=at)
        )

    def visible_to(self, actor: Actor) -> Self:
        """Those on the actor's ground or of the actor's department; on district level, all."""
        grants = actor.grants_for("grid.read")
        if actor.is_system or any(RANK[one.level] <= RANK[Level.DISTRICT] for one in grants):
            return self
        here = FusionShare.objects.filter(cell__in=Cell.objects.visible_to(actor))
        return self.filter(
            Q(pk__in=here.values("network_cell")) | Q(network__org__in=actor.org_ids)
        )


class NetworkCell(models.Model):
    """A cell of a network: its outline, or the codes of our cells that it serves (`serves`).

    The officer is an account, or a name and phone that are encrypted at rest.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="cells")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    boundary = models.JSONField(_("boundary"), null=True, help_text="GeoJSON geometry, WGS-84")
    serves = models.JSONField(_("cells served"), default=list, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    officer_name_sealed = models.TextField(blank=True, default="")
    officer_phone_sealed = models.TextField(blank=True, default="")
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("first day"), default=clock.today)
    valid_until = models.DateField(_("last day"), null=True)

    objects = NetworkCellQuerySet.as_manager()

    class Meta:
        ordering = ("network__code", "code")
        constraints = (
            models.UniqueConstraint(fields=["network", "code"], name="one_network_cell_per_code"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="network_cell_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.network} {self.name}"

    @property
    def officer_name(self) -> str:
        """The officer's name in clear, empty when there is none."""
        return str(self.officer) if self.officer else crypto.unseal(self.officer_name_sealed)

    @property
    def officer_phone(self) -> str:
        """The officer's phone in clear; mask it before showing it."""
        return self.own_phone or (self.officer.phone if self.officer else "")

    @property
    def own_phone(self) -> str:
        """The phone that was given with the cell, in clear."""
        return crypto.unseal(self.officer_phone_sealed)

    @property
    def department(self) -> Org:
        """Who answers for the cell: its own body, else the department of the network."""
        return self.org or self.network.org

    @property
    def label(self) -> str:
        """Network, cell and officer, as receivers are listed."""
        return " ".join(filter(None, (self.network.name, self.name, self.officer_name)))


class Fused(models.Model):
    """The kept fusion of a network: of which tree and day, and what was found (lists of dicts)."""

    network = models.OneToOneField(Network, on_delete=models.CASCADE, related_name="fused")
    tree_version = models.BigIntegerField()
    day = models.DateField()
    made_at = models.DateTimeField()
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.network} {self.tree_version}"


class FusionShare(models.Model):
    """A network's cell on a grid of ours: its part of our ground, our part of its, 0 to 1."""

    network_cell = models.ForeignKey(NetworkCell, on_delete=models.CASCADE, related_name="shares")
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="+")
    of_ours = models.FloatField()
    of_theirs = models.FloatField()

    class Meta:
        ordering = ("cell_id", "-of_ours", "pk")
        constraints = (
            models.UniqueConstraint(fields=["cell", "network_cell"], name="one_fusion_share"),
        )

    def __str__(self) -> str:
        return f"{self.network_cell_id} {self.cell_id}"

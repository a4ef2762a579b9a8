"""Organisations and memberships, and the Party bodies over the net."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.orgs.choices import MemberRole, OrgKind, PartyKind


class OrgQuerySet(models.QuerySet["Org"]):
    """Organisations by kind and sight."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff see the organisations of their district; members see their own."""
        if actor.is_system or actor.has("orders.read") or actor.has("orgs.edit"):
            return self
        return self.filter(pk__in=actor.org_ids)

    def active(self) -> Self:
        """Not closed."""
        return self.filter(is_active=True)

    def departments(self) -> Self:
        """Departments, which orders are dispatched to."""
        return self.filter(kind=OrgKind.DEPARTMENT)


class Org(models.Model):
    """A department, public institution, firm, school …; `cell` is where it sits or serves."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=OrgKind.choices)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    cell = models.ForeignKey(
        Cell, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("cell")
    )
    contact = models.CharField(_("contact"), max_length=50, blank=True)
    phone = models.CharField(_("office phone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = OrgQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class OrgMemberQuerySet(models.QuerySet["OrgMember"]):
    """Memberships by day."""

    def in_term(self) -> Self:
        """Memberships in force today."""
        day = clock.today()
        return self.filter(starts__lte=day).filter(Q(ends__isnull=True) | Q(ends__gte=day))


class OrgMember(models.Model):
    """A person in an organisation, with a role and a term."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(_("role"), max_length=10, choices=MemberRole.choices)
    starts = models.DateField(_("starts"), default=clock.today)
    ends = models.DateField(_("ends"), null=True, blank=True)

    objects = OrgMemberQuerySet.as_manager()

    class Meta:
        ordering = ("org__code", "role", "user__username")
        constraints = (
            models.UniqueConstraint(fields=["user", "org", "role"], name="one_role_once"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="membership_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.org} {self.user}"


class PartyOrgQuerySet(models.QuerySet["PartyOrg"]):
    """Party bodies by ground and state."""

    def visible_to(self, actor: Actor) -> Self:
        """Those on cells in sight, and those without a cell for whoever reads a whole district."""
        if actor.is_system:
            return self
        here = Q(cell__in=Cell.objects.visible_to(actor))
        if any(RANK[one.level] <= RANK[Level.DISTRICT] for one in actor.grants_for("grid.read")):
            here |= Q(cell__isnull=True)
        return self.filter(here)

    def active(self) -> Self:
        """Not dissolved."""
        return self.filter(is_active=True)


class PartyOrg(models.Model):
    """A Party body (党组织): on the ground of a cell of tier 1-3, or inside an organisation.

    The tree follows the net: community Party organisation, grid branch, micro-grid group.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=14, choices=PartyKind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    cell = models.ForeignKey(
        Cell, null=True, blank=True, on_delete=models.PROTECT, related_name="party_orgs"
    )
    org = models.ForeignKey(
        Org, null=True, blank=True, on_delete=models.PROTECT, related_name="party_orgs"
    )
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = PartyOrgQuerySet.as_manager()

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=["cell"], name="one_party_body_per_cell",
                condition=Q(is_active=True, cell__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="party_not_own_parent"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name


class PartyVersionQuerySet(models.QuerySet["PartyVersion"]):
    """Versions by day."""

    def at(self, day: date) -> Self:
        """The version of each body that stood on `day`; one a body."""
        ended = Q(valid_until__isnull=True) | Q(valid_until__gt=day)
        return self.filter(ended, valid_from__lte=day)


class PartyVersion(models.Model):
    """What a standing Party body was from `valid_from` up to, not including, `valid_until`.

    Written by every verb that changes a body; `PartyOrg` holds a copy of the version of today.
    """

    body = models.ForeignKey(PartyOrg, on_delete=models.CASCADE, related_name="versions")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(PartyOrg, null=True, on_delete=models.PROTECT, related_name="+")
    cell = models.ForeignKey(Cell, null=True, on_delete=models.PROTECT, related_name="+")
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PartyVersionQuerySet.as_manager()

    class Meta:
        ordering = ("body__code", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=["body", "valid_from"], name="one_party_version_per_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="party_version_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"

    def as_body(self) -> PartyOrg:
        """The body with what it was in this version."""
        body = self.body
        body.name, body.parent_id = self.name, self.parent_id
        body.cell, body.secretary, body.is_active = self.cell, self.secretary, True
        return body

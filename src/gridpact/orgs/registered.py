"""Which organisations and members the register shows to whom."""

from __future__ import annotations

from django.db.models import Q

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.orgs.choices import OrgKind
from gridpact.orgs.models import Org, OrgMember, OrgMemberQuerySet, OrgQuerySet


def orgs_registered(actor: Actor) -> OrgQuerySet:
    """Organisations on the actor's ground, the departments that serve it, and the actor's own.

    Narrower than `visible_to`, which also shows whom an order may be dispatched to.
    """
    rows = Org.objects.select_related("cell").defer("cell__boundary")
    if actor.is_system:
        return rows
    here = Q(cell__in=Cell.objects.visible_to(actor)) | Q(pk__in=actor.org_ids)
    if actor.has("grid.read"):
        here |= Q(kind=OrgKind.DEPARTMENT)
    if _is_district(actor):
        here |= Q(cell__isnull=True)
    return rows.filter(here)


def members_registered(actor: Actor) -> OrgMemberQuerySet:
    """Members of the organisations that the actor keeps; of departments on district level only."""
    rows = OrgMember.objects.select_related("user", "org__cell").defer("org__cell__boundary")
    if actor.is_system:
        return rows
    here = Q(org__cell__in=Cell.objects.visible_to(actor)) | Q(org_id__in=actor.org_ids)
    if _is_district(actor):
        here |= Q(org__cell__isnull=True)
    return rows.filter(here)


def _is_district(actor: Actor) -> bool:
    """A post on district level or above reads the grid."""
    grants = actor.grants_for("grid.read")
    return any(RANK[grant.level] <= RANK[Level.DISTRICT] for grant in grants)

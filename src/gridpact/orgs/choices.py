"""Kinds of organisations and the roles people have in them (domain.md §2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.grid.choices import Level


class OrgKind(models.TextChoices):
    """What sort of body it is."""

    DEPARTMENT = "DEPARTMENT", _("department")
    GOVERNMENT = "GOVERNMENT", _("government body")
    INSTITUTION = "INSTITUTION", _("public institution")
    STATE_FIRM = "STATE_FIRM", _("state firm")
    PRIVATE_FIRM = "PRIVATE_FIRM", _("private firm")
    SOCIAL = "SOCIAL", _("social organisation")
    SCHOOL = "SCHOOL", _("school")
    HOSPITAL = "HOSPITAL", _("hospital")
    PROPERTY_FIRM = "PROPERTY_FIRM", _("property firm")
    OWNERS_COMMITTEE = "OWNERS_COMMITTEE", _("owners' committee")


class PartyKind(models.TextChoices):
    """What sort of Party body it is, from the top."""

    COMMITTEE = "COMMITTEE", _("Party committee")
    GENERAL_BRANCH = "GENERAL_BRANCH", _("general Party branch")
    BRANCH = "BRANCH", _("Party branch")
    GROUP = "GROUP", _("Party group")


# The Party line over the net: which body a cell of each tier has.
PARTY_LEVELS = {
    Level.COMMUNITY.value: frozenset({PartyKind.COMMITTEE, PartyKind.GENERAL_BRANCH}),
    Level.GRID.value: frozenset({PartyKind.GENERAL_BRANCH, PartyKind.BRANCH}),
    Level.MICRO_GRID.value: frozenset({PartyKind.BRANCH, PartyKind.GROUP}),
}


class MemberRole(models.TextChoices):
    """What a person does for an organisation."""

    LIAISON = "LIAISON", _("liaison")
    HANDLER = "HANDLER", _("handler")
    MEMBER = "MEMBER", _("member")


ROLE_RIGHTS = {
    MemberRole.LIAISON: frozenset({"orders.claim_org", "orders.handle_org"}),
    MemberRole.HANDLER: frozenset({"orders.handle_org"}),
    MemberRole.MEMBER: frozenset({"orders.claim_member"}),
}

register_refusals(
    {
        "org_code_taken": _("The code %(code)s already belongs to another organisation."),
        "uscc_wrong": _("%(given)s is not a valid unified social credit code."),
        "party_code_taken": _("The code %(code)s already belongs to another Party body."),
        "party_cell_taken": _("%(cell)s already has a Party body: %(name)s."),
        "party_cell_level": _("A %(kind)s has no place on %(cell)s, a %(level)s."),
        "party_cycle": _("%(name)s stands below this body."),
        "party_parent_elsewhere": _("%(name)s does not cover %(cell)s."),
        "member_already": _("%(name)s is already %(role)s of %(org)s; change those days instead."),
    }
)

"""The registers of organisations and of the people who speak and act for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.grid.models import Cell
from gridpact.orgs.choices import MemberRole, OrgKind
from gridpact.orgs.forms import MemberForm, OrgForm
from gridpact.orgs.models import Org, OrgMember
from gridpact.orgs.registered import members_registered, orgs_registered
from gridpact.orgs.services import save_member, save_org
from gridpact.ui import parts
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter


class OrgFilter(RegisterFilter):
    """By kind, by ground, and whether it still works."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *OrgKind.choices]
    )
    cell = forms.CharField(label=_("Cell code"), required=False, max_length=20)
    closed = forms.BooleanField(label=_("Only closed ones"), required=False)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by kind, by the cell and what lies below it, and by state."""
        data = self.cleaned_data
        if data.get("kind"):
            queryset = queryset.filter(kind=data["kind"])
        if data.get("cell"):
            queryset = queryset.filter(cell__code__startswith=data["cell"])
        return queryset.filter(is_active=False) if data.get("closed") else queryset


def _cell_name(org: Org) -> str | None:
    return org.cell.name if org.cell is not None else None


def _cell_code(org: Org) -> str:
    return org.cell.code if org.cell is not None else ""


def _save_org(form: Any, actor: Actor) -> Org:
    org: Org = form.instance
    return save_org(org, actor=actor)


def _update_org(org: Org, form: Any, actor: Actor) -> Org:
    return _save_org(form, actor)  # the form carries the row


def _org_actions(org: Org, actor: Actor) -> Sequence[parts.Action]:
    query = f"?org={org.code}"
    actions = [
        parts.Action(_("Members"), f"{reverse(MEMBERS.url_name('list'))}{query}", "users"),
    ]
    if can(actor, "orgs.save_member", org):
        actions.append(
            parts.Action(_("Add a member"), reverse(MEMBERS.url_name("new")), "user-plus")
        )
    if org.cell is not None and _reads(actor, org.cell):
        href = reverse("grid:cell", kwargs={"code": org.cell.code})
        actions.append(parts.Action(_("Open the cell"), href, "map-pin"))
    return actions


def _reads(actor: Actor, cell: Cell) -> bool:
    return any(cell.is_under(grant.cell_id) for grant in actor.grants_for("grid.read"))


ORGS: Register[Org] = Register(
    namespace="orgs",
    name="orgs",
    title=_("Organisations"),
    singular=_("organisation"),
    queryset=orgs_registered,
    columns=(
        RegisterColumn(_("Organisation"), lambda row: row.name, "main", width=30),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(_("Kind"), lambda row: str(row.get_kind_display())),
        RegisterColumn(_("Unified social credit code"), lambda row: row.uscc, "code", width=22),
        RegisterColumn(
            _("Cell code"), _cell_code, "code", shown=_cell_name, width=20, heading=_("Cell")
        ),
        RegisterColumn(_("Contact"), lambda row: row.contact),
        RegisterColumn(_("Office phone"), lambda row: row.phone),
        RegisterColumn(_("Active"), lambda row: row.is_active),
    ),
    read_right="grid.read",
    write_right="orgs.edit",
    order_by=("code",),
    search=("name", "code", "uscc"),
    filter_class=OrgFilter,
    form_class=OrgForm,
    create=_save_org,
    update=_update_org,
    icon="building",
    empty=_("No organisation has been entered on your ground yet."),
    actions=_org_actions,
)


def members(actor: Actor) -> QuerySet[OrgMember]:
    """Members in sight; `ref` names one by organisation, role and person."""
    ref = Concat(
        "org__code", Value("-"), "role", Value("-"), "user__username", output_field=CharField()
    )
    return members_registered(actor).annotate(ref=ref)


def _ref_of(cells: Mapping[str, str]) -> str:
    roles = {str(role.label): role.value for role in MemberRole}
    role = cells.get("role", "")
    return "-".join((cells.get("org", ""), roles.get(role, role), cells.get("user", "")))


class MemberFilter(RegisterFilter):
    """By organisation, by role, and whether the term runs."""

    org = forms.CharField(label=_("Organisation code"), required=False, max_length=40)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("all")), *MemberRole.choices]
    )
    ended = forms.BooleanField(label=_("Only ended ones"), required=False)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by organisation, role and term."""
        data = self.cleaned_data
        if data.get("org"):
            queryset = queryset.filter(org__code=data["org"])
        if data.get("role"):
            queryset = queryset.filter(role=data["role"])
        return queryset.filter(ends__lt=clock.today()) if data.get("ended") else queryset


def _save_member(form: Any, actor: Actor) -> OrgMember:
    made = save_member(form.instance, actor=actor)
    return members(actor).get(pk=made.pk)


def _update_member(member: OrgMember, form: Any, actor: Actor) -> OrgMember:
    return _save_member(form, actor)  # the form carries the row


def _member_actions(member: OrgMember, actor: Actor) -> Sequence[parts.Action]:
    ended = member.ends is not None and member.ends < clock.today()
    may = can(actor, "orgs.end_member", member.org)
    return [
        parts.Action(
            _("End the membership"), reverse("orgs:end_member", kwargs={"key": member.ref}),  # type: ignore[attr-defined]  # annotated by the queryset
            "user-minus", danger=True, possible=may and not ended,
            reason=_("This term has ended.") if ended else _("Your post does not include this."),
        ),
        parts.Action(
            _("Open the organisation"),
            reverse(ORGS.url_name("detail"), kwargs={"key": member.org.code}), "building",
        ),
    ]  # fmt: skip


MEMBERS: Register[OrgMember] = Register(
    namespace="orgs",
    name="members",
    title=_("Members of organisations"),
    singular=_("member"),
    queryset=members,
    columns=(
        RegisterColumn(_("Name"), lambda row: str(row.user), "main"),
        RegisterColumn(_("Username"), lambda row: row.user.username, "code"),
        RegisterColumn(_("Organisation"), lambda row: row.org.name, width=30),
        RegisterColumn(_("Organisation code"), lambda row: row.org.code, "code"),
        RegisterColumn(_("Role"), lambda row: str(row.get_role_display())),
        RegisterColumn(_("First day"), lambda row: row.starts, width=12),
        RegisterColumn(_("Last day"), lambda row: row.ends, width=12),
    ),
    read_right="grid.read",
    write_right="orgs.edit",
    order_by=("org__code", "role", "user__username"),
    search=("user__name", "user__username", "org__name"),
    filter_class=MemberFilter,
    form_class=MemberForm,
    create=_save_member,
    update=_update_member,
    key="ref",
    identify=_ref_of,
    icon="users",
    empty=_("No members have been entered here yet."),
    actions=_member_actions,
)

"""The register of Party bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.orgs.choices import PartyKind
from gridpact.orgs.forms import PartyForm
from gridpact.orgs.models import PartyOrg
from gridpact.orgs.party import save_party
from gridpact.orgs.party_tree import party_href, party_registered
from gridpact.ui import parts
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter


class PartyFilter(RegisterFilter):
    """By kind, by ground, without a secretary, dissolved."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *PartyKind.choices]
    )
    cell = forms.CharField(label=_("Cell code"), required=False, max_length=20)
    vacant = forms.BooleanField(label=_("Only without a secretary"), required=False)
    closed = forms.BooleanField(label=_("Only dissolved ones"), required=False)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by kind, by the cell and what lies below it, and by state."""
        data = self.cleaned_data
        if data.get("kind"):
            queryset = queryset.filter(kind=data["kind"])
        if data.get("cell"):
            queryset = queryset.filter(cell__code__startswith=data["cell"])
        if data.get("vacant"):
            queryset = queryset.filter(secretary__isnull=True)
        return queryset.filter(is_active=False) if data.get("closed") else queryset


def _save(form: Any, actor: Actor) -> PartyOrg:
    body: PartyOrg = form.instance
    return save_party(body, actor=actor)


def _update(body: PartyOrg, form: Any, actor: Actor) -> PartyOrg:
    return _save(form, actor)  # the form carries the row


def _actions(body: PartyOrg, actor: Actor) -> Sequence[parts.Action]:
    actions = [parts.Action(_("Tree of Party bodies"), reverse("orgs:party_tree"), "sitemap")]
    if body.parent is not None:
        actions.append(parts.Action(_("Parent body"), party_href(body.parent.code), "arrow-up"))
    if body.cell is not None:
        href = reverse("grid:cell", kwargs={"code": body.cell.code})
        actions.append(parts.Action(_("Open the cell"), f"{href}?line=party", "map-pin"))
    return actions


PARTY: Register[PartyOrg] = Register(
    namespace="orgs",
    name="party",
    title=_("Party bodies"),
    singular=_("Party body"),
    queryset=party_registered,
    columns=(
        RegisterColumn(_("Party body"), lambda row: row.name, "main", width=34),
        RegisterColumn(_("Code"), lambda row: row.code, "code", width=22),
        RegisterColumn(_("Kind"), lambda row: str(row.get_kind_display())),
        RegisterColumn(
            _("Parent body"),
            lambda row: row.parent.code if row.parent else "",
            shown=lambda row: row.parent.name if row.parent else None,
            width=30,
        ),
        RegisterColumn(
            _("Cell code"),
            lambda row: row.cell.code if row.cell else "",
            "code",
            shown=lambda row: row.cell.name if row.cell else None,
            width=20,
            heading=_("Cell"),
        ),
        RegisterColumn(_("Organisation code"), lambda row: row.org.code if row.org else ""),
        RegisterColumn(
            _("Secretary"),
            lambda row: row.secretary.username if row.secretary else "",
            shown=lambda row: str(row.secretary) if row.secretary else None,
        ),
        RegisterColumn(_("Active"), lambda row: row.is_active),
    ),
    read_right="grid.read",
    write_right="orgs.edit",
    order_by=("code",),
    search=("name", "code", "secretary__name"),
    filter_class=PartyFilter,
    form_class=PartyForm,
    create=_save,
    update=_update,
    icon="sitemap",
    empty=_("No Party body has been entered on your ground yet."),
    actions=_actions,
)

"""URLs of the component tests: the style page and a register of organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from gridpact.audit import services as audit
from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Cell
from gridpact.orgs.models import Org
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter


class OrgForm(forms.ModelForm):  # type: ignore[type-arg]
    cell = forms.ModelChoiceField(
        Cell.objects.all(), to_field_name="code", required=False, label="网格"
    )

    class Meta:
        model = Org
        fields = ("code", "name", "kind", "cell", "phone", "is_active")
        labels = {
            "code": "代码",
            "name": "名称",
            "kind": "种类",
            "phone": "电话",
            "is_active": "启用",
        }


class OrgFilter(RegisterFilter):
    kind = forms.CharField(label="种类", required=False)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind = self.cleaned_data["kind"]
        return queryset.filter(kind=kind) if kind else queryset


def create(form: OrgForm, actor: Actor) -> Org:
    if form.cleaned_data["name"] == "refuse me":
        raise Refused("forbidden", 403)
    org = form.save()
    audit.record(actor, "orgs.create", org)
    return org


def update(org: Org, form: OrgForm, actor: Actor) -> Org:
    form.save()
    audit.record(actor, "orgs.update", org)
    return org


ORGS: Register[Org] = Register(
    namespace="t",
    name="orgs",
    title="组织",
    singular="组织",
    queryset=lambda actor: Org.objects.visible_to(actor).select_related("cell"),
    columns=(
        RegisterColumn("名称", lambda org: org.name, kind="main", width=30),
        RegisterColumn("代码", lambda org: org.code, kind="code"),
        RegisterColumn("网格", lambda org: org.cell.name if org.cell else None),
        RegisterColumn("启用", lambda org: org.is_active),
    ),
    read_right="orders.read",
    write_right="orgs.edit",
    order_by=("cell__code", "code"),
    search=("name", "code"),
    filter_class=OrgFilter,
    form_class=OrgForm,
    create=create,
    update=update,
)


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


web = (
    [path("", nothing, name="home"), path("work", nothing, name="work"),
     path("prefs", nothing, name="prefs"), path("search", nothing, name="search")],
    "web",
)  # fmt: skip
urlpatterns = [
    path("", include("gridpact.ui.urls")),
    path("", include(web)),
    path("", include((ORGS.urls("orgs/"), "t"))),
]

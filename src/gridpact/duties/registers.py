"""The registers of work items 工作事项 and of the nine duties of a grid worker."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.duties.choices import Cadence, Category
from gridpact.duties.forms import DutyForm, ItemForm
from gridpact.duties.models import Duty, WorkItem
from gridpact.duties.services import save_duty, save_work_item
from gridpact.grid.choices import Level
from gridpact.grid.models import PostKind
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter


class ItemFilter(RegisterFilter):
    """By category, by cadence, and whether it is still used."""

    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("all")), *Category.choices]
    )
    cadence = forms.ChoiceField(
        label=_("How often"), required=False, choices=[("", _("all")), *Cadence.choices]
    )
    closed = forms.BooleanField(label=_("Only those no longer used"), required=False)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by category, cadence and state."""
        data = self.cleaned_data
        for name in ("category", "cadence"):
            if data.get(name):
                queryset = queryset.filter(**{name: data[name]})
        return queryset.filter(is_active=False) if data.get("closed") else queryset


def _items(actor: Actor) -> QuerySet[WorkItem]:
    """Work items are the district's: everybody who reads the grid sees them."""
    return WorkItem.objects.all()


def _duties(actor: Actor) -> QuerySet[Duty]:
    return Duty.objects.all()


def _levels(item: WorkItem) -> str:
    return "、".join(str(Level(level).label) for level in item.levels)


def _kinds(codes: list[str]) -> str:
    names = dict(PostKind.objects.values_list("code", "name")) if codes else {}
    return "、".join(names.get(code, code) for code in codes)


def _save_item(form: Any, actor: Actor) -> WorkItem:
    return save_work_item(form.instance, actor=actor)


def _update_item(item: WorkItem, form: Any, actor: Actor) -> WorkItem:
    return _save_item(form, actor)  # the form carries the row


def _save_duty(form: Any, actor: Actor) -> Duty:
    return save_duty(form.instance, actor=actor)


def _update_duty(duty: Duty, form: Any, actor: Actor) -> Duty:
    return _save_duty(form, actor)


def _item_details(item: WorkItem, actor: Actor) -> list[tuple[Any, Any]]:
    return [
        (_("Lead by default"), _kinds(item.lead_kinds)),
        (_("Assist by default"), _kinds(item.assist_kinds)),
        (_("Supervise by default"), _kinds(item.supervise_kinds)),
    ]


ITEMS: Register[WorkItem] = Register(
    namespace="duties",
    name="items",
    title=_("Work items"),
    singular=_("work item"),
    queryset=_items,
    columns=(
        RegisterColumn(_("Work item"), lambda row: row.name, "main", width=26),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(_("Category"), lambda row: str(row.get_category_display())),
        RegisterColumn(_("Levels"), _levels, width=20),
        RegisterColumn(_("How often"), lambda row: str(row.get_cadence_display())),
        RegisterColumn(_("Somebody must lead it"), lambda row: row.required),
        RegisterColumn(_("What is to be done"), lambda row: row.guidance, width=60),
        RegisterColumn(_("Sort order"), lambda row: row.sort, "number", width=8),
        RegisterColumn(_("Active"), lambda row: row.is_active),
    ),
    read_right="grid.read",
    write_right="grid.load",
    order_by=("sort", "code"),
    search=("name", "code", "guidance"),
    filter_class=ItemFilter,
    form_class=ItemForm,
    create=_save_item,
    update=_update_item,
    icon="list-check",
    empty=_("No work items have been entered yet."),
    details=_item_details,
)

DUTIES: Register[Duty] = Register(
    namespace="duties",
    name="nine",
    title=_("Duties of a grid worker"),
    singular=_("duty"),
    queryset=_duties,
    columns=(
        RegisterColumn(_("Duty"), lambda row: row.name, "main", width=20),
        RegisterColumn(_("What it means"), lambda row: row.text, width=60),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(_("Sort order"), lambda row: row.sort, "number"),
        RegisterColumn(_("Active"), lambda row: row.is_active),
    ),
    read_right="grid.read",
    write_right="grid.load",
    order_by=("sort", "code"),
    search=("name", "text"),
    form_class=DutyForm,
    create=_save_duty,
    update=_update_duty,
    icon="id-badge-2",
    empty=_("No duties have been entered yet."),
)

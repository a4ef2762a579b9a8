"""The register of categories 事项分类: service areas on top, kinds of matters below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.orders.models import Category
from gridpact.orders.services.categories import save_category
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter

if TYPE_CHECKING:
    _CategoryForm = forms.ModelForm[Category]
else:
    _CategoryForm = forms.ModelForm  # has no type parameters when it runs


class CategoryForm(_CategoryForm):
    """A category; its code stays once it is given."""

    parent = forms.ModelChoiceField(
        label=_("Service area"), required=False, to_field_name="code",
        queryset=Category.objects.filter(parent__isnull=True),
        empty_label=_("this is a service area itself"),
    )  # fmt: skip

    class Meta:
        model = Category
        fields = ("code", "name", "parent", "is_active")
        labels = {"code": _("Code"), "name": _("Category"), "is_active": _("Active")}
        help_texts = {"code": _("Latin letters, digits, - and _; it stays for good.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True


class CategoryFilter(RegisterFilter):
    """By service area, and whether it is still offered."""

    area = forms.ModelChoiceField(
        label=_("Service area"), required=False, to_field_name="code", empty_label=_("all"),
        queryset=Category.objects.filter(parent__isnull=True),
    )  # fmt: skip
    closed = forms.BooleanField(label=_("Only those no longer offered"), required=False)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by area and state."""
        data = self.cleaned_data
        if data.get("area"):
            queryset = queryset.filter(parent=data["area"])
        return queryset.filter(is_active=False) if data.get("closed") else queryset


def _categories(actor: Actor) -> QuerySet[Category]:
    """Everybody who reads orders reads all categories: they are the district's, not a cell's."""
    return Category.objects.select_related("parent")


def _save(form: Any, actor: Actor) -> Category:
    return save_category(form.instance, actor=actor)


def _update(row: Category, form: Any, actor: Actor) -> Category:
    return _save(form, actor)  # the form carries the row


def _parent_name(row: Category) -> str | None:
    return row.parent.name if row.parent is not None else None


CATEGORIES: Register[Category] = Register(
    namespace="orders",
    name="categories",
    title=_("Categories"),
    singular=_("category"),
    queryset=_categories,
    columns=(
        RegisterColumn(_("Category"), lambda row: row.name, "main", width=24),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(
            _("Service area"), lambda row: row.parent.code if row.parent else "",
            shown=_parent_name,
        ),
        RegisterColumn(_("Active"), lambda row: row.is_active),
    ),
    read_right="orders.read",
    write_right="grid.load",
    order_by=("code",),
    search=("name", "code"),
    filter_class=CategoryFilter,
    form_class=CategoryForm,
    create=_save,
    update=_update,
    icon="category",
)  # fmt: skip

"""The registers of categories 事项分类 and of standard replies 常用语."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.orders.choices import ReplyUse
from gridpact.orders.models import Category, StandardReply
from gridpact.orders.services.categories import save_category
from gridpact.orders.services.desk.replies import PLACEHOLDERS, save_reply
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter

if TYPE_CHECKING:
    _CategoryForm = forms.ModelForm[Category]
    _ReplyForm = forms.ModelForm[StandardReply]
else:
    _CategoryForm = _ReplyForm = forms.ModelForm  # has no type parameters when it runs


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


class ReplyForm(_ReplyForm):
    """A standard reply; its code stays once it is given."""

    cell = forms.ModelChoiceField(
        label=_("Only for"), required=False, to_field_name="code",
        queryset=Cell.objects.open().filter(level__in=("TOWNSHIP", "COMMUNITY")),
        empty_label=_("the whole district"),
        help_text=_("Left empty, it is the district's; only its desk can change it."),
    )  # fmt: skip

    class Meta:
        model = StandardReply
        fields = ("code", "use", "klass", "title", "text", "cell", "is_active")
        labels = {"code": _("Code"), "title": _("Short name"), "text": _("Text")}
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        self.fields["text"].help_text = format_lazy(
            _("What is in braces is filled in for each order: {known}."), known=known
        )
        if self.instance.pk:
            self.fields["code"].disabled = True


class ReplyFilter(RegisterFilter):
    """By what they serve for."""

    use = forms.ChoiceField(
        label=_("used for"), required=False, choices=[("", _("all")), *ReplyUse.choices]
    )

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by use."""
        use = self.cleaned_data.get("use")
        return queryset.filter(use=use) if use else queryset


def _replies(actor: Actor) -> QuerySet[StandardReply]:
    return StandardReply.objects.visible_to(actor).select_related("cell").defer("cell__boundary")


def _save_reply(form: Any, actor: Actor) -> StandardReply:
    return save_reply(form.instance, actor=actor)


def _update_reply(row: StandardReply, form: Any, actor: Actor) -> StandardReply:
    return _save_reply(form, actor)  # the form carries the row


REPLIES: Register[StandardReply] = Register(
    namespace="orders",
    name="replies",
    title=_("Standard replies"),
    singular=_("standard reply"),
    queryset=_replies,
    columns=(
        RegisterColumn(_("Short name"), lambda row: row.title, "main", width=16),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(_("used for"), lambda row: row.use, shown=lambda row: row.get_use_display()),
        RegisterColumn(
            _("class"), lambda row: row.klass, shown=lambda row: row.get_klass_display() or None
        ),
        RegisterColumn(_("text"), lambda row: row.text, width=60),
        RegisterColumn(
            _("Only for"), lambda row: row.cell.code if row.cell else "",
            shown=lambda row: row.cell.name if row.cell else None,
        ),
        RegisterColumn(_("in use"), lambda row: row.is_active),
    ),
    read_right="orders.read",
    write_right="orders.reject",
    order_by=("code",),
    search=("title", "text", "code"),
    filter_class=ReplyFilter,
    form_class=ReplyForm,
    create=_save_reply,
    update=_update_reply,
    icon="message-2",
)  # fmt: skip

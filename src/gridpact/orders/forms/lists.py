"""The filter of the list page: the shared filter set plus the saved view it narrows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.orders.filters import OrderFilter
from gridpact.orders.models import Category


def day_field() -> forms.DateField:
    """The day control of the lists."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=_("As of day"), required=False, widget=widget)


class PlainSelect(forms.Select):
    """A select drawn in one go: Django renders a template for every option, ninety on this page."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The markup; choices are flat pairs."""
        chosen = "" if value is None else str(value)
        built = self.build_attrs(self.attrs, attrs)
        shown = format_html_join("", ' {}="{}"', built.items())
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected") if str(key) == chosen else "", label)
                for key, label in self.choices
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', name, shown, options)


class GroupedSelect(PlainSelect):
    """The same for choices in groups: hundreds of receivers in a few milliseconds."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The markup; a group is a pair of its label and a list of pairs."""
        built = self.build_attrs(self.attrs, attrs)
        shown = format_html_join("", ' {}="{}"', built.items())
        chosen = "" if value is None else str(value)
        parts = (
            format_html('<optgroup label="{}">{}</optgroup>', key, self._options(label, chosen))
            if isinstance(label, list | tuple)
            else self._options([(key, label)], chosen)
            for key, label in self.choices
        )
        inside = format_html_join("", "{}", ((part,) for part in parts))
        return format_html('<select name="{}"{}>{}</select>', name, shown, inside)

    @staticmethod
    def _options(pairs: Any, chosen: str) -> SafeString:
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected") if str(key) == chosen else "", label)
                for key, label in pairs
            ),
        )


class ListFilter(OrderFilter):
    """`queue` names the saved view and travels with every filter; `as_of` leads to a past day."""

    queue = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    as_of = day_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        active = Category.objects.filter(is_active=True)
        field: Any = self.fields["category"]
        field.choices = [("", gettext("all")), *active.values_list("code", "name")]
        for name in ("state", "klass", "kind", "sort", "category"):
            chooser: Any = self.fields[name]
            chooser.widget = PlainSelect(choices=chooser.choices)

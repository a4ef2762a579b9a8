"""Plain registers (cells, organisations …) declared once: scope, columns, filter, form, verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, Refused
from gridpact.core.texts import register_refusals
from gridpact.ui import parts, times
from gridpact.ui.parts import Text

if TYPE_CHECKING:
    from django.urls import URLPattern

M = TypeVar("M", bound=Model)
EMPTY = _("Nothing has been entered here yet.")

register_refusals(
    {
        "import_columns_missing": _("The file lacks these columns: %(columns)s."),
        "import_too_many": _("The file has more than %(limit)s rows. Please split it."),
        "import_not_allowed": _("This register does not allow that."),
        "import_expired": _("This import has expired. Please upload the file again."),
    }
)


class RegisterFilter(forms.Form):
    """The filter of a register; subclasses add fields and say in `apply` what they mean."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow `queryset` by `cleaned_data`; the search text is applied by the register."""
        return queryset


@dataclass(frozen=True, slots=True)
class RegisterColumn(Generic[M]):
    """One column: `value` reads a plain value from a row; `shown` may turn it into markup.

    `masked` values must already be masked by `value`; the flag only shows that they are.
    `export` False keeps the column out of files. `heading` names the column on pages where they
    show something else than the file holds (a name instead of a code).
    """

    label: Text
    value: Callable[[M], Any]
    kind: str = "text"
    shown: Callable[[M], Any] | None = None
    masked: bool = False
    export: bool = True
    width: int = 16
    heading: Text = ""

    def show(self, row: M) -> Any:
        """What the page shows for `row`."""
        if self.shown is not None:
            return self.shown(row)
        value = self.value(row)
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, datetime):
            return times.moment(value)
        if isinstance(value, date):
            return value.isoformat()
        return value if value not in (None, "") else None


@dataclass(frozen=True)
class Register(Generic[M]):
    """A register. `queryset` is the only door to its rows and starts from `visible_to(actor)`.

    `namespace` is the app_name of the URLs it is mounted in, `name` the prefix of its URL names
    (`<name>_list`, `_new`, `_detail`, `_edit`, `_export`, `_export_csv`, `_import`, `_template`).
    `create(form, actor)` and `update(instance, form, actor)` are verbs: they check, audit and save.
    `key` is the natural key: the form field an import finds existing rows by (also the URL slug).
    Where nobody types the key, `identify` makes it from an imported row's cells by form field.
    """

    namespace: str
    name: str
    title: Text
    singular: Text
    queryset: Callable[[Actor], QuerySet[M]]
    columns: Sequence[RegisterColumn[M]]
    read_right: str
    write_right: str = ""
    order_by: Sequence[str] = ("pk",)
    search: Sequence[str] = ()
    filter_class: type[RegisterFilter] = RegisterFilter
    form_class: Callable[..., forms.ModelForm[Any]] | None = None
    create: Callable[[Any, Actor], M] | None = None
    update: Callable[[M, Any, Actor], M] | None = None
    key: str = "code"
    identify: Callable[[Mapping[str, str]], str] | None = None
    icon: str = "list-details"
    empty: Text = EMPTY
    details: Callable[[M, Actor], Sequence[tuple[Text, Any]]] | None = None
    actions: Callable[[M, Actor], Sequence[parts.Action]] | None = None
    notes: dict[str, Text] = field(default_factory=dict)
    template_detail: str = "ui/register_detail.html"

    def require_read(self, actor: Actor) -> None:
        """Raise `Refused`: 403 sign_in for the public, 403 forbidden without the right."""
        if not actor.is_signed_in:
            raise Refused("sign_in", 403)
        if not actor.has(self.read_right):
            raise Refused("forbidden", 403)

    def require_write(self, actor: Actor) -> None:
        """As `require_read`, for changing."""
        self.require_read(actor)
        if not self.can_write(actor):
            raise Refused("forbidden", 403)

    def can_write(self, actor: Actor) -> bool:
        """Whether buttons for new, edit and import are offered; the verbs decide again."""
        return (
            bool(self.write_right) and self.form_class is not None and actor.has(self.write_right)
        )

    def rows(self, actor: Actor, form: RegisterFilter | None = None) -> QuerySet[M]:
        """The rows in sight, narrowed by a bound filter form (an invalid filter shows all)."""
        queryset = self.queryset(actor)
        if form is None or not form.is_valid():
            return queryset
        words = form.cleaned_data.get("q", "").split()
        for word in words:
            condition = Q()
            for lookup in self.search:
                condition |= Q(**{f"{lookup}__icontains": word})
            queryset = queryset.filter(condition)
        return form.apply(queryset)

    def one(self, actor: Actor, key: str) -> M:
        """The row with natural key `key`, or `Refused` not_found (404) when missing or unseen."""
        row = None if "\x00" in key else self.queryset(actor).filter(**{self.key: key}).first()
        if row is None:
            raise Refused("not_found", 404)
        return row

    def key_of(self, row: M) -> str:
        """The natural key of a row as text."""
        return str(getattr(row, self.key))

    def url_name(self, page: str) -> str:
        """The full URL name of one of its pages, e.g. `grid:cells_list`."""
        return f"{self.namespace}:{self.name}_{page}"

    def urls(self, prefix: str) -> list[URLPattern]:
        """URL patterns below `prefix` (e.g. `cells/`), to be put into an app's urlpatterns."""
        # The views import this module's classes; the import here breaks the ring.
        from gridpact.ui import register_views  # noqa: PLC0415 - as said above

        return register_views.patterns(self, prefix)

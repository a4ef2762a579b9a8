"""The registers of limits, of calendars, and of who keeps which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.clocks.choices import Unit
from gridpact.clocks.clocked import COUNT_CAP, clocked
from gridpact.clocks.forms import AreaForm, CalendarForm, LimitForm
from gridpact.clocks.models import Calendar, CellCalendar, Limit
from gridpact.clocks.services import assign_calendar, save_calendar, save_limit
from gridpact.core.access import Actor
from gridpact.ui import parts
from gridpact.ui.registers import Register, RegisterColumn, RegisterFilter


class LimitFilter(RegisterFilter):
    """By step, and whether it is still used."""

    step = forms.ChoiceField(label=_("Step"), required=False)
    closed = forms.BooleanField(label=_("Only those no longer used"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["step"] = forms.ChoiceField(
            label=_("Step"), required=False, choices=[("", _("all")), *clocked().words().steps]
        )

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow by step and state."""
        if self.cleaned_data.get("step"):
            queryset = queryset.filter(step=self.cleaned_data["step"])
        return queryset.filter(is_active=not self.cleaned_data.get("closed"))


def _limits(actor: Actor) -> QuerySet[Limit]:
    """Limits are the district's: everybody who works with orders may read them."""
    return Limit.objects.select_related("cell").defer("cell__boundary")


def _calendars(actor: Actor) -> QuerySet[Calendar]:
    return Calendar.objects.all()


def _areas(actor: Actor) -> QuerySet[CellCalendar]:
    rows = CellCalendar.objects.select_related("cell", "calendar").annotate(code=F("cell__code"))
    return rows.defer("cell__boundary")


def _assign(form: Any, actor: Actor) -> CellCalendar:
    made = assign_calendar(form.instance, actor=actor)
    return _areas(actor).get(pk=made.pk)


def _label(name: str, code: str) -> str:
    if not code:
        return ""
    return str(dict(getattr(clocked().words(), name)).get(code, code))


def _whom(row: Limit) -> str:
    """What the orders have in common that this limit is for."""
    names = (
        _label("klasses", row.klass), _label("kinds", row.kind), _label("channels", row.channel),
        _label("categories", row.category), row.cell.name if row.cell is not None else "",
    )  # fmt: skip
    return " · ".join(filter(None, names))


def running_words(cell_id: int | None, steps: Sequence[str]) -> str:
    """How many running clocks a change would count anew: `128`, or `10000+`."""
    count = clocked().running(cell_id, steps)
    return f"{count}+" if count >= COUNT_CAP else str(count)


def _details(row: Limit, actor: Actor) -> list[tuple[Any, Any]]:
    running = running_words(row.cell_id, [row.step])
    return [(_("Running clocks that a change counts anew"), running)]


LIMITS: Register[Limit] = Register(
    namespace="clocks",
    name="limits",
    title=_("Limits"),
    singular=_("time limit"),
    queryset=_limits,
    columns=(
        RegisterColumn(_("Step"), lambda row: _label("steps", row.step), "main"),
        RegisterColumn(_("Applies to"), _whom),
        RegisterColumn(_("Limit"), lambda row: row.amount, "number", width=8),
        RegisterColumn(_("Counted in"), lambda row: str(Unit(row.unit).label)),
        RegisterColumn(_("Basis"), lambda row: row.source, width=30),
        RegisterColumn(_("Code"), lambda row: row.key, "code", width=22),
        RegisterColumn(_("Active"), lambda row: row.is_active, width=8),
    ),
    read_right="clocks.edit",
    write_right="clocks.edit",
    order_by=("key",),
    search=("key", "source"),
    filter_class=LimitFilter,
    form_class=LimitForm,
    create=lambda form, actor: save_limit(form.instance, actor=actor),
    update=lambda _row, form, actor: save_limit(form.instance, actor=actor),
    key="key",
    icon="hourglass",
    details=_details,
)


def _days(row: Calendar, actor: Actor) -> list[parts.Action]:
    href = f"{reverse('clocks:year')}?calendar={row.code}"
    return [parts.Action(_("Open the days"), href, "calendar", method="get")]


CALENDARS: Register[Calendar] = Register(
    namespace="clocks",
    name="calendars",
    title=_("Office hours"),
    singular=_("calendar"),
    queryset=_calendars,
    columns=(
        RegisterColumn(_("Called"), lambda row: row.name, "main"),
        RegisterColumn(_("Code"), lambda row: row.code, "code"),
        RegisterColumn(_("Opens"), lambda row: f"{row.opens:%H:%M}"),
        RegisterColumn(_("Noon break from"), lambda row: f"{row.noon:%H:%M}"),
        RegisterColumn(_("Noon break until"), lambda row: f"{row.back:%H:%M}"),
        RegisterColumn(_("Closes"), lambda row: f"{row.closes:%H:%M}"),
    ),
    read_right="clocks.edit",
    write_right="clocks.edit",
    order_by=("code",),
    search=("code", "name"),
    form_class=CalendarForm,
    create=lambda form, actor: save_calendar(form.instance, actor=actor),
    update=lambda _row, form, actor: save_calendar(form.instance, actor=actor),
    icon="clock",
    actions=_days,
)


AREAS: Register[CellCalendar] = Register(
    namespace="clocks",
    name="areas",
    title=_("Areas with hours of their own"),
    singular=_("area"),
    queryset=_areas,
    columns=(
        RegisterColumn(_("Area"), lambda row: row.cell.code, "main"),
        RegisterColumn(_("Called"), lambda row: row.cell.name),
        RegisterColumn(_("Calendar"), lambda row: row.calendar.code, "code"),
    ),
    read_right="clocks.edit",
    write_right="clocks.edit",
    order_by=("cell__code",),
    search=("cell__code", "cell__name"),
    form_class=AreaForm,
    create=_assign,
    update=lambda _row, form, actor: _assign(form, actor),
    key="code",
    identify=lambda cells: cells.get("cell", ""),
    icon="building",
    empty=_("Everybody keeps the calendar of the district."),
)

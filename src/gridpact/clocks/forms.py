"""Forms of limits, calendars, their days, thresholds and quiet hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.clocks.choices import MOST, NOTICE, RED, REVIEW, UNRATED, WARN
from gridpact.clocks.clocked import clocked
from gridpact.clocks.models import Calendar, CellCalendar, Limit, Threshold
from gridpact.core import clock
from gridpact.core.texts import refusal_text
from gridpact.core.worktime import FIRST, LAST
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.notify.models import QuietHours

if TYPE_CHECKING:
    _LimitForm = forms.ModelForm[Limit]
    _CalendarForm = forms.ModelForm[Calendar]
    _AreaForm = forms.ModelForm[CellCalendar]
    _QuietForm = forms.ModelForm[QuietHours]
else:  # has no type parameters when it runs
    _LimitForm = _CalendarForm = _AreaForm = _QuietForm = forms.ModelForm

_AREAS = (Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY, Level.GRID)


def _areas() -> Any:
    return Cell.objects.open().filter(level__in=_AREAS).defer("boundary").order_by("code")


class LimitForm(_LimitForm):
    """A limit: for which step and which orders, how long, and where that is written."""

    cell = forms.ModelChoiceField(
        label=_("Area"), required=False, queryset=_areas(), to_field_name="code",
        widget=forms.TextInput, help_text=_("Code of the cell; empty for the whole district."),
        error_messages={"invalid_choice": _("There is no cell of this code.")},
    )  # fmt: skip

    class Meta:
        model = Limit
        fields = (
            "key", "step", "klass", "kind", "channel", "category", "cell", "amount", "unit",
            "source", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        words = clocked().words()
        if self.instance.cell is not None:
            self.initial["cell"] = self.instance.cell.code
        if self.instance.pk:
            self.fields["key"].disabled = True
        self.fields["amount"] = forms.IntegerField(
            label=self.fields["amount"].label, min_value=1, max_value=max(MOST.values())
        )
        self.fields["step"] = forms.ChoiceField(label=_("Step"), choices=words.steps)
        for name, label, choices in (
            ("klass", _("Class"), words.klasses),
            ("kind", _("Kind"), words.kinds),
            ("channel", _("Came in by"), words.channels),
            ("category", _("Category"), words.categories),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[("", _("every")), *choices]
            )


class CalendarForm(_CalendarForm):
    """A calendar and its hours."""

    class Meta:
        model = Calendar
        fields = ("code", "name", "opens", "noon", "back", "closes")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("opens", "noon", "back", "closes")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["code"].disabled = True


class AreaForm(_AreaForm):
    """Which calendar an area keeps."""

    cell = forms.ModelChoiceField(
        label=_("Area"), queryset=_areas(), to_field_name="code",
        widget=forms.TextInput, help_text=_("Code of the cell, down to the grid."),
        error_messages={"invalid_choice": _("There is no cell of this code.")},
    )  # fmt: skip
    calendar = forms.ModelChoiceField(
        label=_("Calendar"), queryset=Calendar.objects.all(), to_field_name="code"
    )

    class Meta:
        model = CellCalendar
        fields = ("cell", "calendar")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial.update(cell=self.instance.cell.code, calendar=self.instance.calendar.code)
            self.fields["cell"].disabled = True


class YearForm(forms.Form):
    """Which calendar and which year is shown."""

    calendar = forms.ModelChoiceField(
        label=_("Calendar"), queryset=Calendar.objects.all(), to_field_name="code",
        empty_label=None,
    )  # fmt: skip
    year = forms.IntegerField(label=_("Year"), min_value=FIRST.year, max_value=LAST.year)


class DaysForm(forms.Form):
    """The days that shall change from how they are, and why."""

    day = forms.TypedMultipleChoiceField(label=_("Days"), coerce=date.fromisoformat)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=60,
        help_text=_("For example the notice of the State Council."),
    )  # fmt: skip

    def __init__(self, *args: Any, year: int, **options: Any) -> None:
        super().__init__(*args, **options)
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = [date.fromordinal(each).isoformat() for each in range(first, last + 1)]
        self.fields["day"].choices = [(day, day) for day in days]  # type: ignore[attr-defined]  # fields are typed by their base class


class LoadForm(forms.Form):
    """A file with the days of a year."""

    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("Columns: date, is_working (1 or 0), note. Days without a row are as usual."),
    )  # fmt: skip
    year = forms.IntegerField(label=_("Year"), min_value=FIRST.year, max_value=LAST.year)
    check_only = forms.BooleanField(label=_("Only check, do not save"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("year", clock.today().year + 1)


_LABELS = {
    WARN: (_("Warn at"), _("Per cent of the limit that are used.")),
    RED: (_("Red card at"), _("Per cent of the limit that are used.")),
    UNRATED: (_("Close without rating after"), _("Days after verification.")),
    REVIEW: (_("Look at parked matters after"), _("Days.")),
    NOTICE: (_("Remind of next year's calendar"), _("Days before the year begins.")),
}


class ThresholdsForm(forms.Form):
    """The numbers beside the limits."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = {row.key: row for row in Threshold.objects.all()}
        for key, (label, hint) in _LABELS.items():
            row = rows[key]
            self.fields[key.replace(".", "_")] = forms.IntegerField(
                label=label, help_text=hint, min_value=row.least, max_value=row.most,
                initial=row.number,
            )  # fmt: skip

    def numbers(self) -> dict[str, int]:
        """By key."""
        return {key: self.cleaned_data[key.replace(".", "_")] for key in _LABELS}


class QuietForm(_QuietForm):
    """When the night is quiet."""

    class Meta:
        model = QuietHours
        fields = ("is_on", "begins", "ends")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("begins", "ends")
        }

    def clean(self) -> dict[str, Any]:
        """Both times differ."""
        data = super().clean() or {}
        if data.get("begins") is not None and data.get("begins") == data.get("ends"):
            self.add_error("ends", refusal_text("quiet_never", {}))
        return data

"""Pages of the calendar year, of loading one, of the thresholds and of the quiet hours."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gridpact.clocks import tables
from gridpact.clocks.choices import BASE
from gridpact.clocks.forms import DaysForm, LoadForm, QuietForm, ThresholdsForm, YearForm
from gridpact.clocks.models import Calendar
from gridpact.clocks.registers import running_words
from gridpact.clocks.services import load_year, save_thresholds, set_days
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of
from gridpact.core.loads import LoadReport
from gridpact.notify.selectors import held, quiet_hours
from gridpact.notify.services import set_quiet_hours
from gridpact.ui import parts
from gridpact.ui.render import render
from gridpact.ui.sheets import read_table

SHOWN_REJECTS = 100


def _editor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "clocks.edit")
    return actor


def _tabs(active: str) -> list[parts.Tab]:
    places = (
        ("limits_list", _("Limits")), ("year", _("Working days")),
        ("calendars_list", _("Office hours")), ("areas_list", _("Areas")),
        ("thresholds", _("Warnings and cards")), ("quiet", _("Quiet hours")),
    )  # fmt: skip
    return [
        parts.Tab(label, reverse(f"clocks:{name}"), active=name == active) for name, label in places
    ]


def _shown(request: HttpRequest) -> tuple[Calendar, int]:
    """The calendar and the year that were asked for; else the base and this year."""
    form = YearForm(request.GET)
    form.is_valid()
    data = form.cleaned_data
    calendar = data.get("calendar") or Calendar.objects.get(code=BASE)
    return calendar, data.get("year") or clock.today().year


@login_required
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest) -> HttpResponse:
    """Twelve months; ticked days are turned round, after a look at what that moves."""
    actor = _editor(request)
    calendar, shown = _shown(request)
    sent = request.POST if request.method == "POST" else None
    form = DaysForm(sent, year=shown)
    picked: list[date] = []
    if request.method == "POST" and form.is_valid():
        picked = form.cleaned_data["day"]
        if "sure" in request.POST:
            office = tables.office_of(calendar)
            days = {day: not office.is_working(day) for day in picked}
            count = set_days(calendar, days, actor=actor, note=form.cleaned_data["note"])
            messages.success(
                request,
                ngettext("%(n)s day was changed.", "%(n)s days were changed.", count)
                % {"n": count},
            )
            return redirect(f"{reverse('clocks:year')}?calendar={calendar.code}&year={shown}")
    context = {
        **_year_context(calendar, shown, picked),
        "form": form,
        "picked": picked,
        "running": running_words(None, ()) if picked else "",
    }
    return render(request, "clocks/year.html", context, status=422 if form.errors else 200)


def _year_context(calendar: Calendar, shown: int, picked: list[date]) -> dict[str, Any]:
    here = reverse("clocks:year")
    return {
        "tabs": _tabs("year"),
        "calendar": calendar,
        "year": shown,
        "previous": f"{here}?calendar={calendar.code}&year={shown - 1}",
        "next": f"{here}?calendar={calendar.code}&year={shown + 1}",
        "known": shown in tables.office_of(calendar).years,
        "months": tables.months(calendar, shown, picked),
        "weekdays": tables.WEEKDAYS,
        "others": [
            parts.Tab(
                each.name, f"{here}?calendar={each.code}&year={shown}", active=each == calendar
            )
            for each in Calendar.objects.all()
        ],
        "gaps": tables.gaps(clock.today()),
        "recounts": tables.recounts(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """A whole year from a file: checked row by row, then saved at once."""
    actor = _editor(request)
    calendar, _shown_year = _shown(request)
    form = LoadForm(request.POST or None, request.FILES or None, initial=_wanted(request))
    report: LoadReport | None = None
    if request.method == "POST" and form.is_valid():
        report = _load(form, calendar, actor)
        if report is not None and report.saved:
            messages.success(request, _("The year was loaded."))
            wanted = form.cleaned_data["year"]
            return redirect(f"{reverse('clocks:year')}?calendar={calendar.code}&year={wanted}")
    context = {
        "tabs": _tabs("year"),
        "calendar": calendar,
        "form": form,
        "report": report,
        "rejected": report.rejected[:SHOWN_REJECTS] if report else [],
    }
    bad = bool(form.errors) or (report is not None and bool(report.rejected))
    return render(request, "clocks/load.html", context, status=422 if bad else 200)


def _wanted(request: HttpRequest) -> dict[str, Any]:
    text = request.GET.get("year", "")
    return {"year": int(text)} if text.isascii() and text.isdigit() and len(text) == 4 else {}


def _load(form: LoadForm, calendar: Calendar, actor: Actor) -> LoadReport | None:
    """Run the verb on the uploaded file; a file that cannot be read is said in the form."""
    file = form.cleaned_data["file"]
    try:
        sheet = read_table(file, file.name)
        rows = [
            (number, {head.strip("* ").lower(): text for head, text in row.items()})
            for number, row in sheet.rows
        ]
        if sheet.flaws:
            return LoadReport(rejected=sorted(sheet.flaws.items()))
        return load_year(
            calendar, form.cleaned_data["year"], rows, actor=actor,
            dry_run=form.cleaned_data["check_only"],
        )  # fmt: skip
    except Refused as refusal:
        form.add_error("file", refusal.sentence)
        return None


@login_required
@require_http_methods(["GET", "POST"])
def thresholds(request: HttpRequest) -> HttpResponse:
    """When to warn, when a card turns red, when an order is closed without rating."""
    actor = _editor(request)
    form = ThresholdsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_thresholds(form.numbers(), actor=actor)
        messages.success(request, _("Saved."))
        return redirect("clocks:thresholds")
    context = {
        "tabs": _tabs("thresholds"), "form": form, "running": running_words(None, ()),
        "recounts": tables.recounts(),
    }  # fmt: skip
    return render(request, "clocks/thresholds.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def quiet(request: HttpRequest) -> HttpResponse:
    """In which hours of the night messages of the clock wait, and how many wait now."""
    actor = _editor(request)
    form = QuietForm(request.POST or None, instance=quiet_hours())
    if request.method == "POST" and form.is_valid():
        set_quiet_hours(actor=actor, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("clocks:quiet")
    context = {"tabs": _tabs("quiet"), "form": form, "held": held(), "hours": quiet_hours()}
    return render(request, "clocks/quiet.html", context, status=422 if form.errors else 200)

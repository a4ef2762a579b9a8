"""Calendars, limits, thresholds and quiet hours for programs: read and keep them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from gridpact.accounts.auth import SIGNED_IN
from gridpact.clocks import schemas, tables
from gridpact.clocks.forms import AreaForm, CalendarForm, LimitForm
from gridpact.clocks.models import Calendar, CellCalendar, Limit, Threshold
from gridpact.clocks.services import (
    assign_calendar,
    save_calendar,
    save_limit,
    save_thresholds,
    set_days,
)
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.core.worktime import FIRST, LAST
from gridpact.notify.models import QuietHours
from gridpact.notify.selectors import held, is_quiet, quiet_hours
from gridpact.notify.services import set_quiet_hours
from gridpact.ui.paging import keyset_page

router = Router(tags=["clocks"], auth=SIGNED_IN)
_HOURS = ("opens", "noon", "back", "closes")


def _keeper(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "clocks.edit")
    return actor


def _filled(form: forms.BaseModelForm[Any]) -> Any:
    """What a form makes of a body that has its shape; Refused 422 naming the first wrong field.

    What is wrong with several fields together the verb says, with a code of its own.
    """
    for field, errors in form.errors.items():
        if field != NON_FIELD_ERRORS:
            raise Refused("bad_input", 422, field=field, why=str(errors[0]))
    return form.instance


def _calendar(code: str) -> Calendar:
    found = None if "\x00" in code else Calendar.objects.filter(code=code).first()
    if found is None:
        raise Refused("not_found", 404)
    return found


class LimitQuery(BaseModel):
    """Of which step, used ones or all, and where to go on."""

    step: str = ""
    all: bool = False
    cursor: str = ""
    limit: int = Field(default=50, ge=1, le=200)


@router.get("/limits", response=schemas.LimitPage)
def limits(request: HttpRequest, query: Query[LimitQuery]) -> HttpResponse:
    """The limits in use by code; with `all` those no longer used too."""
    _keeper(request)
    rows = Limit.objects.select_related("cell").defer("cell__boundary")
    rows = rows if query.all else rows.filter(is_active=True)
    rows = rows.filter(step=query.step.replace("\x00", "")) if query.step else rows
    page = keyset_page(rows, ("key",), query.cursor or None, query.limit)
    items = [_limit(row) for row in page.items]
    return answer({"items": items, "count": rows.count(), "next": page.next})


def _limit(row: Limit) -> dict[str, Any]:
    names = (
        "key", "step", "klass", "kind", "channel", "category", "amount", "unit", "source",
        "is_active",
    )  # fmt: skip
    code = row.cell.code if row.cell is not None else ""
    return {name: getattr(row, name) for name in names} | {"cell": code}


@router.put("/limits/{key}", response=schemas.LimitOut, openapi_extra=body_docs(schemas.LimitIn))
def put_limit(request: HttpRequest, key: str) -> HttpResponse:
    """Add the limit `key` or change it; running clocks are counted anew."""
    actor = _keeper(request)
    body = read_body(request, schemas.LimitIn)
    known = None if "\x00" in key else Limit.objects.filter(key=key).first()
    form = LimitForm({**body.model_dump(), "key": key}, instance=known)
    return answer(_limit(save_limit(_filled(form), actor=actor)))


@router.get("/calendars", response=schemas.CalendarList)
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars with their hours and the cells that keep them."""
    _keeper(request)
    items = [_hours(row) for row in Calendar.objects.prefetch_related("cells__cell")]
    return answer({"items": items, "count": len(items)})


def _hours(row: Calendar) -> dict[str, Any]:
    cells = sorted(each.cell.code for each in row.cells.all())
    hours = {name: f"{getattr(row, name):%H:%M}" for name in _HOURS}
    return {"code": row.code, "name": row.name, **hours, "cells": cells}


@router.put(
    "/calendars/{code}", response=schemas.CalendarOut, openapi_extra=body_docs(schemas.HoursIn)
)
def put_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Add the calendar `code` or change its hours."""
    actor = _keeper(request)
    body = read_body(request, schemas.HoursIn)
    known = None if "\x00" in code else Calendar.objects.filter(code=code).first()
    form = CalendarForm({**body.model_dump(), "code": code}, instance=known)
    return answer(_hours(save_calendar(_filled(form), actor=actor)))


class YearQuery(BaseModel):
    """Which year; this one when absent."""

    year: int | None = Field(default=None, ge=FIRST.year, le=LAST.year)


@router.get("/calendars/{code}/days", response=schemas.YearOut)
def days(request: HttpRequest, code: str, query: Query[YearQuery]) -> HttpResponse:
    """A year of a calendar: the days that differ from Monday to Friday."""
    _keeper(request)
    calendar, year = _calendar(code), query.year or clock.today().year
    found = [
        each
        for month in tables.months(calendar, year)
        for week in month.weeks
        for each in week
        if each is not None
    ]
    notes = tables.notes(calendar, year)
    return answer(
        {
            "calendar": calendar.code,
            "year": year,
            "known": year in tables.office_of(calendar).years,
            "working": sum(each.works for each in found),
            "days": [
                {"date": each.day, "is_working": each.works, "note": notes.get(each.day, "")}
                for each in found
                if each.differs
            ],
        }
    )


@router.put(
    "/calendars/{code}/days", response=schemas.ChangedOut, openapi_extra=body_docs(schemas.DaysIn)
)
def put_days(request: HttpRequest, code: str) -> HttpResponse:
    """Say of days whether the office is open; days not named stay as they are."""
    actor, calendar = _keeper(request), _calendar(code)
    body = read_body(request, schemas.DaysIn)
    said: dict[date, bool] = {each.date: each.is_working for each in body.days}
    return answer({"changed": set_days(calendar, said, actor=actor, note=body.note)})


@router.get("/areas", response=schemas.AreaList)
def areas(request: HttpRequest) -> HttpResponse:
    """The areas with a calendar of their own."""
    _keeper(request)
    rows = CellCalendar.objects.select_related("cell", "calendar").defer("cell__boundary")
    items = [_area(row) for row in rows.order_by("cell__code")]
    return answer({"items": items, "count": len(items)})


def _area(row: CellCalendar) -> dict[str, Any]:
    return {"cell": row.cell.code, "name": row.cell.name, "calendar": row.calendar.code}


@router.put("/areas/{code}", response=schemas.AreaOut, openapi_extra=body_docs(schemas.AreaIn))
def put_area(request: HttpRequest, code: str) -> HttpResponse:
    """Give the cell `code` a calendar, for everything below it too."""
    actor = _keeper(request)
    body = read_body(request, schemas.AreaIn)
    known = None if "\x00" in code else CellCalendar.objects.filter(cell__code=code).first()
    form = AreaForm({"cell": code, "calendar": body.calendar}, instance=known)
    return answer(_area(assign_calendar(_filled(form), actor=actor)))


@router.get("/thresholds", response=schemas.ThresholdList)
def thresholds(request: HttpRequest) -> HttpResponse:
    """When to warn, when a card turns red, when an order is closed without rating."""
    _keeper(request)
    items = list(Threshold.objects.values("key", "number", "least", "most", "source"))
    return answer({"items": items, "count": len(items)})


@router.put(
    "/thresholds", response=schemas.ChangedOut, openapi_extra=body_docs(schemas.ThresholdsIn)
)
def put_thresholds(request: HttpRequest) -> HttpResponse:
    """Set thresholds by key; those not named stay. An unknown key is refused."""
    actor = _keeper(request)
    numbers = read_body(request, schemas.ThresholdsIn).numbers
    known = set(Threshold.objects.values_list("key", flat=True))
    for key in numbers:
        if key not in known:
            raise Refused("threshold_unknown", 422, field="numbers", given=key[:40])
    return answer({"changed": save_thresholds(numbers, actor=actor)})


@router.get("/quiet-hours", response=schemas.QuietOut)
def quiet(request: HttpRequest) -> HttpResponse:
    """In which hours messages of the clock wait, and how many wait now."""
    _keeper(request)
    return answer(_quiet(quiet_hours()))


def _quiet(hours: QuietHours) -> dict[str, Any]:
    return {
        "is_on": hours.is_on, "begins": f"{hours.begins:%H:%M}", "ends": f"{hours.ends:%H:%M}",
        "quiet_now": is_quiet(), "held": held(),
    }  # fmt: skip


@router.put("/quiet-hours", response=schemas.QuietOut, openapi_extra=body_docs(schemas.QuietIn))
def put_quiet(request: HttpRequest) -> HttpResponse:
    """Set the quiet hours, or switch them off."""
    actor = _keeper(request)
    body = read_body(request, schemas.QuietIn)
    hours = set_quiet_hours(actor=actor, **body.model_dump())
    return answer(_quiet(hours))

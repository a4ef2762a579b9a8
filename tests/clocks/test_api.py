"""Calendars, limits, thresholds and quiet hours by API: read, kept and refused as on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.clocks.choices import MOST, Unit
from gridpact.clocks.models import Calendar, CellCalendar, Limit, Recount, Threshold
from gridpact.clocks.schemas import CalendarOut, LimitOut, QuietOut, YearOut
from gridpact.notify.models import QuietHours
from tests.api import anyone, caller
from tests.factories.world import MICRO, ZHIHE, World

URL = "/api/v1/clocks"
HOURS = {"name": "夜市", "opens": "09:00", "noon": "12:00", "back": "14:00", "closes": "21:00"}
LIMIT = {"step": "handle", "klass": "EASY", "cell": ZHIHE, "amount": 2, "unit": "DAY"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/limits/x", LIMIT),
        ("/calendars/x", HOURS),
        ("/calendars/base/days", {"days": []}),
        (f"/areas/{ZHIHE}", {"calendar": "base"}),
        ("/thresholds", {"numbers": {}}),
        ("/quiet-hours", {"is_on": True, "begins": "22:00", "ends": "07:00"}),
    ],
)
def test_only_keepers_write(world: World, path: str, body: dict[str, Any]) -> None:
    assert anyone().put(URL + path, body).status_code == 401
    for name in ("zhihe", "neighbour", "worker", "secadmin"):
        assert caller(world, name).put(URL + path, body).status_code == 403
    assert not Recount.objects.exists()
    assert caller(world, "sysadmin").put(URL + path, body).status_code == 200


def test_limits_are_read_by_step_and_page_by_page(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    first = sysadmin.get(f"{URL}/limits?limit=2").json()
    LimitOut.model_validate(first["items"][0])
    assert first["count"] == Limit.objects.filter(is_active=True).count()
    second = sysadmin.get(f"{URL}/limits?limit=2&cursor={first['next']}").json()
    assert second["items"][0]["key"] > first["items"][1]["key"]
    [accept] = sysadmin.get(f"{URL}/limits?step=accept").json()["items"]
    assert (accept["amount"], accept["unit"], accept["cell"]) == (2, "HOUR", "")
    assert caller(world, "zhihe").get(f"{URL}/limits").status_code == 403


def test_a_limit_is_added_changed_and_no_longer_used(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    made = sysadmin.put(f"{URL}/limits/zhihe.easy", LIMIT).json()
    assert (made["key"], made["cell"], made["is_active"]) == ("zhihe.easy", ZHIHE, True)
    sysadmin.put(f"{URL}/limits/zhihe.easy", {**LIMIT, "amount": 1, "is_active": False})
    row = Limit.objects.get(key="zhihe.easy")
    assert (row.amount, row.is_active) == (1, False)
    shown = sysadmin.get(f"{URL}/limits?step=handle").json()["items"]
    assert "zhihe.easy" not in {item["key"] for item in shown}
    every = sysadmin.get(f"{URL}/limits?step=handle&all=true").json()["items"]
    assert "zhihe.easy" in {item["key"] for item in every}


@pytest.mark.parametrize("unit", list(Unit))
def test_the_longest_limit_is_that_of_its_unit(world: World, unit: Unit) -> None:
    put, sysadmin = f"{URL}/limits/long", caller(world, "sysadmin")
    longest = {**LIMIT, "unit": unit, "amount": MOST[unit]}
    assert sysadmin.put(put, {**longest, "amount": MOST[unit] + 1}).status_code == 422
    assert sysadmin.put(put, longest).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"step": "sleep"}, "step"),
        ({"unit": "YEAR"}, "unit"),
        ({"amount": 0}, "amount"),
        ({"cell": "nowhere"}, "cell"),
        ({"cell": "\x00"}, "cell"),
        ({"cell": MICRO}, "cell"),
        ({"klass": "NICE"}, "klass"),
    ],
)
def test_a_wrong_limit_names_its_field_and_is_not_kept(
    world: World, change: dict[str, Any], field: str
) -> None:
    answer = caller(world, "sysadmin").put(f"{URL}/limits/odd", {**LIMIT, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert not Limit.objects.filter(key="odd").exists()


def test_a_second_limit_for_the_same_is_a_conflict(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    sysadmin.put(f"{URL}/limits/one", LIMIT)
    twin = sysadmin.put(f"{URL}/limits/two", LIMIT)
    assert (twin.status_code, twin.json()["code"]) == (409, "limit_twice")


def test_calendars_have_hours_cells_and_days(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    made = sysadmin.put(f"{URL}/calendars/market", HOURS).json()
    CalendarOut.model_validate(made)
    assert sysadmin.put(f"{URL}/areas/{ZHIHE}", {"calendar": "market"}).json()["cell"] == ZHIHE
    assert sysadmin.get(f"{URL}/areas").json()["count"] == 1
    kept = {row["code"]: row["cells"] for row in sysadmin.get(f"{URL}/calendars").json()["items"]}
    assert kept == {"base": [], "market": [ZHIHE]}
    days = {"days": [{"date": "2026-11-28", "is_working": True}], "note": "展销"}
    assert sysadmin.put(f"{URL}/calendars/market/days", days).json() == {"changed": 1}
    assert sysadmin.put(f"{URL}/calendars/market/days", days).json() == {"changed": 0}
    year = sysadmin.get(f"{URL}/calendars/market/days?year=2026").json()
    YearOut.model_validate(year)
    assert {"date": "2026-11-28", "is_working": True, "note": "展销"} in year["days"]
    base = sysadmin.get(f"{URL}/calendars/base/days?year=2026").json()
    assert year["working"] == base["working"] + 1
    assert sysadmin.get(f"{URL}/calendars/base/days?year=2049").json()["known"] is False
    assert sysadmin.get(f"{URL}/calendars/none/days").status_code == 404


def test_wrong_hours_days_and_areas_are_refused(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    for body in ({**HOURS, "closes": "08:00"}, {**HOURS, "opens": "09:00+08:00"},
                 {**HOURS, "opens": "25:00"}):  # fmt: skip
        assert sysadmin.put(f"{URL}/calendars/odd", body).status_code == 422
    assert not Calendar.objects.filter(code="odd").exists()
    far = {"days": [{"date": "1999-01-01", "is_working": True}]}
    assert sysadmin.put(f"{URL}/calendars/base/days", far).json()["code"] == "year_unknown"
    for path, code in ((f"/areas/{ZHIHE}", "none"), ("/areas/nowhere", "base")):
        assert sysadmin.put(URL + path, {"calendar": code}).status_code == 422
    assert not CellCalendar.objects.exists()


def test_thresholds_stay_in_their_range(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    put = f"{URL}/thresholds"
    assert sysadmin.put(put, {"numbers": {"warn.yellow": 60}}).json() == {"changed": 1}
    shown = {row["key"]: row["number"] for row in sysadmin.get(put).json()["items"]}
    assert shown["warn.yellow"] == 60
    for numbers in ({"warn.yellow": 5}, {"warn.yellow": 80, "card.red": 9}, {"moon": 3}):
        assert sysadmin.put(put, {"numbers": numbers}).status_code == 422
    assert Threshold.objects.get(pk="warn.yellow").number == 60


def test_quiet_hours_are_set_and_read(world: World) -> None:
    sysadmin = caller(world, "sysadmin")
    put = f"{URL}/quiet-hours"
    body = {"is_on": True, "begins": "21:30", "ends": "06:30"}
    answer = sysadmin.put(put, body).json()
    QuietOut.model_validate(answer)
    assert {key: answer[key] for key in body} == body
    assert sysadmin.get(put).json()["begins"] == "21:30"
    same = sysadmin.put(put, {**body, "ends": "21:30"})
    assert (same.status_code, same.json()["code"]) == (422, "quiet_never")
    assert str(QuietHours.objects.get()) == "21:30–06:30"

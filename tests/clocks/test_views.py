"""Pages of calendars and limits: look before saving, in plain forms."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gridpact.clocks.book import missing_years
from gridpact.clocks.models import Limit, Threshold
from gridpact.clocks.tables import findings
from gridpact.core import clock
from gridpact.core.clock import LOCAL
from gridpact.grid.models import WorkDay
from tests.factories.world import World
from tests.pages import browser, words

DAYS = "/clocks/days?calendar=base&year=2026"


def test_days_are_shown_then_looked_at_then_saved(world: World) -> None:
    desk = browser(world, "district")
    world.order()
    page = desk.get(DAYS).content.decode()
    assert page.count('name="day"') == 365
    look = desk.post(DAYS, {"day": ["2026-11-24"]}).content.decode()
    assert 'name="sure"' in look and "2026-11-24" in look
    assert WorkDay.objects.get(pk=date(2026, 11, 24)).is_working
    assert desk.post(DAYS, {"day": ["2026-11-24"], "sure": "1", "note": "调休"}).status_code == 302
    changed = WorkDay.objects.get(pk=date(2026, 11, 24))
    assert (changed.is_working, changed.note) == (False, "调休")


def test_nothing_ticked_or_a_wrong_day_is_said(world: World) -> None:
    desk = browser(world, "district")
    assert desk.post(DAYS, {}).status_code == 422
    assert desk.post(DAYS, {"day": ["2025-01-01"], "sure": "1"}).status_code == 422


@pytest.mark.parametrize(
    "path", ["/clocks/days", "/clocks/days/load", "/clocks/thresholds", "/clocks/limits/"]
)
def test_only_keepers_enter(world: World, path: str) -> None:
    assert browser(world, "district").get(path).status_code == 200
    assert browser(world, "sysadmin").get(path).status_code == 200
    for name in ("zhihe", "worker", "dept"):
        assert browser(world, name).get(path).status_code == 403


def test_a_year_is_loaded_from_a_file(world: World) -> None:
    desk = browser(world, "sysadmin")
    text = "date,is_working,note\n2027-01-01,0,元旦\n"
    sent = {"file": SimpleUploadedFile("2027.csv", text.encode()), "year": "2027"}
    assert desk.post("/clocks/days/load", sent).status_code == 302
    assert not WorkDay.objects.get(pk=date(2027, 1, 1)).is_working
    wrong = SimpleUploadedFile("2027.csv", b"date,is_working\n2026-01-01,0\n")
    answer = desk.post("/clocks/days/load", {"file": wrong, "year": "2027"})
    assert answer.status_code == 422 and "2026-01-01" in answer.content.decode()


def test_a_missing_year_is_a_loud_finding_three_months_ahead(world: World) -> None:
    assert missing_years([2026], date(2026, 9, 30), 92) == []
    assert missing_years([2026], date(2026, 10, 1), 92) == [2027]
    assert missing_years([2025], date(2026, 10, 1), 92) == [2026, 2027]
    with clock.frozen(datetime(2026, 11, 24, 9, tzinfo=LOCAL)):
        for name in ("district", "sysadmin"):
            assert [stat.value for stat in findings(world.actor(name))] == ["2027"]
            assert (
                "/clocks/days/load?year=2027" in browser(world, name).get("/work").content.decode()
            )
        assert findings(world.actor("zhihe")) == []


def test_limits_and_thresholds_are_kept_on_pages(world: World) -> None:
    desk = browser(world, "district")
    sent = {"key": "local.hazard", "step": "handle", "kind": "HAZARD", "amount": "1", "unit": "DAY",
            "is_active": "on"}  # fmt: skip
    assert desk.post("/clocks/limits/new", sent).status_code == 302
    assert Limit.objects.get(key="local.hazard").amount == 1
    again = desk.post("/clocks/limits/new", {**sent, "key": "local.twice"})
    assert again.status_code in {409, 422}
    assert not Limit.objects.filter(key="local.twice").exists()
    assert "local.hazard" in words(again)
    numbers = {row.key.replace(".", "_"): row.number for row in Threshold.objects.all()}
    numbers["warn_yellow"] = 60
    assert desk.post("/clocks/thresholds", numbers).status_code == 302
    assert Threshold.objects.get(pk="warn.yellow").number == 60
    numbers["warn_yellow"] = 600
    assert desk.post("/clocks/thresholds", numbers).status_code == 422


@pytest.mark.parametrize("amount", ["0", "-3", "1.5", "1000000000", "", "x"])
def test_a_limit_that_cannot_be_is_refused_at_its_field(world: World, amount: str) -> None:
    sent = {"key": "local.hazard", "step": "handle", "kind": "HAZARD", "amount": amount,
            "unit": "DAY", "is_active": "on"}  # fmt: skip
    page = browser(world, "district").post("/clocks/limits/new", sent)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["amount"]
    assert not Limit.objects.filter(key="local.hazard").exists()

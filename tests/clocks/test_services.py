"""Calendars and limits change by verbs, and running clocks follow."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from gridpact.audit.models import AuditRow
from gridpact.clocks.book import Subject, book
from gridpact.clocks.choices import BASE, MOST, RED, WARN, Unit
from gridpact.clocks.models import Calendar, CalendarDay, CellCalendar, Limit, Recount
from gridpact.clocks.services import (
    assign_calendar,
    load_year,
    recount_batch,
    save_calendar,
    save_limit,
    save_thresholds,
    set_days,
)
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.core.clock import LOCAL
from gridpact.grid.models import WorkDay
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World
from tests.orders.test_moves import bring

MONDAY = datetime(2026, 11, 23, 9, tzinfo=LOCAL)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def base(world: World) -> Calendar:
    return Calendar.objects.get(code=BASE)


def handled(world: World) -> Order:
    with clock.frozen(MONDAY):
        return bring(world, State.HANDLING)


def drain() -> None:
    with clock.frozen(MONDAY + timedelta(hours=1)):
        while recount_batch():
            pass


def test_a_day_off_moves_running_clocks_and_they_say_so(world: World, base: Calendar) -> None:
    order, other = handled(world), handled(world)
    due = order.due_at
    assert due is not None
    with clock.frozen(MONDAY + timedelta(hours=1)):
        assert set_days(base, {TUESDAY: False}, actor=world.actor("district"), note="临时放假") == 1
    drain()
    for each in (order, other):
        each.refresh_from_db()
        assert each.due_at == due + timedelta(days=1)
        step = each.steps.get(ended_at=None)
        assert step.due_at == each.due_at
        assert "2026-11-24" in each.log.get(verb="due_moved").text
    job = Recount.objects.latest("id")
    assert (job.checked, job.moved, job.finished_at is not None) == (2, 2, True)
    assert AuditRow.objects.filter(action="orders.due_moved").count() == 2


def test_what_does_not_change_is_not_counted_anew(world: World, base: Calendar) -> None:
    before = book().version
    assert set_days(base, {TUESDAY: True}, actor=world.actor("district")) == 0
    assert book().version == before and not Recount.objects.exists()


def test_only_keepers_change_anything(world: World, base: Calendar) -> None:
    for name in ("zhihe", "township", "worker", "secadmin", "auditor", "dept", "resident"):
        with pytest.raises(Refused) as refusal:
            set_days(base, {TUESDAY: False}, actor=world.actor(name))
        assert refusal.value.status == 403
    assert WorkDay.objects.get(pk=TUESDAY).is_working
    set_days(base, {TUESDAY: False}, actor=world.actor("sysadmin"))
    assert not WorkDay.objects.get(pk=TUESDAY).is_working


def test_another_calendar_keeps_only_what_differs(world: World) -> None:
    actor = world.actor("district")
    market = save_calendar(Calendar(code="market", name="赶圩日"), actor=actor)
    saturday = date(2026, 11, 28)
    assert set_days(market, {TUESDAY: False, saturday: True}, actor=actor) == 2
    assert set_days(market, {TUESDAY: True}, actor=actor) == 1
    assert list(CalendarDay.objects.values_list("day", "is_working")) == [(saturday, True)]
    assert WorkDay.objects.get(pk=TUESDAY).is_working


def test_the_nearest_area_with_a_calendar_wins(world: World) -> None:
    actor = world.actor("district")
    early = save_calendar(
        Calendar(code="early", name="早班", opens="07:00", noon="12:00", back="13:00", closes="16:00"),
        actor=actor,
    )  # fmt: skip
    early.refresh_from_db()
    assign_calendar(CellCalendar(cell=world.cells[ZHIHE], calendar=early), actor=actor)
    base = Calendar.objects.get(code=BASE)
    assign_calendar(CellCalendar(cell=world.cells[ZHIHE + "002"], calendar=base), actor=actor)
    with clock.frozen(MONDAY):
        early_order = world.order()
        base_order = world.order(cell=ZHIHE + "002")
        other = world.order(cell=QILIPING)
    # Two working hours from nine: the same; the whole promise of twelve days is not.
    assert early_order.due_at == base_order.due_at == other.due_at
    assert early_order.steps.get().minutes == 120
    assert book().office([world.cells[GRID].pk, world.cells[ZHIHE].pk]).day_minutes == 480
    assert base_order.promised_at == other.promised_at != early_order.promised_at


def test_calendars_are_set_down_to_the_grid(world: World, base: Calendar) -> None:
    with pytest.raises(Refused) as refusal:
        assign_calendar(
            CellCalendar(cell=world.cells[MICRO], calendar=base), actor=world.actor("district")
        )
    assert refusal.value.code == "limit_level"


def test_hours_run_forwards(world: World) -> None:
    wrong = Calendar(code="x", name="x", opens=time(9), noon=time(8))
    with pytest.raises(Refused) as refusal:
        save_calendar(wrong, actor=world.actor("district"))
    assert refusal.value.code == "hours_backwards"


def test_the_limit_that_names_most_wins(world: World) -> None:
    actor = world.actor("district")
    zhihe, grid = world.cells[ZHIHE], world.cells[GRID]
    rows: list[tuple[str, dict[str, object]]] = [
        ("a", {"kind": "HAZARD"}),
        ("b", {"cell": zhihe}),
        ("c", {"cell": grid}),
        ("d", {"cell": zhihe, "category": "A0302"}),
        ("e", {"klass": "EASY", "category": "A03"}),
    ]
    for position, (key, facts) in enumerate(rows, start=5):
        limit = Limit(key=key, step="handle", amount=position, unit=Unit.DAY, **facts)
        save_limit(limit, actor=actor)
    in_grid, in_zhihe = (grid.pk, zhihe.pk), (zhihe.pk,)

    def wins(**facts: object) -> str:
        return book().rule("handle", Subject(**facts)).key  # type: ignore[arg-type]

    assert wins(klass="EASY") == "case.handle.easy"
    assert wins(klass="EASY", kind="HAZARD") == "a"
    assert wins(klass="EASY", cells=in_zhihe) == "b"
    assert wins(klass="EASY", cells=in_grid) == "c"
    assert wins(klass="EASY", cells=in_zhihe, categories=("A0302", "A03")) == "d"
    assert wins(klass="EASY", categories=("A0305", "A03")) == "e"
    assert wins() == "case.handle"
    assert wins(klass="HARD", kind="REPORT", channel="HOTLINE") == "hotline.complaint"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount": 0}, "limit_amount"),
        ({"amount": 1001}, "limit_amount"),
        ({"amount": 8001, "unit": Unit.HOUR}, "limit_amount"),
        ({"key": "a/b"}, "limit_key"),
        ({"key": ""}, "limit_key"),
    ],
)
def test_a_limit_has_an_address_and_can_be_walked(
    world: World, facts: dict[str, Any], code: str
) -> None:
    given = {"key": "local.hazard", "step": "handle", "kind": "HAZARD", "amount": 1}
    with pytest.raises(Refused) as refusal:
        save_limit(Limit(**(given | facts)), actor=world.actor("district"))
    assert refusal.value.code == code
    assert not Limit.objects.filter(kind="HAZARD", step="handle").exists()


@pytest.mark.parametrize("unit", list(Unit))
def test_orders_are_placed_under_the_longest_limit(world: World, unit: Unit) -> None:
    limit = Limit(key="long", step="accept", kind="HAZARD", amount=MOST[unit], unit=unit)
    save_limit(limit, actor=world.actor("district"))
    due_at = world.order(kind="HAZARD").due_at
    assert due_at is not None and due_at > clock.now() + timedelta(days=900)


def test_a_changed_limit_moves_running_clocks_but_not_those_of_other_steps(world: World) -> None:
    order = handled(world)
    waiting = world.order()
    due = order.due_at
    assert due is not None
    limit = Limit.objects.get(key="case.handle.easy")
    limit.amount = 4
    with clock.frozen(MONDAY + timedelta(hours=1)):
        save_limit(limit, actor=world.actor("district"))
    drain()
    order.refresh_from_db()
    assert order.due_at == due + timedelta(days=1)
    assert order.steps.get(ended_at=None).minutes == 4 * 420
    assert not waiting.log.filter(verb="due_moved").exists()


def test_each_step_keeps_a_limit_for_every_order(world: World) -> None:
    limit = Limit.objects.get(key="case.accept")
    for change in ({"is_active": False}, {"klass": "EASY"}):
        changed = Limit.objects.get(pk=limit.pk)
        for name, value in change.items():
            setattr(changed, name, value)
        with pytest.raises(Refused) as refusal:
            save_limit(changed, actor=world.actor("district"))
        assert refusal.value.code == "limit_general"
    twin = Limit(key="twin", step="accept", amount=1)
    with pytest.raises(Refused) as refusal:
        save_limit(twin, actor=world.actor("district"))
    assert refusal.value.code == "limit_twice"
    assert Limit.objects.filter(step="accept").count() == 1


def test_thresholds_move_the_next_mark(world: World) -> None:
    with clock.frozen(MONDAY):
        order = world.order()
        assert save_thresholds({WARN: 50}, actor=world.actor("district")) == 1
    drain()
    order.refresh_from_db()
    assert order.mark_at == MONDAY + timedelta(hours=1)
    assert not order.log.filter(verb="due_moved").exists()
    with pytest.raises(Refused) as refusal:
        save_thresholds({RED: 100}, actor=world.actor("district"))
    assert refusal.value.code == "threshold_range"


def test_a_day_that_stands_twice_in_a_file_is_rejected(world: World, base: Calendar) -> None:
    rows = [(at, {"date": "2027-01-02", "is_working": word}) for at, word in ((2, "1"), (3, "0"))]
    report = load_year(base, 2027, rows, actor=world.actor("district"), dry_run=False)
    assert [row for row, _ in report.rejected] == [3]
    assert not WorkDay.objects.filter(day__year=2027).exists()


def test_a_year_is_loaded_whole_or_not_at_all(world: World, base: Calendar) -> None:
    actor = world.actor("district")
    good = [
        (2, {"date": "2027-01-01", "is_working": "0"}),
        (3, {"date": "2027-01-02", "is_working": "1"}),
    ]
    bad = [
        *good,
        (4, {"date": "2026-05-01", "is_working": "1"}),
        (5, {"date": "x", "is_working": "1"}),
    ]
    report = load_year(base, 2027, bad, actor=actor, dry_run=False)
    assert [row for row, _ in report.rejected] == [4, 5] and not report.saved
    assert not load_year(base, 2027, good, actor=actor, dry_run=True).saved
    assert not WorkDay.objects.filter(day__year=2027).exists()
    assert load_year(base, 2027, good, actor=actor, dry_run=False).saved
    assert WorkDay.objects.filter(day__year=2027).count() == 365
    assert not WorkDay.objects.get(pk=date(2027, 1, 1)).is_working
    assert WorkDay.objects.get(pk=date(2027, 1, 2)).is_working  # a swapped Saturday


def test_what_a_file_notes_of_a_day_is_kept_with_it(world: World, base: Calendar) -> None:
    rows = [(2, {"date": "2027-01-01", "is_working": "0", "note": "元旦"}),
            (3, {"date": "2027-02-20", "is_working": "1", "note": "春节调休"})]  # fmt: skip
    assert load_year(base, 2027, rows, actor=world.actor("district"), dry_run=False).saved
    notes = WorkDay.objects.filter(day__year=2027).exclude(note="").values_list("day", "note")
    assert dict(notes) == {date(2027, 1, 1): "元旦", date(2027, 2, 20): "春节调休"}


def test_a_file_longer_than_a_year_is_refused_before_it_is_read(
    world: World, base: Calendar
) -> None:
    rows = [(number, {"date": "no day"}) for number in range(2, 369)]
    with pytest.raises(Refused) as refusal:
        load_year(base, 2027, rows, actor=world.actor("district"), dry_run=True)
    assert (refusal.value.code, refusal.value.status) == ("year_long", 422)

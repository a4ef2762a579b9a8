"""Figures are counted from records, by definition, period, day and area."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.models import Appointment
from gridpact.orders import services
from gridpact.orders.services.desk.triage import Target
from gridpact.reports.columns import SHAPES
from gridpact.reports.indicators import INDICATORS, TABLES
from gridpact.reports.selectors import figures, records
from tests.factories.world import GRID, OPENED, QILIPING, ZHIHE, World
from tests.reports.lives import finish, solved, triaged

CLI = system("cli")


def value(key: str, **question: Any) -> float | int | None:
    answer: float | int | None = figures(CLI, **question)[key]["value"]
    return answer


def test_registers_are_counted_as_they_stood_on_the_day(world: World) -> None:
    today = clock.today()
    assert [value(key) for key in ("grids", "building_leaders", "unit_leaders")] == [3, 1, 1]
    building = world.post("building")
    building.ends = today - timedelta(days=5)
    building.save()
    assert value("building_leaders") == 0
    assert value("building_leaders", as_of=today - timedelta(days=5)) == 1
    grid = world.cells[GRID]
    grid.closed_on = today
    grid.save()
    assert value("grids") == 2
    assert value("grids", as_of=today - timedelta(days=1)) == 3
    assert value("grids", as_of=OPENED - timedelta(days=1)) == 0


def test_a_deputy_is_no_second_leader(world: World) -> None:
    leader = world.post("building")
    Appointment.objects.create(
        user=world.users["unit"], kind=leader.kind, cell=leader.cell, starts=leader.starts,
        acting_for=leader,
    )  # fmt: skip
    assert value("building_leaders") == 1


def test_buildings_and_units_without_a_leader_lower_the_fill_rate(world: World) -> None:
    assert figures(CLI)["leader_fill_rate"] == {"value": 1.0, "numerator": 2, "denominator": 2}
    world.post("unit").delete()
    assert figures(CLI)["leader_fill_rate"] == {"value": 0.5, "numerator": 1, "denominator": 2}


def test_solved_orders_are_counted_by_class_without_wishes_and_suggestions(world: World) -> None:
    solved(world, "PUBLIC")
    solved(world, "EASY")
    solved(world, "PRIVATE", "DISPUTE")
    solved(world, "HARD")
    solved(world, "EASY", "WISH", claimer="unit_liaison")
    solved(world, "PUBLIC", "SUGGESTION")
    keys = ("public_solved", "easy_private_solved", "hard_solved", "disputes_resolved")
    assert [value(key) for key in keys] == [1, 2, 1, 1]


def test_an_order_that_is_done_but_not_verified_is_not_solved(world: World) -> None:
    order = triaged(world, "PUBLIC")
    services.dispatch_order(
        order, actor=world.actor("zhihe"), to=Target(post=world.post("worker").pk)
    )
    services.sign_order(order, actor=world.actor("worker"))
    finish(world, order, "worker")
    assert value("public_solved") == 0
    services.verify_pass_order(order, actor=world.actor("zhihe"))
    assert value("public_solved") == 1


def test_an_unhappy_answer_takes_the_order_out_of_the_solved_ones(world: World) -> None:
    solved(world, "PUBLIC", word="unsatisfied")
    assert value("public_solved") == 0
    assert figures(CLI)["resolve_rate"] == {"value": 0.0, "numerator": 0, "denominator": 1}


def test_deeds_count_claims_and_members_only_claims_in_person(world: World) -> None:
    solved(world, "EASY", claimer="unit_liaison")
    solved(world, "EASY", "WISH", claimer="volunteer")
    solved(world, "EASY")
    assert (value("deeds_done"), value("member_claims_solved")) == (2, 1)


def test_collected_wishes_leave_out_what_was_refused_or_withdrawn(world: World) -> None:
    kept = world.order("想要一盏灯", kind="WISH")
    refused = world.order("想要一艘船", kind="WISH")
    withdrawn = world.order("想要一本书", kind="WISH")
    world.order("建议加装电梯", kind="SUGGESTION")
    services.reject_order(refused, actor=world.actor("zhihe"), reason="办不到")
    services.withdraw_order(withdrawn, actor=world.reporter(withdrawn))
    assert (value("wishes"), value("suggestions")) == (1, 1)
    _, rows = records("wishes", CLI)
    assert list(rows) == [kept]


def test_a_service_area_counts_once_however_many_matters_fall_under_it(world: World) -> None:
    for category in ("A01", "A0101", "A0102", "A0201"):
        triaged(world, "EASY", category=category)
    assert value("service_areas") == 2
    _, rows = records("service_areas", CLI)
    assert [row.code for row in rows] == ["A01", "A02"]


def test_satisfaction_weighs_the_middle_answer_and_shows_its_parts(world: World) -> None:
    for word in ("satisfied", "basically", "basically", "unsatisfied"):
        solved(world, "EASY", word=word)
    answer = figures(CLI)
    assert answer["satisfaction_rate"] == {"value": 0.65, "numerator": 2.6, "denominator": 4}
    assert answer["resolve_rate"] == {"value": 0.75, "numerator": 3, "denominator": 4}


def test_a_rate_of_nothing_has_no_value(world: World) -> None:
    answer = figures(CLI)
    for key in (
        "resolve_rate",
        "satisfaction_rate",
        "handle_on_time",
        "rework_rate",
        "return_rate",
    ):
        assert answer[key] == {"value": None, "numerator": 0, "denominator": 0}


def test_steps_count_when_they_fall_due_and_are_late_when_they_ended_after(world: World) -> None:
    now, desk = clock.now(), world.actor("district")
    with clock.frozen(now - timedelta(days=60)):
        in_time = world.order("a")
        late = world.order("b")
        world.order("c")
        services.accept_order(in_time, actor=desk)
    with clock.frozen(now - timedelta(days=40)):
        services.accept_order(late, actor=desk)
    world.order("d")  # not yet due
    start = (now - timedelta(days=90)).date()
    assert figures(CLI, start=start)["accept_on_time"] == {
        "value": 0.3333, "numerator": 1, "denominator": 3,
    }  # fmt: skip


def test_rework_and_returns_are_measured_on_finishes_and_dispatches(world: World) -> None:
    head, worker = world.actor("zhihe"), world.actor("worker")
    first, second = triaged(world, "EASY"), triaged(world, "EASY")
    for order in (first, second):
        services.dispatch_order(order, actor=head, to=Target(post=world.post("worker").pk))
    services.return_order(second, actor=worker, reason="不归我管")
    services.sign_order(first, actor=worker)
    finish(world, first, "worker")
    services.verify_fail_order(first, actor=head, reason="没修好")
    answer = figures(CLI)
    assert answer["rework_rate"] == {"value": 1.0, "numerator": 1, "denominator": 1}
    assert answer["return_rate"] == {"value": 0.5, "numerator": 1, "denominator": 2}


def test_the_period_counts_its_first_and_last_local_day_whole(world: World) -> None:
    for at in ("2026-03-01T00:00", "2026-03-02T23:59:59", "2026-03-03T00:00", "2026-02-28T23:59"):
        with clock.frozen(datetime.fromisoformat(at).replace(tzinfo=clock.LOCAL)):
            world.order(at)
    days = {"start": date(2026, 3, 1), "end": date(2026, 3, 2)}
    assert value("orders_placed", **days) == 2
    assert value("orders_open", **days) == 2
    assert value("orders_placed", start=date(2026, 1, 1), end=date(2026, 12, 31)) == 4


def test_the_default_period_is_this_year_to_date(world: World) -> None:
    last_year = datetime(clock.today().year - 1, 12, 31, 12, tzinfo=clock.LOCAL)
    with clock.frozen(last_year):
        world.order("old")
    world.order("new")
    assert value("orders_placed") == 1


def test_a_head_sees_the_own_area_only_and_may_ask_for_a_part_of_it(world: World) -> None:
    world.order("here")
    world.order("there", cell=QILIPING)
    counts = {
        name: figures(world.actor(name))["orders_placed"]["value"]
        for name in ("zhihe", "neighbour", "township", "district", "orgdept")
    }
    assert counts == {"zhihe": 1, "neighbour": 1, "township": 2, "district": 2, "orgdept": 2}
    assert figures(world.actor("zhihe"))["grids"]["value"] == 2
    assert figures(world.actor("district"), cell=QILIPING)["grids"]["value"] == 1
    assert figures(world.actor("zhihe"), cell=GRID)["orders_placed"]["value"] == 1
    assert figures(world.actor("zhihe"), cell=ZHIHE + "002")["orders_placed"]["value"] == 0


@pytest.mark.parametrize("cell", [QILIPING, "nowhere", "\x00"])
def test_a_cell_outside_the_area_looks_like_a_missing_one(world: World, cell: str) -> None:
    for question in (
        lambda: figures(world.actor("zhihe"), cell=cell),
        lambda: records("grids", world.actor("zhihe"), cell=cell),
    ):
        with pytest.raises(Refused) as refusal:
            question()
        assert (refusal.value.code, refusal.value.status) == ("not_found", 404)


@pytest.mark.parametrize("name", ["worker", "unit_liaison", "sysadmin", "resident"])
def test_without_the_right_no_figure_is_told(world: World, name: str) -> None:
    for question in (
        lambda: figures(world.actor(name)),
        lambda: records("grids", world.actor(name)),
    ):
        with pytest.raises(Refused) as refusal:
            question()
        assert refusal.value.status == 403


def test_a_period_that_ends_before_it_starts_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        figures(CLI, start=date(2026, 3, 2), end=date(2026, 3, 1))
    assert refusal.value.code == "period_backwards"
    with pytest.raises(Refused) as refusal:
        figures(CLI, start=date(1, 1, 1))
    assert refusal.value.code == "date_far"


def test_every_number_is_the_length_of_its_list(world: World) -> None:
    solved(world, "EASY", claimer="volunteer", category="A0101", word="satisfied")
    solved(world, "PRIVATE", "DISPUTE", word="basically")
    solved(world, "PUBLIC", "SUGGESTION", category="A02")
    world.order("新心愿", kind="WISH")
    answer = figures(CLI)
    for one in INDICATORS:
        _, counted = records(one.key, CLI)
        _, whole = records(one.key, CLI, whole=True)
        if all(measure.weight == 1 for measure in one.counts):
            assert counted.count() == answer[one.key]["numerator"], one.key
        if one.is_rate:
            assert whole.count() == answer[one.key]["denominator"], one.key
    assert answer["satisfaction_rate"]["numerator"] == 1.8


def test_an_unknown_figure_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        records("nothing", CLI)
    assert (refusal.value.code, refusal.value.status) == ("figure_unknown", 404)


def test_every_table_of_a_figure_has_a_list() -> None:
    assert SHAPES.keys() == TABLES.keys()
    assert len({one.key for one in INDICATORS}) == len(INDICATORS)


def test_the_number_of_queries_does_not_grow_with_the_records(
    world: World, django_assert_num_queries: Any
) -> None:
    for count in (0, 3):
        for _ in range(count):
            solved(world, "EASY", word="satisfied")
        with django_assert_num_queries(len(TABLES)):
            figures(CLI)

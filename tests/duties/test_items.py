"""Keeping work items and duties: by hand, on the register's pages, from a file; periods."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from gridpact.cli.kinds import TABLES, Scope
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.duties.choices import Cadence, Role, period_of
from gridpact.duties.models import Duty, WorkItem
from gridpact.duties.services import assign, load_work_items, save_duty, save_work_item
from gridpact.ui.sheets import SheetColumn, write_xlsx
from tests.factories.world import GRID, World
from tests.pages import browser

ROW = {
    "code": "flood", "name": "防汛沙袋储备", "category": "EMERGENCY", "levels": "GRID,COMMUNITY",
    "cadence": "QUARTERLY", "guidance": "核对数量", "required": "no", "lead": "area_head",
    "assist": "", "supervise": "general_head", "active": "yes", "sort": "300",
}  # fmt: skip


def test_every_installation_starts_with_twenty_items_of_the_grid_and_nine_duties(
    db: None,
) -> None:
    grid = WorkItem.objects.filter(levels__contains=["GRID"], is_active=True, required=True)
    assert grid.count() == 20
    assert all(item.guidance and item.lead_kinds for item in WorkItem.objects.all())
    assert Duty.objects.filter(is_active=True).count() == 9


@pytest.mark.parametrize(
    ("cadence", "key", "first", "last"),
    [
        (Cadence.DAILY, "2026-11-24", date(2026, 11, 24), date(2026, 11, 24)),
        (Cadence.WEEKLY, "2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        (Cadence.MONTHLY, "2026-M11", date(2026, 11, 1), date(2026, 11, 30)),
        (Cadence.QUARTERLY, "2026-Q04", date(2026, 10, 1), date(2026, 12, 31)),
        (Cadence.HALF_YEARLY, "2026-H02", date(2026, 7, 1), date(2026, 12, 31)),
        (Cadence.YEARLY, "2026-Y01", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_holds_its_day(cadence: Cadence, key: str, first: date, last: date) -> None:
    assert period_of(cadence, date(2026, 11, 24)) == (key, first, last)


def test_no_cadence_has_no_period_and_a_week_may_belong_to_the_next_year() -> None:
    assert period_of(Cadence.NONE, date(2026, 11, 24)) is None
    week = period_of(Cadence.WEEKLY, date(2024, 12, 31))
    assert week == ("2025-W01", date(2024, 12, 30), date(2025, 1, 5))


def test_a_file_brings_items_once_and_changes_them_after(world: World) -> None:
    actor = world.actor("district")
    assert load_work_items([(2, ROW)], actor=actor).accepted == 1
    item = WorkItem.objects.get(code="flood")
    assert (item.levels, item.required, item.lead_kinds) == (
        ["GRID", "COMMUNITY"], False, ["area_head"],
    )  # fmt: skip
    assert load_work_items([(2, ROW)], actor=actor).unchanged == 1
    load_work_items([(2, {**ROW, "name": "防汛物资"})], actor=actor)
    item.refresh_from_db()
    assert item.name == "防汛物资"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "a b"}, {"name": ""}, {"category": "OTHER"}, {"levels": ""}, {"levels": "GRID,X"},
        {"cadence": "SOMETIMES"}, {"lead": "king"}, {"required": "maybe"}, {"sort": "first"},
    ],
)  # fmt: skip
def test_one_wrong_row_and_nothing_is_saved(world: World, wrong: dict[str, str]) -> None:
    rows = [(2, ROW), (3, {**ROW, "code": "flood2", **wrong})]
    report = load_work_items(rows, actor=world.actor("district"))
    assert [number for number, _why in report.rejected] == [3]
    assert not WorkItem.objects.filter(code__startswith="flood").exists()


def test_keeping_items_is_for_the_district_desk(world: World) -> None:
    for who in ("zhihe", "worker", "neighbour", "volunteer"):
        with pytest.raises(Refused):
            load_work_items([(2, ROW)], actor=world.actor(who))
        with pytest.raises(Refused):
            save_duty(Duty(code="x", name="x"), actor=world.actor(who))
    assert WorkItem.objects.count() == 22
    assert Duty.objects.count() == 9


def test_a_taken_code_and_a_level_in_use_are_refused(world: World) -> None:
    actor = world.actor("district")
    item = WorkItem.objects.get(code="patrol")
    assign(item, world.cells[GRID], Role.LEAD, world.post("worker"), actor=system("tests"))
    with pytest.raises(Refused) as taken:
        save_work_item(WorkItem(code="patrol", name="x", levels=["GRID"]), actor=actor)
    assert taken.value.code == "item_code_taken"
    item.levels = ["COMMUNITY"]
    with pytest.raises(Refused) as used:
        save_work_item(item, actor=actor)
    assert used.value.code == "item_level_used"
    item.refresh_from_db()
    assert item.levels == ["GRID"]
    with pytest.raises(Refused) as duty:
        save_duty(Duty(code="care", name="x"), actor=actor)
    assert duty.value.code == "duty_code_taken"


def test_the_register_edits_an_item_and_takes_its_own_file_back(world: World) -> None:
    client = browser(world, "district")
    page = client.get("/duties/items/patrol/edit")
    data = {**page.context["form"].initial, "name": "每日巡查", "levels": ["GRID", "MICRO_GRID"]}
    assert client.post("/duties/items/patrol/edit", data).status_code == 302
    item = WorkItem.objects.get(code="patrol")
    assert (item.name, item.levels) == ("每日巡查", ["GRID", "MICRO_GRID"])
    heads = ("code", "name", "category", "levels", "cadence", "sort")
    cells = ("patrol", "每日巡查", "PATROL", "GRID、MICRO_GRID", "DAILY", "100")
    book = BytesIO(write_xlsx([SheetColumn(head) for head in heads], [cells]).read())
    book.name = "items.xlsx"
    result = client.post("/duties/items/import", {"file": book}).context["result"]
    assert (result.unchanged, result.rejected) == (1, [])
    assert browser(world, "zhihe").get("/duties/items/patrol/edit").status_code == 403


def test_the_nine_duties_are_read_by_all_and_kept_by_the_district(world: World) -> None:
    assert len(browser(world, "worker").get("/duties/nine/").context["table"].rows) == 9
    client = browser(world, "district")
    data = {"name": "信息员", "text": "走遍每户", "sort": 10, "is_active": "on"}
    assert client.post("/duties/nine/collect/edit", data).status_code == 302
    assert Duty.objects.get(code="collect").name == "信息员"


def test_what_the_command_line_exports_loads_again_without_change(world: World) -> None:
    rows = list(TABLES["work-items"].rows(Scope(None, clock.today())))
    names = [name for name, _must, _note in TABLES["work-items"].columns]
    table = [
        (number, dict(zip(names, map(str, row), strict=True))) for number, row in enumerate(rows, 2)
    ]
    report = load_work_items(table, actor=system("operator"))
    assert (report.accepted, report.unchanged, report.rejected) == (0, 22, [])

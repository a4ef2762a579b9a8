"""Loading files of orders: what is accepted, what is refused and why, and that it happens once."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from gridpact.audit.models import AuditRow
from gridpact.audit.services import seal_batch, verify_chain
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.orders.choices import Kind, State
from gridpact.orders.models import Category, Order, OrderLog, OrderStep
from gridpact.orders.services.loading.bulk import load_orders
from tests.factories.world import MICRO, QILIPING, UNIT, ZHIHE, World

IMPORT = system("import")
DATA = Path(os.environ.get("GRIDPACT_EVALUATION_DATA", "../shared/data"))


def _csv(tmp_path: Path, text: str, name: str = "orders.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_an_order_with_timeline_clock_and_audit(world: World, tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "id,user,title,time,text,lon,lat\n"
        "7,陈某,路灯,2026/2/3 9:05:00,三号楼前的路灯不亮,110.105,25.105\n",
    )
    report = load_orders(path, actor=world.actor("zhihe"))
    assert (report.accepted, report.unchanged, report.rejected, report.saved) == (1, 0, [], True)
    order = Order.objects.get()
    assert order.number == "LG20260203000001"
    assert (order.title, order.text) == ("路灯", "三号楼前的路灯不亮")
    assert (order.state, order.channel, order.source_number) == ("SUBMITTED", "IMPORT", "7")
    assert order.created_at == datetime(2026, 2, 3, 1, 5, tzinfo=UTC)
    assert (order.cell, order.desk, order.placed_by) == (
        world.cells[UNIT], world.cells[ZHIHE], "polygon",
    )  # fmt: skip
    assert order.community_id == world.cells[ZHIHE].pk
    assert order.taken_by == world.users["zhihe"]
    assert order.reporter_name == "陈某"
    line = OrderLog.objects.get()
    assert (line.order, line.verb, line.after, line.at) == (
        order, "submit", "SUBMITTED", order.created_at,
    )  # fmt: skip
    step = OrderStep.objects.get()
    assert (step.order, step.step, step.owner) == (order, "accept", "临桂镇 / 致和社区")
    # The desk's clock starts when the order reaches it, not when it was written elsewhere.
    assert step.due_at == order.due_at > clock.now()
    actions = list(AuditRow.objects.order_by("id").values_list("action", "subject_label"))
    assert actions == [("orders.submit", order.number), ("orders.load", "orders.csv")]


def test_the_same_file_twice_adds_nothing(world: World, tmp_path: Path) -> None:
    text = f"text,cell\n下水堵塞,{ZHIHE}\n楼道堆物,{ZHIHE}\n下水堵塞,{ZHIHE}\n"
    first = load_orders(_csv(tmp_path, text), actor=IMPORT)
    again = load_orders(_csv(tmp_path, text, "copy.csv"), actor=IMPORT)
    assert (first.accepted, first.unchanged) == (2, 1)
    assert (again.accepted, again.unchanged, again.rejected) == (0, 3, [])
    assert Order.objects.count() == 2


def test_a_number_with_another_text_is_refused(world: World, tmp_path: Path) -> None:
    load_orders(_csv(tmp_path, "id,text\n1,first\n"), actor=IMPORT, cell=ZHIHE)
    report = load_orders(_csv(tmp_path, "id,text\n1,second\n2,third\n"), actor=IMPORT, cell=ZHIHE)
    assert (report.accepted, [row for row, _ in report.rejected]) == (1, [2])
    assert sorted(Order.objects.values_list("text", flat=True)) == ["first", "third"]


def test_a_dry_run_reports_the_same_and_writes_nothing(world: World, tmp_path: Path) -> None:
    path = _csv(tmp_path, "id,text\n1,a\n1,a\n2,\n1,b\n3,c\n")
    dry = load_orders(path, actor=IMPORT, cell=ZHIHE, dry_run=True)
    assert (Order.objects.count(), AuditRow.objects.count(), dry.saved) == (0, 0, False)
    wet = load_orders(path, actor=IMPORT, cell=ZHIHE)
    assert (dry.accepted, dry.unchanged, dry.rejected) == (
        wet.accepted,
        wet.unchanged,
        wet.rejected,
    )
    assert (wet.accepted, wet.unchanged, [row for row, _ in wet.rejected]) == (2, 1, [4, 5])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", "2026-01-01,110.1,25.1"),
        ("a\x00b", "2026-01-01,110.15,25.15"),
        ("字" * 5001, "2026-01-01,110.15,25.15"),
        ("a", "2030-01-01,110.15,25.15"),
        ("a", "2026-01-01,113.5,22.5"),
        ("a", "2026-01-01,999,25"),
        ("a", "2026-01-01,nan,25"),
    ],
    ids=["no text", "NUL", "too long", "future", "outside", "no longitude", "not a number"],
)
def test_a_bad_row_is_refused_and_the_good_one_next_to_it_is_kept(
    world: World, tmp_path: Path, text: str, rest: str
) -> None:
    good = "好,2026-01-01,110.15,25.15"
    path = _csv(tmp_path, f"text,time,lon,lat\n{text},{rest}\n{good}\n")
    report = load_orders(path, actor=IMPORT, cell=ZHIHE)
    assert [number for number, _ in report.rejected] == [2]
    assert all(reason for _, reason in report.rejected)
    assert list(Order.objects.values_list("text", flat=True)) == ["好"]


def test_a_row_finds_its_cell_by_code_name_or_address_and_else_goes_to_the_given_cell(
    world: World, tmp_path: Path
) -> None:
    path = _csv(
        tmp_path,
        "text,cell,community,street,address\n"
        f"code,{MICRO},,,\n"
        "name,,致和社区居委会,临桂镇,\n"
        "core,,七里坪,,\n"
        "street,,无名社区,临桂镇,\n"
        "address,,,,致和社区3栋2单元\n"
        "none,,,,\n"
        "elsewhere,,老坑社区,龙田街道,\n",
    )
    load_orders(path, actor=IMPORT, cell=QILIPING)
    found = dict(Order.objects.values_list("text", "cell__code"))
    assert found == {
        "code": MICRO, "name": ZHIHE, "core": QILIPING, "street": "450312100", "address": ZHIHE,
        "none": QILIPING, "elsewhere": QILIPING,
    }  # fmt: skip


def test_without_a_given_cell_rows_without_a_place_are_refused(
    world: World, tmp_path: Path
) -> None:
    path = _csv(tmp_path, "text,community\na,\nb,老坑社区\n")
    report = load_orders(path, actor=IMPORT)
    assert [row for row, _ in report.rejected] == [2, 3]
    assert "老坑社区" in report.rejected[1][1]
    assert not Order.objects.exists()


def test_rows_another_system_finished_are_closed_with_their_facts(
    world: World, tmp_path: Path
) -> None:
    path = _csv(
        tmp_path,
        "rec_id,create_date,type,sub_type,property,dispose_unit,outcome,reply,reply_time\n"
        "1,2026-02-03,市政设施,道路破损,投诉,交通局,逾期办结,,\n"
        "2,2026-02-03,市政设施,无名,咨询,,,已修好,2026-02-05\n"
        "3,2026-02-03,市政设施,无名,建议,住建局,处理中,,\n",
    )
    load_orders(path, actor=IMPORT, cell=ZHIHE)
    late, answered, running = Order.objects.order_by("source_number")
    assert (late.state, late.kind, late.step, late.due_at) == (State.CLOSED, Kind.REPORT, "", None)
    assert late.category == Category.objects.get(name="道路破损")
    assert [line.text for line in late.log.all()] == ["市政设施 / 道路破损", "交通局 · 逾期办结"]
    # Nobody here verified it, so it never counts as solved.
    assert (late.verified_at, late.closed_at) == (None, None)
    assert (answered.state, answered.answer) == (State.CLOSED, "已修好")
    assert answered.closed_at == datetime(2026, 2, 4, 16, tzinfo=UTC)
    assert (running.state, running.kind) == (State.SUBMITTED, Kind.SUGGESTION)
    assert running.log.get().text == "市政设施 / 无名 · 住建局 · 处理中"
    assert list(OrderStep.objects.values_list("order", flat=True)) == [running.pk]


def test_numbers_continue_after_those_of_the_day(world: World, tmp_path: Path) -> None:
    now = world.order()
    path = _csv(tmp_path, "text,time\na,2026-01-05\nb,2026-01-05\n")
    load_orders(path, actor=IMPORT, cell=ZHIHE)
    more = _csv(tmp_path, "text,time,id\nc,2026-01-05,1\n", "more.csv")
    load_orders(more, actor=IMPORT, cell=ZHIHE)
    today = _csv(tmp_path, "text\nd\ne\n", "today.csv")
    load_orders(today, actor=IMPORT, cell=ZHIHE)
    later = world.order()
    numbers = dict(Order.objects.values_list("text", "number"))
    assert [numbers[text][-14:] for text in "abc"] == [
        "20260105000001", "20260105000002", "20260105000003",
    ]  # fmt: skip
    serials = [int(each[-6:]) for each in (now.number, numbers["d"], numbers["e"], later.number)]
    assert serials == list(range(serials[0], serials[0] + 4))


def test_a_day_that_used_six_digits_goes_on_with_seven(world: World, tmp_path: Path) -> None:
    for serial in (999_998, 999_999, 1_000_003):
        Order.objects.create(**_plain(world, number=f"LG20260105{serial}"))
    load_orders(_csv(tmp_path, "text,time\na,2026-01-05\n"), actor=IMPORT, cell=ZHIHE)
    assert Order.objects.get(text="a").number == "LG202601051000004"


def test_loading_needs_the_right_and_stays_inside_the_area(world: World, tmp_path: Path) -> None:
    path = _csv(tmp_path, f"text,cell\na,{QILIPING}\nb,{ZHIHE}\n")
    with pytest.raises(Refused) as refusal:
        load_orders(path, actor=world.actor("worker"))
    assert refusal.value.status == 403
    with pytest.raises(Refused) as refusal:
        load_orders(path, actor=world.actor("zhihe"), cell=QILIPING)
    assert refusal.value.code == "cell_elsewhere"
    with pytest.raises(Refused) as refusal:
        load_orders(path, actor=IMPORT, cell="nowhere")
    assert refusal.value.code == "cell_unknown"
    report = load_orders(path, actor=world.actor("zhihe"))
    assert [row for row, _ in report.rejected] == [2]
    assert Order.objects.get().text == "b"


def test_an_error_on_the_way_leaves_nothing_half_saved(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridpact.orders.services.loading.bulk.BATCH", 2)
    foreign = Order.objects.create(**_plain(world, number="LG202601060-1"))
    path = _csv(tmp_path, "text,time\na,2026-01-05\nb,2026-01-05\nc,2026-01-06\n")
    with pytest.raises(ValueError, match="0-1"), transaction.atomic():
        load_orders(path, actor=IMPORT, cell=ZHIHE)
    assert list(Order.objects.all()) == [foreign]
    assert not AuditRow.objects.exists()


def _plain(world: World, **given: object) -> dict[str, object]:
    at = datetime(2026, 1, 5, 4, tzinfo=UTC)
    cell = world.cells[ZHIHE]
    return {"cell": cell, "desk": cell, "text": "x", "created_at": at, "promised_at": at, **given}


def test_several_batches_are_one_load(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridpact.orders.services.loading.bulk.BATCH", 3)
    rows = "".join(f"{n % 8},{n % 8} 号\n" for n in range(10))
    report = load_orders(_csv(tmp_path, f"id,text\n{rows}"), actor=IMPORT, cell=ZHIHE)
    assert (report.accepted, report.unchanged) == (8, 2)
    assert seal_batch() == 9
    assert verify_chain().reason == ""


@pytest.mark.parametrize(
    ("name", "most_rejected"),
    [
        ("tipdm2020c/dev/labelled_raw.csv", 0),
        ("tipdm2020c/dev/replies.csv", 0),
        ("pingshan2018/dev/orders.csv", 0),
    ],
)
@pytest.mark.skipif(not DATA.is_dir(), reason=f"evaluation data is not at {DATA}")
def test_real_files_load_and_load_again_without_change(
    world: World, name: str, most_rejected: int
) -> None:
    first = load_orders(DATA / name, actor=IMPORT, cell=ZHIHE)
    again = load_orders(DATA / name, actor=IMPORT, cell=ZHIHE)
    assert first.accepted == Order.objects.count() > 700
    assert len(first.rejected) <= most_rejected
    assert (again.accepted, again.unchanged) == (0, first.accepted + first.unchanged)

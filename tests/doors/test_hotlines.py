"""Files of a hotline, and what it is told back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.doors.models import Hotline
from gridpact.doors.services import HotlineFile, export_status, load_hotline, told
from gridpact.orders.models import Order
from gridpact.orders.services import accept_order
from gridpact.orders.services.loading.bulk import OrderLoad
from tests.factories.world import ZHIHE, World

HEAD = "诉求编号,受理时间,来电人,联系电话,诉求内容,诉求地址,诉求类别,热线备注\n"
ROWS = (
    "RX001,2026-03-01 09:30,陈小明,13800001234,楼道灯坏了三天,致和社区3栋,市政设施,\n"
    "RX002,2026-03-02 10:00,,,广场舞太吵,七里坪社区广场,噪声,急\n"
)


def load(
    world: World, text: str = HEAD + ROWS, who: str = "township", **given: object
) -> OrderLoad:
    dry_run = bool(given.pop("dry_run", False))
    file = HotlineFile(io.BytesIO(text.encode()), "rx.csv", "12345", **given)  # type: ignore[arg-type]
    return load_hotline(file, actor=world.actor(who), dry_run=dry_run)[1]


def test_a_file_becomes_orders_with_the_hotlines_numbers(world: World) -> None:
    report = load(world, hotline="政务热线")
    assert (report.accepted, report.rejected, report.saved) == (2, [], True)
    assert report.columns_ignored == ["热线备注"]
    first = Order.objects.get(source_system="12345", source_number="RX001")
    assert (first.channel, first.state, first.text) == ("HOTLINE", "SUBMITTED", "楼道灯坏了三天")
    assert first.cell.code == ZHIHE and first.reporter_phone_digest
    assert first.created_at.astimezone(clock.LOCAL).hour == 9
    hotline = Hotline.objects.get()
    assert hotline.name == "政务热线" and hotline.columns["phone"] == "联系电话"


def test_the_same_file_again_changes_nothing(world: World) -> None:
    load(world)
    again = load(world)
    assert (again.accepted, again.unchanged) == (0, 2)
    assert Order.objects.count() == 2


def test_a_dry_run_writes_nothing(world: World) -> None:
    report = load(world, dry_run=True)
    assert (report.accepted, report.saved) == (2, False)
    assert not Order.objects.exists() and not Hotline.objects.exists()


@pytest.mark.parametrize(
    "row, at",
    [
        ("RX003,2026-03-02,,,,致和社区,,\n", 4), (",2026-03-02,,,灯坏了,致和社区,,\n", 4),
        ("RX003,昨天,,,灯坏了,致和社区,,\n", 4), ("RX003,2099-01-01,,,灯坏了,致和社区,,\n", 4),
        ("RX003,2026-03-02,,12,灯坏了,致和社区,,\n", 4), ("RX003,2026-03-02,,,灯坏了,,,\n", 4),
        (f"{'9' * 61},2026-03-02,,,灯坏了,致和社区,,\n", 4),
        ("RX003,1999-03-02,,,灯坏了,致和社区,,\n", 4),
        ("RX003,2026-03-02,,,灯坏了,月球,,\n", 4), ("RX001,2026-03-02,,,别的事,致和社区,,\n", 4),
    ],
)  # fmt: skip
def test_one_bad_row_and_nothing_is_saved(world: World, row: str, at: int) -> None:
    report = load(world, HEAD + ROWS + row)
    assert [number for number, _why in report.rejected] == [at]
    assert not report.saved
    assert not Order.objects.exists() and not Hotline.objects.exists()


def test_columns_of_strange_names_are_assigned_once_and_kept(world: World) -> None:
    text = "单据,说了啥,在哪\nA1,路灯不亮,致和社区\n"
    with pytest.raises(Refused) as refused:
        load(world, text)
    assert refused.value.code == "hotline_columns"
    columns = {"number": "单据", "text": "说了啥", "address": "在哪"}
    assert load(world, text, columns=columns).accepted == 1
    assert load(world, text.replace("A1", "A2").replace("不亮", "歪了")).accepted == 1


def test_rows_without_a_place_go_to_the_named_cell(world: World) -> None:
    text = HEAD + "RX009,2026-03-02,,,灯坏了,,,\n"
    assert load(world, text, cell=ZHIHE).accepted == 1
    assert Order.objects.get().cell.code == ZHIHE


@pytest.mark.parametrize("who, status", [("worker", 403), ("sysadmin", 403), ("resident", 403)])
def test_only_desks_load(world: World, who: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        load(world, who=who)
    assert refused.value.status == status and not Order.objects.exists()


def test_rows_outside_the_own_area_are_rejected(world: World) -> None:
    report = load(world, who="zhihe")
    assert [number for number, _why in report.rejected] == [3]
    assert not Order.objects.exists()


@pytest.mark.parametrize("code", ["", "box", "form", "热线", "a b", "x" * 21])
def test_a_code_that_means_something_else_is_refused(world: World, code: str) -> None:
    file = HotlineFile(io.BytesIO((HEAD + ROWS).encode()), "rx.csv", code)
    with pytest.raises(Refused) as refused:
        load_hotline(file, actor=world.actor("township"))
    assert refused.value.code == "hotline_code"


def test_the_hotline_is_told_what_changed_since_last_time(world: World) -> None:
    load(world)
    desk = world.actor("township")
    hotline = Hotline.objects.get()
    first = [order.source_number for order in export_status(hotline, actor=desk, since=None)]
    assert first == ["RX001", "RX002"]
    mark = hotline.told_until
    assert mark is not None
    with clock.frozen(clock.now() + timedelta(hours=1)):
        order = Order.objects.get(source_number="RX002")
        accept_order(order, actor=world.actor("neighbour"))
    with clock.frozen(clock.now() + timedelta(hours=2)):
        changed = list(export_status(hotline, actor=desk, since=mark))
    assert [(each.source_number, each.state) for each in changed] == [("RX002", "ACCEPTED")]
    with clock.frozen(clock.now() + timedelta(hours=3)):
        again = list(export_status(hotline, actor=desk, since=mark))
    assert [each.source_number for each in again] == ["RX002"]


def test_only_orders_in_sight_are_told(world: World) -> None:
    load(world)
    seen = told("12345", actor=world.actor("neighbour")).values_list("source_number", flat=True)
    assert list(seen) == ["RX002"]
    with pytest.raises(Refused):
        told("12345", actor=world.actor("worker"))

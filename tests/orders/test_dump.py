"""Orders written to a file and loaded again: nothing changes where they are, all is new elsewhere."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.orders.choices import State
from gridpact.orders.files.dump import COLUMNS, dump_rows
from gridpact.orders.models import Order
from gridpact.orders.services.loading.bulk import load_orders
from gridpact.ui.sheets import write_csv
from tests.factories.world import QILIPING, World
from tests.orders.test_moves import bring


def write(path: Path) -> list[dict[str, str]]:
    path.write_bytes(b"".join(write_csv(COLUMNS, dump_rows(None, None, None))))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def orders(world: World) -> list[Order]:
    made = [
        world.order("=路灯坏了，\n请来修"), world.order('@七里坪"井盖"', cell=QILIPING),
        bring(world, State.CLOSED), bring(world, State.REJECTED), bring(world, State.HANDLING),
    ]  # fmt: skip
    return list(Order.objects.filter(pk__in=[order.pk for order in made]))


def test_an_export_loaded_where_it_came_from_changes_nothing(
    orders: list[Order], tmp_path: Path
) -> None:
    rows = write(tmp_path / "orders.csv")
    assert {row["phone"] for row in rows} == {"138****1234"}
    logged = AuditRow.objects.count()
    report = load_orders(tmp_path / "orders.csv", actor=system("operator"))
    assert (report.accepted, report.unchanged, report.rejected) == (0, len(orders), [])
    assert AuditRow.objects.count() == logged
    assert Order.objects.get(pk=orders[0].pk).reporter_phone == "13800001234"


def test_a_changed_text_under_our_own_number_is_refused(
    orders: list[Order], tmp_path: Path
) -> None:
    write(tmp_path / "orders.csv")
    Order.objects.filter(pk=orders[0].pk).update(text="另一件事")
    report = load_orders(tmp_path / "orders.csv", actor=system("operator"))
    assert (report.accepted, report.unchanged) == (0, len(orders) - 1)
    assert orders[0].number in report.rejected[0][1]


def test_an_export_loaded_elsewhere_brings_every_order_once(
    orders: list[Order], tmp_path: Path
) -> None:
    write(tmp_path / "orders.csv")
    for order in Order.objects.all():
        Order.objects.filter(pk=order.pk).update(number=f"OLD{order.pk:012d}")
    report = load_orders(tmp_path / "orders.csv", actor=system("operator"))
    assert (report.accepted, report.rejected) == (len(orders), [])
    again = load_orders(tmp_path / "orders.csv", actor=system("operator"))
    assert (again.accepted, again.unchanged) == (0, len(orders))
    new = {order.source_number: order for order in Order.objects.exclude(source_number="")}
    first = new[next(order.number for order in orders if order.text.startswith("="))]
    assert first.text == "=路灯坏了，\n请来修"
    assert (first.reporter_phone, first.reporter_name) == ("", "")
    assert sorted(order.state for order in new.values()) == ["CLOSED"] * 2 + ["SUBMITTED"] * 3


def test_days_and_cell_cut_the_export(world: World) -> None:
    with clock.frozen(clock.now() - timedelta(days=10)):
        old = world.order("旧事")
    new = world.order("新事", cell=QILIPING)
    today = clock.today()
    week = dump_rows(None, today - timedelta(days=7), today)
    assert [row[0] for row in week] == [new.number]
    until = dump_rows(None, None, today - timedelta(days=7))
    assert [row[0] for row in until] == [old.number]
    assert [row[0] for row in dump_rows(world.cells[QILIPING], None, None)] == [new.number]

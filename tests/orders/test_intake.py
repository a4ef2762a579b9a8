"""Placing orders: what is written, where it lands, and what is refused with nothing left behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.notify.models import Outbox
from gridpact.orders.models import Order, OrderLog, OrderStep
from gridpact.orders.services import Contact, Intake, open_order
from gridpact.orders.services.intake import MAX_TEXT
from tests.factories.world import GRID, QILIPING, UNIT, ZHIHE, World


def test_order_is_written_with_timeline_clock_audit_and_message(world: World) -> None:
    order = world.order("楼道灯坏了三天\n晚上看不见", lon=110.105, lat=25.11, cell="")
    fresh = Order.objects.get(number=order.number)
    assert (fresh.state, fresh.title, fresh.cell.code) == ("SUBMITTED", "楼道灯坏了三天", UNIT)
    assert fresh.community_id == world.cells[ZHIHE].pk
    assert fresh.desk_id == world.cells[ZHIHE].pk
    assert fresh.reporter_phone == "13800001234"
    assert "13800001234" not in fresh.reporter_phone_sealed
    assert OrderLog.objects.get(order=fresh).verb == "submit"
    assert OrderStep.objects.get(order=fresh).step == "accept"
    assert AuditRow.objects.get(subject_id=fresh.pk).action == "orders.submit"
    assert Outbox.objects.filter(params__number=fresh.number).count() == 1


def test_numbers_count_from_one_each_day(world: World) -> None:
    with clock.frozen(datetime(2031, 3, 4, 2, tzinfo=UTC)):
        first, second = world.order(), world.order()
    with clock.frozen(datetime(2031, 3, 4, 17, tzinfo=UTC)):  # the 5th in China
        third = world.order()
    assert [first.number, second.number, third.number] == [
        "LG20310304000001", "LG20310304000002", "LG20310305000001",
    ]  # fmt: skip


def test_intake_makes_the_same_few_queries_every_time(world: World) -> None:
    world.order()
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            world.order()
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 4  # savepoint and release around two statements that bypass the log


@pytest.mark.parametrize(
    ("given", "cell", "reason"),
    [
        ({"lon": 110.105, "lat": 25.11}, UNIT, "polygon"),
        ({"lon": 110.14, "lat": 25.15}, GRID, "polygon"),
        ({"lon": 110.35, "lat": 25.35}, "450312100", "polygon"),
        ({"cell": QILIPING}, QILIPING, "chosen"),
        ({"address": "临桂区致和社区金水路18号"}, ZHIHE, "address"),
        ({"address": "没有人知道的地方"}, "450312", "address"),
    ],
)
def test_place_is_found(world: World, given: dict[str, Any], cell: str, reason: str) -> None:
    order = world.order(**{"cell": "", **given})
    assert (order.cell.code, order.placed_by) == (cell, reason)


def test_shifted_datum_is_converted_once_and_kept(world: World) -> None:
    order = world.order(lon=110.109, lat=25.107, datum="gcj02", cell="")
    assert (order.given_lon, order.given_lat, order.datum) == (110.109, 25.107, "gcj02")
    assert order.lon is not None
    assert 0.002 < 110.109 - order.lon < 0.008


BAD: list[tuple[dict[str, Any], str]] = [
    ({"text": "  \n "}, "text_missing"),
    ({"text": "长" * (MAX_TEXT + 1)}, "text_long"),
    ({"text": "null\x00byte"}, "bad_character"),
    ({"text": "ok", "title": "bell\x07"}, "bad_character"),
    ({"text": "ok", "cell": ""}, "place_missing"),
    ({"text": "ok", "cell": "999"}, "cell_unknown"),
    ({"text": "ok", "lon": 116.4, "lat": 39.9}, "outside_district"),
    ({"text": "ok", "lon": 500.0, "lat": 1.0}, "point_wrong"),
    ({"text": "ok", "lon": float("nan"), "lat": 1.0}, "point_wrong"),
    ({"text": "ok", "lon": 110.1, "lat": 25.1, "datum": "mars"}, "datum_wrong"),
    ({"text": "ok", "kind": "MAGIC"}, "kind_wrong"),
    ({"text": "ok", "contact": Contact("陈", "call me")}, "phone_wrong"),
    ({"text": "ok", "contact": Contact("陈", "")}, "contact_missing"),
    ({"text": "ok", "photos": (uuid4(),)}, "unknown_upload"),
    ({"text": "ok", "photos": tuple(uuid4() for _ in range(10))}, "too_many_photos"),
]


@pytest.mark.parametrize(("given", "code"), BAD)
def test_bad_intake_is_refused_and_nothing_is_kept(
    world: World, given: dict[str, Any], code: str
) -> None:
    intake = Intake(
        **{"cell": UNIT, "contact": Contact("陈小明", "13800001234"), "channel": "API", **given}
    )
    before = (Order.objects.count(), AuditRow.objects.count(), Outbox.objects.count())
    with pytest.raises(Refused) as refusal:
        open_order(intake, actor=world.actor("resident"))
    assert (refusal.value.code, refusal.value.status) == (code, 422)
    assert refusal.value.params["field"]
    assert (Order.objects.count(), AuditRow.objects.count(), Outbox.objects.count()) == before


def test_anonymous_order_keeps_no_contact(world: World) -> None:
    order = world.order(anonymous=True, contact=Contact("陈小明", "13800001234"))
    assert (order.reporter_name, order.reporter_phone, order.reporter_phone_digest) == ("", "", "")
    assert order.reporter_user_id is None


def test_staff_channels_need_a_post(world: World) -> None:
    intake = Intake(text="电话登记：水管漏水", cell=UNIT, channel="PHONE")
    with pytest.raises(Refused) as refusal:
        open_order(intake, actor=world.actor("resident"))
    assert refusal.value.status == 403
    order = open_order(intake, actor=world.actor("zhihe"))
    assert order.taken_by_id == world.users["zhihe"].pk
    assert order.reporter_user_id is None

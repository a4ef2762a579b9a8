"""Quiet hours: what nobody did waits for the morning, what people do and what is urgent does not."""

from __future__ import annotations

import threading
from datetime import datetime, time, timedelta

import pytest
from django.db import connection

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.core.clock import LOCAL
from gridpact.notify import services
from gridpact.notify.models import Notification, QuietHours
from gridpact.notify.selectors import held, is_quiet, quiet_hours
from gridpact.orders.choices import Priority
from gridpact.orders.models import Order
from gridpact.orders.services.clock import marks
from tests.api import caller
from tests.factories.world import World
from tests.pages import browser

EVENING = datetime(2026, 11, 23, 17, 30, tzinfo=LOCAL)  # Monday; the office closes at six
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=LOCAL)
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=LOCAL)
URL = "/api/v1/notifications"


def keep_quiet(world: World, *, begins: time = time(22), ends: time = time(7)) -> None:
    services.set_quiet_hours(
        actor=world.actor("sysadmin"), is_on=True, begins=begins, ends=ends
    )  # fmt: skip


def told(template: str) -> int:
    return Notification.objects.filter(template=template).count()


def late_at_night(world: World, priority: str = Priority.NORMAL) -> Order:
    """An order whose contact clock, which runs by the clock, warns at night."""
    with clock.frozen(EVENING):
        order = world.order()
    Order.objects.filter(pk=order.pk).update(priority=priority, mark_at=NIGHT)
    order.steps.update(by_clock=True, minutes=360, started_at=NIGHT - timedelta(minutes=300))
    with clock.frozen(NIGHT):
        services.deliver_batch()
        assert marks.mark_batch(actor=system("clock")) == 1
    return order


@pytest.mark.parametrize(
    ("begins", "ends", "at", "quiet"),
    [
        (time(22), time(7), time(21, 59), False),
        (time(22), time(7), time(22), True),
        (time(22), time(7), time(0), True),
        (time(22), time(7), time(6, 59), True),
        (time(22), time(7), time(7), False),
        (time(12), time(14), time(11, 59), False),
        (time(12), time(14), time(13), True),
        (time(12), time(14), time(14), False),
    ],
)
def test_hours_may_pass_midnight(begins: time, ends: time, at: time, quiet: bool) -> None:
    moment = datetime.combine(EVENING, at, LOCAL)
    assert QuietHours(is_on=True, begins=begins, ends=ends).covers(moment) is quiet
    assert QuietHours(is_on=False, begins=begins, ends=ends).covers(moment) is False


def test_a_warning_of_the_night_comes_in_the_morning_once(world: World) -> None:
    keep_quiet(world)
    late_at_night(world)
    head = caller(world, "zhihe")
    with clock.frozen(NIGHT):
        assert services.deliver_batch() == 0
        assert held() == 1
    with clock.frozen(MORNING - timedelta(seconds=1)):
        assert services.deliver_batch() == 0
    before = head.get(URL).json()
    assert told("order_warned") == 0
    with clock.frozen(MORNING):
        assert held() == 0
        assert services.deliver_batch() == 1
        assert services.deliver_batch() == 0
    mine = Notification.objects.of(world.users["zhihe"].pk).filter(template="order_warned")
    assert [row.created_at for row in mine] == [NIGHT]
    assert head.get(URL).json()["count"] == before["count"] + 1


def test_a_worker_that_was_down_in_the_morning_makes_up_for_it_once(world: World) -> None:
    keep_quiet(world)
    late_at_night(world)
    with clock.frozen(MORNING + timedelta(days=2, hours=3)):
        assert services.deliver_batch() == 1
        assert services.deliver_batch() == 0
    assert Notification.objects.of(world.users["zhihe"].pk).filter(
        template="order_warned"
    ).count() == 1  # fmt: skip


def test_an_urgent_order_breaks_the_night(world: World) -> None:
    keep_quiet(world)
    late_at_night(world, Priority.URGENT)
    with clock.frozen(NIGHT):
        assert services.deliver_batch() == 1
    assert told("order_warned") >= 1


def test_what_a_person_does_is_told_at_once(world: World) -> None:
    keep_quiet(world)
    with clock.frozen(NIGHT):
        world.order()
        services.deliver_batch()
    assert told("order_opened") >= 1


def test_without_quiet_hours_the_night_is_like_the_day(world: World) -> None:
    late_at_night(world)
    with clock.frozen(NIGHT):
        assert not is_quiet()
        assert services.deliver_batch() == 1


def test_switching_off_lets_go_what_waits(world: World) -> None:
    keep_quiet(world)
    late_at_night(world)
    with clock.frozen(NIGHT):
        services.set_quiet_hours(
            actor=world.actor("sysadmin"), is_on=False, begins=time(22), ends=time(7)
        )
        assert services.deliver_batch() == 1


def test_hours_are_kept_by_administrator_and_district_only_and_logged(world: World) -> None:
    for name in ("zhihe", "worker", "secadmin", "auditor"):
        with pytest.raises(Refused) as refusal:
            services.set_quiet_hours(
                actor=world.actor(name), is_on=True, begins=time(21), ends=time(6)
            )
        assert refusal.value.status == 403
    with pytest.raises(Refused) as refusal:
        keep_quiet(world, begins=time(7), ends=time(7))
    assert refusal.value.code == "quiet_never"
    kept = quiet_hours()
    assert (kept.is_on, kept.begins, kept.ends) == (False, time(22), time(7))
    keep_quiet(world)
    keep_quiet(world)
    [row] = AuditRow.objects.filter(action="notify.set_quiet_hours")
    assert (row.before, row.after) == ("22:00–07:00 off", "22:00–07:00")


def test_the_page_says_how_many_wait(world: World) -> None:
    keep_quiet(world)
    late_at_night(world)
    with clock.frozen(NIGHT):
        assert browser(world, "sysadmin").get("/clocks/quiet").context["held"] == 1
    page = browser(world, "sysadmin")
    wrong = page.post("/clocks/quiet", {"is_on": "on", "begins": "07:00", "ends": "07:00"})
    assert wrong.status_code == 422
    sent = {"is_on": "on", "begins": "21:30", "ends": "06:30"}
    assert page.post("/clocks/quiet", sent).status_code == 302
    assert str(QuietHours.objects.get()) == "21:30–06:30"
    assert browser(world, "zhihe").get("/clocks/quiet").status_code == 403


def test_two_workers_deliver_what_waited_once(real_world: World) -> None:
    keep_quiet(real_world)
    late_at_night(real_world)

    def work() -> None:
        try:
            with clock.frozen(MORNING):
                while services.deliver_batch():
                    pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    rung = Notification.objects.filter(template="order_warned")
    assert rung.count() == rung.values("user").distinct().count() >= 1

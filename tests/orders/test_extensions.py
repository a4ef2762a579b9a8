"""More time is asked for, granted or refused; a parked matter's clock stands still."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.core.clock import LOCAL
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from gridpact.orders.services.clock.marks import mark_batch
from tests.factories.world import World
from tests.orders.test_moves import bring
from tests.pages import browser

MONDAY = datetime(2026, 11, 23, 9, tzinfo=LOCAL)
DAY = timedelta(days=1)


def handled(world: World, state: str = State.HANDLING, klass: str = "HARD") -> Order:
    with clock.frozen(MONDAY):
        order = bring(world, State.ACCEPTED)
        desk, worker = world.actor("zhihe"), world.actor("worker")
        order = services.triage_order(order, actor=desk, klass=klass, reason="需要协调")
        target = services.desk.triage.Target(post=world.post("worker").pk)
        order = services.dispatch_order(order, actor=desk, to=target)
        if state == State.DISPATCHED:
            return order
        order = services.sign_order(order, actor=worker)
        return services.start_order(order, actor=worker) if state == State.HANDLING else order


def refused(call: object, *, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        call()  # type: ignore[operator]
    assert refusal.value.code == code


def test_what_the_handler_asks_the_desk_grants_and_the_resident_is_told(world: World) -> None:
    order = handled(world)
    due, promised = order.due_at, order.promised_at
    assert due is not None
    with clock.frozen(MONDAY + DAY):
        asked = services.ask_extension(order, actor=world.actor("worker"), days=5, reason="等配件")
        assert asked.due_at == due
        assert asked.extensions.get().due_before is None
        granted = services.extend_order(asked, actor=world.actor("zhihe"), days=5, reason="等配件")
    assert granted.due_at == due + 7 * DAY  # five working days, one weekend
    assert granted.promised_at == promised + 7 * DAY
    row = granted.extensions.get()
    assert (row.granted, row.minutes) == (True, 5 * 420)
    assert (row.due_before, row.promised_before) == (due, promised)
    assert granted.steps.get(ended_at=None).extra_minutes == 5 * 420
    told = granted.log.get(verb="extend").told
    assert "5" in told and "等配件" in told
    templates = set(Outbox.objects.values_list("template", flat=True))
    assert {"order_extension_asked", "order_extended"} <= templates


def test_only_once_and_never_longer_than_the_limit(world: World) -> None:
    order = handled(world, klass="EASY")
    desk, worker = world.actor("zhihe"), world.actor("worker")
    with clock.frozen(MONDAY + timedelta(hours=1)):
        for days in (0, 4):
            refused(
                lambda days=days: services.ask_extension(
                    order, actor=worker, days=days, reason="等"
                ),
                code="extension_long",
            )
        refused(
            lambda: services.ask_extension(order, actor=worker, days=1, reason=" "), code="missing"
        )
        services.ask_extension(order, actor=worker, days=3, reason="等")
        refused(
            lambda: services.ask_extension(order, actor=worker, days=1, reason="等"),
            code="extension_asked",
        )
        services.extend_order(order, actor=desk, days=2, reason="给两天")
        for call in (services.ask_extension, services.extend_order):
            actor = worker if call is services.ask_extension else desk
            refused(
                lambda call=call, actor=actor: call(order, actor=actor, days=1, reason="等"),
                code="extended_already",
            )
    assert order.extensions.get().minutes == 2 * 420


def test_after_the_limit_nobody_extends(world: World) -> None:
    order = handled(world, klass="EASY")
    with clock.frozen(MONDAY + 30 * DAY):
        refused(
            lambda: services.extend_order(order, actor=world.actor("zhihe"), days=1, reason="晚了"),
            code="extension_late",
        )
    assert not order.extensions.exists()


def test_the_desk_refuses_and_the_limit_stays(world: World) -> None:
    order = handled(world)
    desk = world.actor("zhihe")
    refused(
        lambda: services.refuse_extension(order, actor=desk, reason="不"), code="no_extension_asked"
    )
    with clock.frozen(MONDAY + DAY):
        services.ask_extension(order, actor=world.actor("worker"), days=5, reason="等配件")
        after = services.refuse_extension(order, actor=desk, reason="可以先做别的")
        assert after.due_at == order.due_at
        assert order.extensions.get().granted is False
        services.ask_extension(order, actor=world.actor("worker"), days=5, reason="真的等")


def test_nobody_decides_on_their_own_request(world: World) -> None:
    order = handled(world)
    for name in ("worker", "dept", "neighbour", "building", "area"):
        refused(
            lambda name=name: services.extend_order(
                order, actor=world.actor(name), days=1, reason="等"
            ),
            code="forbidden",
        )
    refused(
        lambda: services.ask_extension(order, actor=world.actor("zhihe"), days=1, reason="等"),
        code="forbidden",
    )


def test_what_was_granted_before_signing_counts_for_the_handling(world: World) -> None:
    order = handled(world, State.DISPATCHED)
    sign_due = order.due_at
    with clock.frozen(MONDAY + timedelta(hours=1)):
        granted = services.extend_order(order, actor=world.actor("zhihe"), days=2, reason="路远")
        assert granted.due_at == sign_due
        signed = services.sign_order(granted, actor=world.actor("worker"))
    step = signed.steps.get(ended_at=None)
    assert (step.minutes, step.extra_minutes) == (15 * 420, 2 * 420)


def test_a_parked_matter_is_told_waits_and_goes_on_with_the_time_it_had_left(world: World) -> None:
    order = handled(world)
    due = order.due_at
    assert due is not None
    desk = world.actor("zhihe")
    with clock.frozen(MONDAY + DAY):
        parked = services.suspend_order(order, actor=desk, reason="等立项")
    assert (parked.state, parked.due_at) == (State.SUSPENDED, None)
    assert parked.review_on == date(2026, 12, 24)
    assert parked.log.get(verb="suspend").told
    with clock.frozen(MONDAY + 8 * DAY):
        going = services.resume_order(parked, actor=desk)
    assert (going.state, going.paused_at, going.review_on) == (State.HANDLING, None, None)
    assert going.due_at == due + 7 * DAY
    assert going.steps.get(ended_at=None).paused_minutes == 5 * 420


def test_only_hard_matters_are_parked_and_looked_at_within_half_a_year(world: World) -> None:
    desk = world.actor("zhihe")
    easy, hard = handled(world, klass="EASY"), handled(world)
    refused(lambda: services.suspend_order(easy, actor=desk, reason="等"), code="only_hard")
    with clock.frozen(MONDAY):
        for day in (MONDAY.date(), MONDAY.date() + 181 * DAY):
            refused(
                lambda day=day: services.suspend_order(
                    hard, actor=desk, reason="等", review_on=day
                ),
                code="review_day",
            )
    hard.refresh_from_db()
    assert hard.state == State.HANDLING


def test_on_the_day_of_review_the_desk_is_told_once(world: World) -> None:
    order = handled(world)
    with clock.frozen(MONDAY):
        services.suspend_order(
            order, actor=world.actor("zhihe"), reason="等立项", review_on=date(2026, 12, 1)
        )
    with clock.frozen(datetime(2026, 12, 1, 8, 29, tzinfo=LOCAL)):
        assert mark_batch(actor=system("clock")) == 0
    with clock.frozen(datetime(2026, 12, 1, 8, 30, tzinfo=LOCAL)):
        assert mark_batch(actor=system("clock")) == 1
        assert mark_batch(actor=system("clock")) == 0
    assert Outbox.objects.filter(template="order_review").count() == 1
    order.refresh_from_db()
    assert (order.state, order.light) == (State.SUSPENDED, 0)


def test_pages_ask_and_grant(world: World) -> None:
    order = bring(world, State.HANDLING)
    worker, desk = browser(world, "worker"), browser(world, "zhihe")
    page = f"/orders/{order.number}"
    assert worker.get(f"{page}/ask_extension").status_code == 200
    data = {"days": "2", "reason": "等配件"}
    assert worker.post(f"{page}/ask_extension", data).status_code == 302
    shown = desk.get(f"{page}/extend").content.decode()
    assert "等配件" in shown and 'value="2"' in shown
    assert desk.post(f"{page}/extend", {"days": "99", "reason": "多"}).status_code == 422
    assert desk.post(f"{page}/extend", data).status_code == 302
    assert order.extensions.get().granted
    assert browser(world, "neighbour").get(f"{page}/extend").status_code == 404

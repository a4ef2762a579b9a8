"""Two at once on one order: one of them wins, the other is told, nothing is left half done."""

from __future__ import annotations

from threading import Event
from time import monotonic, sleep
from typing import Any

from django.db import connection, transaction

from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Assist, Claim, Order
from gridpact.orders.services.desk.triage import Target
from tests.duties.test_races import at_once
from tests.factories.world import World
from tests.orders.test_moves import bring

TOWNSHIP = "450312100"


def state_of(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)


def test_two_merges_the_opposite_way_round_leave_one_order_open(real_world: World) -> None:
    one, other = real_world.order("甲"), real_world.order("乙")
    actor = real_world.actor("zhihe")

    def merge(order: Order, into: Order) -> str:
        return services.merge_order(order, actor=actor, into=into.number, reason="同一处").state

    said = at_once(lambda: merge(one, other), lambda: merge(other, one))
    assert sorted(said) in (
        [State.MERGED, "target_ended"],
        [State.MERGED, "wrong_state"],
        [State.MERGED, "target_unknown"],
    )
    assert sorted([state_of(one), state_of(other)]) == [State.MERGED, State.SUBMITTED]


def test_who_waits_for_an_order_that_is_sent_up_finds_it_at_its_new_desk(
    real_world: World,
) -> None:
    order, told = bring(real_world, State.TRIAGED, "PUBLIC"), Event()

    def escalate() -> str:
        with transaction.atomic():
            sent = services.escalate_order(order, actor=real_world.actor("zhihe"), reason="难")
            told.set()
            wait_until_somebody_waits()
        return sent.state

    def triage() -> Any:
        told.wait(timeout=20)
        actor = real_world.actor("township")
        again = services.triage_order(order, actor=actor, klass="EASY", reason="可办")
        return again.state, again.desk.code

    assert at_once(escalate, triage) == [State.ESCALATED, (State.TRIAGED, TOWNSHIP)]


def wait_until_somebody_waits() -> None:
    """Return once another connection waits for a row of ours."""
    until = monotonic() + 20
    while monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                # Not pg_stat_activity, which stays as it was first read in a transaction.
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            row = cursor.fetchone()
        if row and row[0]:
            return
        sleep(0.02)
    raise AssertionError("nobody waited")


def test_two_desks_dispatch_and_one_receiver_has_it(real_world: World) -> None:
    order = bring(real_world, State.TRIAGED)
    to = {name: Target(post=real_world.post(name).pk) for name in ("worker", "area")}
    said = at_once(
        lambda: (
            services.dispatch_order(
                order, actor=real_world.actor("zhihe"), to=to["worker"]
            ).handler_post_id
        ),
        lambda: (
            services.dispatch_order(
                order, actor=real_world.actor("township"), to=to["area"]
            ).handler_post_id
        ),
    )
    assert "wrong_state" in said
    held = Order.objects.values_list("handler_post_id", flat=True).get(pk=order.pk)
    assert held in said
    assert order.log.filter(verb="dispatch").count() == 1


def test_claimed_and_withdrawn_at_once_it_is_one_of_both(real_world: World) -> None:
    order = bring(real_world, State.OFFERED)
    said = at_once(
        lambda: services.claim_order(order, actor=real_world.actor("unit_liaison")).state,
        lambda: services.withdraw_order(order, actor=real_world.reporter(order)).state,
    )
    assert "wrong_state" in said
    held = Claim.objects.filter(order=order, released_at__isnull=True).count()
    assert (state_of(order), held) in {(State.CLAIMED, 1), (State.WITHDRAWN, 0)}


def test_whistled_twice_at_once_each_department_is_called_once(real_world: World) -> None:
    order = bring(real_world, State.HANDLING)
    lead = real_world.orgs["chengguan"].pk
    said = at_once(
        *[
            lambda name=name: (
                services.whistle_order(  # type: ignore[misc]
                    order, actor=real_world.actor(name), lead=lead
                ).state
            )
            for name in ("township", "district")
        ]
    )
    assert sorted(said) == [State.HANDLING, "called_already"]
    assert Assist.objects.filter(order=order).count() == 1

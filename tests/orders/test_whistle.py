"""The whistle: who is called, sees it, reports in and back, and is rated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Assist, Order
from gridpact.orgs.models import Org, OrgMember
from gridpact.orgs.selectors import actor_for
from tests.factories.world import World
from tests.orders.test_moves import bring, proof


def department(world: World, code: str, name: str) -> Actor:
    """Another department with one person who answers for it."""
    org = Org.objects.create(code=code, name=name, kind="DEPARTMENT")
    user = User.objects.create(username=code, name=name)
    OrgMember.objects.create(
        org=org, user=user, role="HANDLER", starts=clock.today() - timedelta(days=9)
    )
    world.orgs[code], world.users[code] = org, user
    return actor_for(user)


def whistled(world: World, *assist: str, **given: Any) -> Order:
    """Sent up, then whistled with the city management in the lead."""
    order = services.escalate_order(
        bring(world, State.TRIAGED, "HARD"), actor=world.actor("zhihe"), reason="多部门"
    )
    return services.whistle_order(
        order,
        actor=world.actor("township"),
        lead=world.orgs["chengguan"].pk,
        assist=[world.orgs[code].pk for code in assist],
        **given,
    )


def code_of(call: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call(**given)
    return refusal.value.code


def test_the_lead_has_it_and_everybody_called_sees_it_and_is_told(world: World) -> None:
    water = department(world, "water", "水务局")
    with clock.frozen(clock.now()):
        order = whistled(world, "water", days=3, note="现场会商")
    assert (order.state, order.handler_org) == (State.HANDLING, world.orgs["chengguan"])
    assert order.caller == world.cells["450312100"]
    assert [call.is_lead for call in order.assists.all()] == [True, False]
    step = order.steps.get(ended_at__isnull=True)
    assert (step.minutes, step.source) == (1260, "whistle")
    assert {call.due_at for call in order.assists.all()} == {order.due_at}
    for actor in (world.actor("dept"), water):
        assert Order.objects.visible_to(actor).filter(pk=order.pk).exists()
        assert Order.objects.mine(actor).filter(pk=order.pk).exists()
    message = Outbox.objects.get(template="order_whistled")
    assert set(message.audience["ids"]) == {world.orgs["chengguan"].pk, world.orgs["water"].pk}


def test_strangers_to_the_whistle_do_not_see_it(world: World) -> None:
    other = department(world, "water", "水务局")
    order = whistled(world)
    assert not Order.objects.visible_to(other).filter(pk=order.pk).exists()
    assert code_of(services.report_in, order=order, actor=other) == "forbidden"


def test_nobody_is_called_twice_while_the_call_is_open(world: World) -> None:
    department(world, "water", "水务局")
    order = whistled(world)
    upper, lead = world.actor("township"), world.orgs["chengguan"].pk
    again = {"order": order, "actor": upper, "lead": lead}
    assert code_of(services.whistle_order, **again) == "called_already"
    services.whistle_order(**again, assist=[world.orgs["water"].pk, lead])
    assert Assist.objects.filter(order=order).count() == 2
    assert Outbox.objects.filter(template="order_whistled").latest("pk").audience["ids"] == [
        world.orgs["water"].pk
    ]


def test_a_private_matter_calls_nobody(world: World) -> None:
    order = bring(world, State.TRIAGED, "PRIVATE")
    services.guide_order(order, actor=world.actor("area"), guide=world.post("area").pk)
    given = {"order": order, "actor": world.actor("township"), "lead": world.orgs["chengguan"].pk}
    assert code_of(services.whistle_order, **given) == "private_stays"
    assert Assist.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [({"days": 0}, "days"), ({"days": 61}, "days"), ({"lead": 2**40}, "lead"),
     ({"assist": [2**40]}, "assist")],
)  # fmt: skip
def test_a_wrong_call_names_the_field_and_calls_nobody(
    world: World, given: dict[str, Any], field: str
) -> None:
    order = bring(world, State.HANDLING)
    body = {"lead": world.orgs["chengguan"].pk, **given}
    with pytest.raises(Refused) as refusal:
        services.whistle_order(order, actor=world.actor("township"), **body)
    assert (refusal.value.status, refusal.value.params["field"]) == (422, field)
    assert order.assists.count() == 0
    assert Order.objects.get(pk=order.pk).handler_post == world.post("worker")


def test_departments_report_in_and_back_once_and_the_caller_gives_stars(world: World) -> None:
    water = department(world, "water", "水务局")
    order = whistled(world, "water")
    services.report_in(order, actor=water)
    assert code_of(services.report_in, order=order, actor=water) == "here_already"
    call = order.assists.get(org=world.orgs["water"])
    rate = {"order": order, "actor": world.actor("township"), "assist": call.pk, "stars": 4}
    assert code_of(services.rate_assist, **rate) == "not_back_yet"
    services.report_back(order, actor=water, text="管道已接通")
    assert code_of(services.report_back, order=order, actor=water, text="x") == "forbidden"
    assert code_of(services.rate_assist, **{**rate, "stars": 6}) == "stars_range"
    services.rate_assist(**rate, comment="及时")
    assert code_of(services.rate_assist, **rate) == "assist_rated"
    call.refresh_from_db()
    assert (call.stars, call.result, call.here_by) == (4, "管道已接通", world.users["water"])
    assert Order.objects.visible_to(water).filter(pk=order.pk).exists()
    assert not Order.objects.mine(actor_for(world.users["water"])).filter(pk=order.pk).exists()


def test_only_the_caller_rates(world: World) -> None:
    water = department(world, "water", "水务局")
    order = whistled(world, "water")
    services.report_back(order, actor=water, text="已办")
    call = order.assists.get(org=world.orgs["water"])
    for name in ("zhihe", "dept", "area"):
        given = {"order": order, "actor": world.actor(name), "assist": call.pk, "stars": 5}
        assert code_of(services.rate_assist, **given) == "forbidden"


def test_the_lead_finishes_when_all_are_back_or_says_why_not(world: World) -> None:
    department(world, "water", "水务局")
    order = whistled(world, "water")
    dept = world.actor("dept")
    given = {"order": order, "actor": dept, "answer": "办好了"}
    ids = [photo.pk for photo in proof(world, "dept")]
    assert code_of(services.report_back, order=order, actor=dept, text="x") == "lead_finishes"
    assert code_of(services.finish_order, **given, proof=ids) == "assists_open"
    assert order.assists.filter(closed_at__isnull=False).count() == 0
    done = services.finish_order(**given, proof=ids, reason="水务局无需到场")
    assert done.state == State.DONE
    lead, other = order.assists.order_by("pk")
    assert (lead.result, lead.closed_at) == ("办好了", None)
    assert (other.back_at, other.closed_at is not None) == (None, True)
    line = order.log.get(verb="finish")
    assert "水务局无需到场" in line.text
    assert "水务局" not in line.told


def test_sent_up_again_the_calls_end(world: World) -> None:
    order = whistled(world)
    services.escalate_order(order, actor=world.actor("township"), reason="需区里定")
    assert order.assists.get().closed_at is not None
    assert not Order.objects.mine(world.actor("dept")).filter(pk=order.pk).exists()

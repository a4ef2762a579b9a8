"""What rules do to orders: desk at intake, receiver after triage, why, and never nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.models import Appointment, Cell
from gridpact.orders.hooks.routes import router
from gridpact.orders.models import Order, OrderStep
from gridpact.orders.services import accept_order, numbers, return_order, triage_order
from gridpact.orders.services.loading.bulk import load_orders
from gridpact.orgs.models import Org
from gridpact.routing.models import RouteTrace, Rule, RuleFinding
from gridpact.routing.services import check_live, fill_draft, start_draft
from tests.factories.rules import first_rule, in_force, lamp, receiver, text
from tests.factories.world import QILIPING, UNIT, ZHIHE, World


def triaged(world: World, order: Order, klass: str = "EASY") -> Order:
    head = world.actor("zhihe")
    order = accept_order(order, actor=head)
    triage_order(order, actor=head, klass=klass, reason="邻里可办")
    return Order.objects.with_parts().get(pk=order.pk)


def test_without_rules_the_desk_of_the_place_has_it(world: World) -> None:
    order = world.order()
    assert order.desk == world.cells[ZHIHE]
    assert order.route_rule is None
    assert router().why(order, seen=True) == []
    assert [str(value) for _label, value in router().lines(order, seen=True)] != []


def test_a_rule_sends_an_order_to_the_desk_of_a_level(world: World) -> None:
    version = in_force(world, lamp(desk="TOWNSHIP", urgent=True, key=True))
    order = Order.objects.get(pk=world.order().pk)
    assert (order.desk.code, order.priority, order.is_key) == ("450312100", "URGENT", True)
    assert order.route_rule == first_rule(version).pk
    assert OrderStep.objects.get(order=order).owner == "临桂镇"


def test_an_order_that_fits_no_rule_stays_with_its_community(world: World) -> None:
    in_force(world, lamp())
    order = world.order("下水道堵了")
    assert order.desk == world.cells[ZHIHE]
    assert not RouteTrace.objects.filter(order=order).exists()


def test_a_named_desk_over_the_place_gets_it(world: World) -> None:
    conditions = {"cell": UNIT[:15], "any_words": ["灯"]}
    in_force(world, text(conditions=conditions, target={"desk": "450312100"}))
    assert world.order().desk.code == "450312100"


def test_why_names_rule_version_and_what_fitted(world: World) -> None:
    version = in_force(world, lamp())
    order = world.order()
    (why,) = router().why(order, seen=True)
    assert why["version"] == version.number
    assert why["rule"] == "灯"
    assert why["matched"] == {"any_words": "灯"}
    assert why["wanted"] == "TOWNSHIP"
    assert why["fallback"] is None


def test_why_quotes_no_words_to_those_who_may_not_read_the_text(world: World) -> None:
    in_force(world, lamp())
    (why,) = router().why(world.order(), seen=False)
    assert why["matched"] == {}


def test_a_desk_that_nobody_holds_gives_it_to_the_next_one_up(world: World) -> None:
    Appointment.objects.filter(user=world.users["township"]).update(ends=clock.today())
    Appointment.objects.filter(user=world.users["township"]).update(
        starts=clock.today().replace(year=2020), ends=clock.today().replace(year=2021)
    )
    in_force(world, lamp(desk="TOWNSHIP"))
    order = world.order()
    assert order.desk.code == "450312"
    assert RouteTrace.objects.get(order=order).fallback == "NOBODY"


def test_a_rule_whose_desk_is_no_more_leaves_it_with_the_default_desk(world: World) -> None:
    version = in_force(world, lamp(desk="TOWNSHIP"))
    Rule.objects.filter(pk=first_rule(version).pk).update(target={"desk": "450312999"})
    order = world.order()
    assert order.desk == world.cells[ZHIHE]
    assert RouteTrace.objects.get(order=order).fallback == "BROKEN"


def test_a_broken_rule_is_one_finding_however_many_orders_it_meets(
    world: World, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "_bases", {})  # what is run here as committed is taken back
    version = in_force(world, lamp(desk="TOWNSHIP"))
    Rule.objects.filter(pk=first_rule(version).pk).update(target={"desk": "450312999"})
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            world.order()
    assert RuleFinding.objects.count() == 1


def test_a_rule_in_a_closed_cell_is_left_out_and_found(world: World) -> None:
    conditions = {"cell": QILIPING, "any_words": ["灯"]}
    version = in_force(world, text(conditions=conditions, target={"desk": "TOWNSHIP"}), lamp())
    Rule.objects.filter(pk=first_rule(version).pk).update(
        conditions={"cell": "450312100999", "any_words": ["灯"]}
    )
    assert world.order().desk.code == "450312100"  # by the second rule
    assert check_live(actor=system("clock")) == 1
    assert check_live(actor=system("clock")) == 0
    assert RuleFinding.objects.get().problem == "rule_cell"


def test_a_pattern_broken_by_hand_breaks_nothing_else(world: World) -> None:
    version = in_force(world, lamp(key=True), lamp(desk="TOWNSHIP"))
    Rule.objects.filter(pk=first_rule(version).pk).update(conditions={"pattern": "("})
    assert world.order().desk.code == "450312100"


def test_intake_with_rules_takes_no_query_more(world: World) -> None:
    world.order("热身")
    with CaptureQueriesContext(connection) as before:
        world.order("下水道堵了")
    in_force(world, lamp(key=True))
    world.order("热身")
    with CaptureQueriesContext(connection) as after:
        world.order("路灯坏了")
    assert len(after) == len(before)


def test_after_triage_the_rule_names_the_holder_of_the_post(world: World) -> None:
    in_force(world, receiver(post="area_head"))
    order = triaged(world, world.order())
    proposal = router().propose(order)
    assert proposal is not None
    assert proposal.to == f"post:{world.post('area').pk}"
    assert order.state == "TRIAGED"
    row = RouteTrace.objects.get(order=order)
    assert (row.stage, row.wanted) == ("DISPATCH", "area_head")


def test_a_vacant_post_means_the_next_head_up(world: World) -> None:
    Appointment.objects.filter(user=world.users["area"]).update(
        starts=clock.today().replace(year=2020), ends=clock.today().replace(year=2021)
    )
    in_force(world, receiver(post="area_head"))
    proposal = router().propose(triaged(world, world.order()))
    assert proposal is not None
    assert proposal.to == f"post:{world.post('zhihe').pk}"


def test_another_class_fits_no_rule(world: World) -> None:
    in_force(world, receiver(post="area_head"))
    assert router().propose(triaged(world, world.order(), "PUBLIC")) is None


def test_a_rule_may_name_an_organisation(world: World) -> None:
    in_force(world, receiver(org="chengguan"))
    proposal = router().propose(triaged(world, world.order()))
    assert proposal is not None and proposal.to == f"org:{world.orgs['chengguan'].pk}"


def test_a_closed_organisation_leaves_the_choice_to_the_desk(
    world: World, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "_bases", {})  # what is run here as committed is taken back
    in_force(world, receiver(org="chengguan", by_itself=True))
    Org.objects.filter(code="chengguan").update(is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        order = triaged(world, world.order())
    assert order.state == "TRIAGED"
    assert RouteTrace.objects.get(order=order).fallback == "BROKEN"
    assert RuleFinding.objects.count() == 1


def test_a_rule_dispatches_by_itself_when_it_says_so(world: World) -> None:
    in_force(world, receiver(org="chengguan", by_itself=True))
    order = triaged(world, world.order())
    assert (order.state, order.handler_org) == ("DISPATCHED", world.orgs["chengguan"])
    line = order.log.get(verb="dispatch")
    assert line.actor_name == "routing"
    assert "灯归谁" in line.text


def test_what_came_back_is_not_dispatched_by_itself_again(world: World) -> None:
    in_force(world, receiver(org="chengguan", by_itself=True))
    order = triaged(world, world.order())
    return_order(order, actor=world.actor("dept"), reason="不归我们")
    head = world.actor("zhihe")
    triage_order(order, actor=head, klass="EASY", reason="再看")
    assert Order.objects.get(pk=order.pk).state == "TRIAGED"


def test_publishing_changes_no_order_already_placed(world: World) -> None:
    order = world.order()
    in_force(world, lamp())
    assert Order.objects.get(pk=order.pk).desk == world.cells[ZHIHE]


def test_rules_of_the_past_stay_with_the_orders_they_decided(world: World) -> None:
    first = in_force(world, lamp())
    order = world.order()
    in_force(world, lamp(key=True))
    (why,) = router().why(order, seen=True)
    assert why["version"] == first.number


def test_a_draft_routes_nothing(world: World) -> None:
    fill_draft([lamp()], actor=world.actor("district"))
    assert world.order().desk == world.cells[ZHIHE]


def test_a_community_cannot_publish(world: World) -> None:
    with pytest.raises(Refused) as caught:
        in_force_by(world, "zhihe")
    assert caught.value.status == 403


def in_force_by(world: World, name: str) -> None:
    start_draft(actor=world.actor(name))


def test_cells_are_named_by_their_present_name(world: World) -> None:
    in_force(world, text(conditions={"cell": ZHIHE}, target={"desk": "TOWNSHIP"}))
    order = world.order("下水道堵了")
    ((_label, line),) = router().lines(order, seen=True)
    assert Cell.objects.get(code=ZHIHE).name in line


def test_orders_that_come_by_file_are_routed_when_they_are_open(
    world: World, tmp_path: Path
) -> None:
    in_force(world, lamp(desk="TOWNSHIP", urgent=True))
    path = tmp_path / "orders.csv"
    path.write_text(
        "id,title,time,text,lon,lat\n"
        "7,路灯,2026/2/3 9:05:00,三号楼前的路灯不亮,110.105,25.105\n"
        "8,积水,2026/2/3 9:06:00,三号楼前积水,110.105,25.105\n",
        encoding="utf-8",
    )
    report = load_orders(path, actor=world.actor("zhihe"))
    assert report.saved and report.accepted == 2
    dark, wet = Order.objects.order_by("source_number")
    assert (dark.desk.code, dark.priority) == ("450312100", "URGENT")
    assert dark.steps.get().owner == "临桂镇"
    assert (wet.desk.code, wet.route_rule) == (ZHIHE, None)
    assert [row.order for row in RouteTrace.objects.all()] == [dark]

"""An order is handed to the officer of a network at its place, the department standing behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gridpact.core.access import Refused
from gridpact.networks.models import NetworkCell
from gridpact.networks.services import load_features, officers_at
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.messages import handlers
from gridpact.orders.models import Order
from gridpact.orders.selectors import receivers
from gridpact.orders.services.desk.triage import Target
from gridpact.orgs.models import OrgMember
from tests.api import caller
from tests.factories.world import GRID, QILIPING, UNIT, ZHIHE, World
from tests.networks.nets import BOXES, OPERATOR, THIRD, feature, network, whole


def triaged(world: World, **given: Any) -> Order:
    head = world.actor("zhihe")
    order = services.accept_order(world.order(**given), actor=head)
    return services.triage_order(order, actor=head, klass="PUBLIC", reason="设施")


def cell(code: str) -> NetworkCell:
    return NetworkCell.objects.get(code=code)


def test_the_officers_of_the_order_s_place_are_among_the_receivers(world: World) -> None:
    whole()
    order = triaged(world)
    assert order.cell.code == UNIT
    assert [one.code for one in receivers(order).officers] == ["A"]


def test_a_point_tells_which_of_two_cells_of_a_network_answers(world: World) -> None:
    west, south, east, north = BOXES[GRID]
    middle = (west + east) / 2
    network(feature("W", (west, south, middle, north)), feature("E", (middle, south, east, north)))
    here = world.cells[GRID]
    assert [one.code for one in officers_at(here)] == ["E", "W"]
    assert [one.code for one in officers_at(here, (east - 0.01, north - 0.01))] == ["E"]
    assert [one.code for one in officers_at(world.cells[ZHIHE])] == ["E", "W"]


def test_an_officer_with_an_account_gets_the_order_in_person_and_may_handle_it(
    world: World,
) -> None:
    OrgMember.objects.filter(user=world.users["dept"]).delete()
    network(feature("A", BOXES[GRID], account="dept"))
    order = triaged(world)
    order = services.dispatch_order(
        order, actor=world.actor("zhihe"), to=Target(officer=cell("A").pk)
    )
    assert order.handler_org == world.orgs["chengguan"]
    assert order.handler_user == world.users["dept"]
    assert order.handler_label == "城市管理局 dept甲"
    told = Outbox.objects.filter(template="order_dispatched").latest("pk")
    assert handlers(told.audience) == [world.users["dept"].pk]
    officer = world.actor("dept")
    assert Order.objects.visible_to(officer).filter(pk=order.pk).exists()
    assert services.sign_order(order, actor=officer).state == "CLAIMED"


def test_an_officer_known_by_name_only_leaves_the_order_to_the_department(world: World) -> None:
    whole()
    order = services.dispatch_order(
        triaged(world), actor=world.actor("zhihe"), to=Target(officer=cell("A").pk)
    )
    assert (order.handler_org, order.handler_user) == (world.orgs["chengguan"], None)
    assert services.sign_order(order, actor=world.actor("dept")).state == "CLAIMED"


@pytest.mark.parametrize("code", ["C", "N"])
def test_an_officer_of_another_place_or_a_cell_without_one_is_refused(
    world: World, code: str
) -> None:
    whole()
    load_features([feature("N", BOXES[GRID], officer="", phone="")], actor=OPERATOR)
    order = triaged(world)
    with pytest.raises(Refused) as refused:
        services.dispatch_order(order, actor=world.actor("zhihe"), to=Target(officer=cell(code).pk))
    assert (refused.value.code, refused.value.status) == ("unknown_target", 422)
    order.refresh_from_db()
    assert (order.state, order.handler_org_id) == ("TRIAGED", None)


def test_an_officer_and_a_post_at_once_are_refused(world: World) -> None:
    whole()
    to = Target(officer=cell("A").pk, post=world.post("worker").pk)
    with pytest.raises(Refused) as refused:
        services.dispatch_order(triaged(world), actor=world.actor("zhihe"), to=to)
    assert refused.value.code == "one_target"


def test_the_api_lists_officers_and_dispatches_to_one(world: World) -> None:
    whole()
    order = triaged(world)
    head = caller(world, "zhihe")
    listed = head.get(f"/api/v1/orders/{order.number}/receivers").json()["officers"]
    assert [one["cell"] for one in listed] == ["责任区A"]
    answer = head.post(
        f"/api/v1/orders/{order.number}/dispatch", {"to": {"officer": listed[0]["id"]}}
    )
    assert answer.status_code == 200
    order.refresh_from_db()
    assert order.handler_org == world.orgs["chengguan"]


def test_the_neighbour_does_not_hand_out_our_orders(world: World) -> None:
    whole()
    order = triaged(world)
    with pytest.raises(Refused) as refused:
        services.dispatch_order(
            order, actor=world.actor("neighbour"), to=Target(officer=cell("A").pk)
        )
    assert refused.value.status == 403
    assert officers_at(world.cells[QILIPING])[0].code == "C"
    assert cell("C").shares.get().cell.code == THIRD


def test_the_page_offers_the_officers_and_sends_to_one(world: World) -> None:
    whole()
    order = triaged(world)
    client = Client()
    client.force_login(world.users["zhihe"], "django.contrib.auth.backends.ModelBackend")
    address = f"/orders/{order.number}/dispatch"
    value = f"officer:{cell('A').pk}"
    page = client.get(address).content.decode()
    assert f'value="{value}"' in page
    assert f'value="officer:{cell("C").pk}"' not in page
    assert client.post(address, {"to": value}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.handler_org) == ("DISPATCHED", world.orgs["chengguan"])

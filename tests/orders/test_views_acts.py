"""The pages between offices, of ties, supervision and contact, and what the order's page shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from gridpact.orders.services import Part
from tests.factories.world import MICRO, QILIPING, World
from tests.orders.test_moves import bring, call
from tests.orders.test_whistle import department, whistled
from tests.pages import browser, words


def send(world: World, name: str, order: Order, verb: str, **data: Any) -> Any:
    return browser(world, name).post(f"/orders/{order.number}/{verb}", data)


def shown(world: World, name: str, order: Order) -> Any:
    return browser(world, name).get(f"/orders/{order.number}").context["detail"]


def possible(world: World, name: str, order: Order) -> set[str]:
    actions = shown(world, name, order).actions
    return {action.url.rsplit("/", 1)[1] for action in actions if action.possible}


@pytest.mark.parametrize(
    ("verb", "state", "name", "data"),
    [
        ("escalate", State.TRIAGED, "zhihe", {"reason": "需上级"}),
        ("send_down", State.ESCALATED, "township", {"reason": "社区可办"}),
        ("urge", State.HANDLING, "zhihe", {"note": "请快"}),
        ("supervise", State.HANDLING, "zhihe", {"card": "RED", "reason": "超期"}),
        ("contact", State.HANDLING, "worker", {"way": "PHONE", "reached": "yes"}),
        ("split", State.TRIAGED, "zhihe", {"title_1": "修灯", "text_1": "换灯泡"}),
    ],
)
def test_the_page_shows_a_form_and_the_move_leads_back(
    world: World, verb: str, state: str, name: str, data: dict[str, str]
) -> None:
    order = bring(world, state, "HARD")
    assert verb in possible(world, name, order)
    page = browser(world, name).get(f"/orders/{order.number}/{verb}")
    assert (page.status_code, page.context["blocked"]) == (200, "")
    answer = send(world, name, order, verb, **data)
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}")
    assert order.log.filter(verb=verb).count() == 1
    empty = send(world, name, bring(world, state, "HARD"), verb)
    assert empty.status_code == (302 if verb == "urge" else 422)


def test_a_result_is_rated_once_and_in_its_days_so_the_button_goes(world: World) -> None:
    order = bring(world, State.VERIFIED)
    assert "rate" in possible(world, "zhihe", order)
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert "rate" not in possible(world, "zhihe", order)
    services.rate_order(order, actor=world.reporter(order), solved=True, satisfaction="satisfied")
    assert "rate" not in possible(world, "zhihe", order)


def test_each_part_of_a_split_may_lie_in_another_cell(world: World) -> None:
    order = bring(world, State.TRIAGED)
    parts = {"title_1": "修灯", "text_1": "换灯泡", "cell_1": MICRO, "text_2": "清垃圾"}
    assert send(world, "zhihe", order, "split", **parts).status_code == 302
    places = order.children.order_by("pk").values_list("cell__code", flat=True)
    assert list(places) == [MICRO, order.cell.code]
    foreign = send(world, "zhihe", order, "split", text_1="换灯泡", cell_1=QILIPING)
    assert (foreign.status_code, order.children.count()) == (422, 2)


def test_a_form_for_merging_says_that_it_stays(world: World) -> None:
    page = browser(world, "zhihe").get(f"/orders/{world.order().number}/merge")
    assert str(page.context["form"]["reason"].help_text) in words(page)


def test_guiding_lists_the_posts_of_the_area_only(world: World) -> None:
    order = bring(world, State.TRIAGED, "PRIVATE")
    page = words(browser(world, "area").get(f"/orders/{order.number}/guide"))
    assert "building甲" in page
    assert "neighbour甲" not in page
    assert "township甲" not in page
    send(world, "area", order, "guide", guide=world.post("building").pk)
    assert Order.objects.get(pk=order.pk).handler_post == world.post("building")


def test_a_whistle_is_sent_by_ticking_departments_and_answered_on_their_pages(
    world: World,
) -> None:
    department(world, "water", "水务局")
    order = bring(world, State.ESCALATED)
    sent = send(
        world, "township", order, "whistle", lead=world.orgs["chengguan"].pk,
        assist=[world.orgs["water"].pk], days="5", note="现场会商",
    )  # fmt: skip
    assert sent.status_code == 302
    assert "report_in" in possible(world, "water", order)
    assert send(world, "water", order, "report_in").status_code == 302
    assert "report_in" not in possible(world, "water", order)
    back = send(world, "water", order, "report_back", text="已接通")
    assert back["Location"] == f"/orders/{order.number}"
    call = order.assists.get(org=world.orgs["water"])
    rated = send(world, "township", order, "rate_assist", assist=call.pk, stars="5")
    assert rated.status_code == 302
    rows = {row.org: row for row in shown(world, "township", order).sides.calls}
    assert (rows["水务局"].stars, rows["水务局"].result) == ("★★★★★", "已接通")
    assert rows["城市管理局"].is_lead is True


def test_the_lead_is_asked_why_without_the_others_only_when_some_are_missing(
    world: World,
) -> None:
    department(world, "water", "水务局")
    order = whistled(world, "water")
    page = browser(world, "dept").get(f"/orders/{order.number}/finish")
    assert "水务局" in words(page)
    alone = whistled(world)
    page = browser(world, "dept").get(f"/orders/{alone.number}/finish")
    assert "reason" not in page.context["form"].fields


def test_merging_offers_the_orders_near_by_and_takes_a_number(world: World) -> None:
    near, order = world.order("楼道灯坏了"), world.order("灯坏了")
    page = browser(world, "zhihe").get(f"/orders/{order.number}/merge")
    assert near.number in words(page)
    nothing = send(world, "zhihe", order, "merge", reason="同一件事")
    assert set(nothing.context["form"].errors) == {"into"}
    send(world, "zhihe", order, "merge", near=near.number, reason="同一件事")
    detail = shown(world, "zhihe", order)
    assert near.number in detail.sides.banners[0].text
    assert detail.sides.ties[0].rows[0].href == f"/orders/{near.number}"
    [group] = shown(world, "zhihe", near).sides.ties
    assert [row.number for row in group.rows] == [order.number]


def test_a_card_stands_above_the_page_and_can_be_lifted_there(world: World) -> None:
    order = bring(world, State.HANDLING)
    assert "unsupervise" not in possible(world, "zhihe", order)
    services.supervise_order(order, actor=world.actor("zhihe"), card="RED", reason="超期一半")
    [banner] = [each for each in shown(world, "worker", order).sides.banners if each.tone == "red"]
    assert "超期一半" in banner.text
    assert "unsupervise" in possible(world, "zhihe", order)


def test_a_reporter_not_contacted_in_time_is_a_red_line(world: World) -> None:
    order = bring(world, State.HANDLING)
    Order.objects.filter(pk=order.pk).update(contact_due_at=clock.now() - timedelta(hours=1))
    [banner] = shown(world, "zhihe", order).sides.banners
    assert banner.tone == "red"
    services.contact_reporter(order, actor=world.actor("worker"), way="PHONE", reached=True)
    detail = shown(world, "zhihe", order)
    assert detail.sides.banners == []
    assert len(detail.sides.contacts) == 1


def test_what_was_classed_again_shows_every_decision(world: World) -> None:
    order = bring(world, State.TRIAGED)
    assert shown(world, "zhihe", order).sides.decisions == []
    services.triage_order(order, actor=world.actor("zhihe"), klass="HARD", reason="牵涉多家")
    decisions = shown(world, "zhihe", order).sides.decisions
    assert len(decisions) == 2
    assert "牵涉多家" in str(decisions[1][1])


def test_a_tie_out_of_sight_is_masked_and_leads_nowhere(world: World) -> None:
    order = bring(world, State.TRIAGED)
    [child] = services.split_order(
        order, actor=world.actor("zhihe"), parts=[Part("电话13912345678", "换灯")]
    )
    services.dispatch_order(
        order, actor=world.actor("zhihe"),
        to=services.desk.triage.Target(org=world.orgs["chengguan"].pk),
    )  # fmt: skip
    [group] = shown(world, "dept", order).sides.ties
    assert (group.rows[0].number, group.rows[0].href) == (child.number, "")
    assert "13912345678" not in group.rows[0].title


def test_the_hall_sees_nothing_of_what_hangs_on_an_order(world: World) -> None:
    order = bring(world, State.OFFERED)
    services.supervise_order(order, actor=world.actor("zhihe"), card="RED", reason="内部")
    detail = shown(world, "volunteer", order)
    assert (detail.sides.banners, detail.sides.decisions) == ([], [])


def test_rated_unhappy_twice_the_closed_order_can_be_taken_off_supervision(world: World) -> None:
    order = bring(world, State.VERIFIED)
    for _ in range(2):
        services.rate_order(
            order, actor=world.reporter(order), solved=False, satisfaction="unsatisfied"
        )
        if Order.objects.get(pk=order.pk).state == State.HANDLING:
            call(world, "finish", order, "worker")
            call(world, "verify_pass", order, "zhihe")
    assert "unsupervise" in possible(world, "zhihe", order)
    assert send(world, "zhihe", order, "unsupervise", reason="已上门说明").status_code == 302

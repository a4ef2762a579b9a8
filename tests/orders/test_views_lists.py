"""Lists, hall and export: who sees which rows, how pages turn, and what files carry."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order
from tests.factories.world import QILIPING, UNIT, ZHIHE, World
from tests.orders.test_moves import bring
from tests.pages import browser, words


def test_list_shows_the_open_orders_of_my_area_most_urgent_first(world: World) -> None:
    with clock.frozen(clock.now() - timedelta(days=3)):
        late = world.order("旧的井盖松动")
    fresh = world.order("新的楼道灯坏了")
    bring(world, State.CLOSED)
    page = browser(world, "zhihe").get("/orders/")
    rows = page.context["rows"]
    assert [row.number for row in rows] == [late.number, fresh.number]
    assert [row.tone for row in rows] == ["red", ""]
    assert rows[0].place == "第一网格 / 致和苑3栋 / 1单元"


def test_list_never_shows_a_neighbours_order(world: World) -> None:
    mine, theirs = world.order("致和的事"), world.order("七里坪的事", cell=QILIPING)
    assert mine.number in words(browser(world, "zhihe").get("/orders/?queue=all"))
    page = words(browser(world, "neighbour").get("/orders/?queue=all"))
    assert theirs.number in page
    assert mine.number not in page
    forced = browser(world, "neighbour").get(f"/orders/?queue=all&cell={ZHIHE}")
    assert forced.context["rows"] == []


@pytest.mark.parametrize(
    ("queue", "state", "name"),
    [
        ("accept", State.SUBMITTED, "zhihe"),
        ("triage", State.ACCEPTED, "zhihe"),
        ("dispatch", State.TRIAGED, "zhihe"),
        ("verify", State.DONE, "zhihe"),
        ("offered", State.OFFERED, "zhihe"),
        ("mine", State.HANDLING, "worker"),
        ("offered", State.OFFERED, "unit_liaison"),
    ],
)
def test_queue_holds_exactly_the_orders_of_its_step(
    world: World, queue: str, state: str, name: str
) -> None:
    wanted = bring(world, state)
    other = bring(world, State.CLOSED)
    page = browser(world, name).get(f"/orders/?queue={queue}")
    assert [row.number for row in page.context["rows"]] == [wanted.number]
    assert other.number not in words(page)


def test_ended_orders_are_found_by_filtering_for_their_state(world: World) -> None:
    closed = bring(world, State.CLOSED)
    page = browser(world, "zhihe").get("/orders/?state=CLOSED")
    assert page.context["queue"] == "all"
    assert [row.number for row in page.context["rows"]] == [closed.number]


def test_list_costs_the_same_queries_with_one_and_with_many_rows(world: World) -> None:
    bring(world, State.HANDLING)
    client = browser(world, "zhihe")
    client.get("/orders/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/orders/")
    for _ in range(4):
        bring(world, State.HANDLING)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get("/orders/").context["rows"]) == 5
    assert len(many) == len(one)


def test_pages_of_fifty_turn_without_losing_or_repeating_a_row(world: World) -> None:
    numbers = {world.order(f"第{index}件").number for index in range(53)}
    client = browser(world, "zhihe")
    first = client.get("/orders/")
    cursor = first.context["page"].next
    second = client.get("/orders/", {"cursor": cursor})
    seen = [row.number for page in (first, second) for row in page.context["rows"]]
    assert len(first.context["rows"]) == 50
    assert (len(seen), set(seen)) == (53, numbers)
    assert second.context["count"] == "53"


def test_a_broken_cursor_is_refused_with_400(world: World) -> None:
    assert browser(world, "zhihe").get("/orders/?cursor=junk").status_code == 400


def test_htmx_gets_only_the_list_and_keeps_the_queue_in_the_filter(world: World) -> None:
    world.order()
    page = browser(world, "zhihe").get("/orders/?queue=accept", headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "<html" not in text
    assert 'name="queue" value="accept"' in text


def test_a_filter_that_is_wrong_says_so_and_still_shows_the_list(world: World) -> None:
    order = world.order()
    page = browser(world, "zhihe").get("/orders/?state=NOWHERE&q=")
    assert page.status_code == 200
    assert order.number in words(page)
    assert "state" in page.context["filter_form"].errors


def test_people_outside_the_net_are_sent_to_the_sign_in_page(world: World) -> None:
    for path in ("/orders/", "/orders/new", "/work/hall", "/work", "/bell", "/orders/export"):
        answer = browser(world, "resident").get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/login?next={path}")


def test_administrators_have_an_empty_list_of_their_own_only(world: World) -> None:
    order = world.order()
    page = browser(world, "sysadmin").get("/orders/")
    assert [tab.active for tab in page.context["tabs"]] == [True, False]
    assert order.number not in words(page)


def test_hall_masks_personal_details_and_stops_at_the_building(world: World) -> None:
    order = world.order("请帮忙修灯，电话13912345678", cell=UNIT)
    zhihe = world.actor("zhihe")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="EASY", reason="可办")
    services.offer_order(order, actor=zhihe, slots=3)
    page = browser(world, "unit_liaison").get("/work/hall")
    [card] = page.context["cards"]
    assert card.title == "请帮忙修灯，电话***"
    assert card.place == "致和社区 / 第一网格 / 致和苑3栋"
    assert (card.free, card.places, card.may_claim) == (3, 3, True)
    assert "13912345678" not in page.content.decode()


def test_hall_offers_no_second_place_to_who_has_one(world: World) -> None:
    order = world.order()
    zhihe, liaison = world.actor("zhihe"), world.actor("unit_liaison")
    services.accept_order(order, actor=zhihe)
    services.triage_order(order, actor=zhihe, klass="EASY", reason="可办")
    services.offer_order(order, actor=zhihe, slots=2)
    services.claim_order(order, actor=liaison)
    [card] = browser(world, "unit_liaison").get("/work/hall").context["cards"]
    assert (card.taken_by_me, card.may_claim, card.free) == (True, False, 1)
    [other] = browser(world, "volunteer").get("/work/hall").context["cards"]
    assert (other.taken_by_me, other.may_claim) == (False, True)


def test_hall_of_a_unit_starts_near_it_and_opens_to_the_whole_district(world: World) -> None:
    near = bring(world, State.OFFERED)
    far = world.order(cell=QILIPING)
    Order.objects.filter(pk=far.pk).update(state="OFFERED", klass="EASY", slots_free=1)
    client = browser(world, "unit_liaison")
    cards = client.get("/work/hall").context["cards"]
    assert [card.number for card in cards] == [near.number]
    everywhere = client.get("/work/hall?all=1").context["cards"]
    assert {card.number for card in everywhere} == {near.number, far.number}
    assert browser(world, "zhihe").get("/work/hall").context["tabs"] == []


def test_hall_says_why_an_offer_cannot_be_claimed_any_more(world: World) -> None:
    order = bring(world, State.OFFERED)
    Order.objects.filter(pk=order.pk).update(offered_until=clock.now() - timedelta(hours=1))
    client = browser(world, "volunteer")
    [card] = client.get("/work/hall").context["cards"]
    assert (card.may_claim, bool(card.why_not)) == (False, True)
    assert card.why_not in words(client.get("/work/hall"))
    assert client.post(f"/orders/{order.number}/claim").status_code == 409


def test_hall_is_empty_for_the_neighbours_head_and_says_what_comes_next(world: World) -> None:
    bring(world, State.OFFERED)
    page = browser(world, "neighbour").get("/work/hall")
    assert page.context["cards"] == []
    assert 'href="/work"' in page.content.decode()


def test_excel_export_holds_the_filtered_list_and_is_on_record(world: World) -> None:
    order = world.order("=1+1 楼道灯坏了")
    world.order("别处", cell=QILIPING)
    answer = browser(world, "zhihe").get("/orders/export?queue=accept&as=xlsx")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [order.number]
    assert rows[1][1] == "=1+1 楼道灯坏了"
    assert AuditRow.objects.get(action="orders.export").actor_name == "zhihe甲"


@pytest.mark.parametrize(
    "query", ["cell=999", "state=NOWHERE", "queue=all&category=none", "klass=X", "light=pink"]
)
def test_an_export_by_a_filter_that_is_not_understood_is_refused_whole(
    world: World, query: str
) -> None:
    order = world.order()
    client = browser(world, "zhihe")
    for path in (f"/orders/export?as=csv&{query}", f"/downloads/new/orders?{query}"):
        answer = client.get(path)
        assert answer.status_code == 422
        assert "422" in words(answer)
        assert order.number not in words(answer)
    assert not AuditRow.objects.filter(action="orders.export").exists()


def test_csv_export_disarms_formulas_and_leaves_the_reporter_out(world: World) -> None:
    world.order("=HYPERLINK(1)")
    answer = browser(world, "zhihe").get("/orders/export?queue=accept&as=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "'=HYPERLINK(1)" in text
    assert "13800001234" not in text
    assert "陈小明" not in text


def test_export_of_a_claimer_masks_what_the_hall_masks(world: World) -> None:
    order = bring(world, State.OFFERED)
    Order.objects.filter(pk=order.pk).update(title="电话13912345678")
    answer = browser(world, "unit_liaison").get("/orders/export?queue=offered&as=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert order.number in text
    assert "13912345678" not in text

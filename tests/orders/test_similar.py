"""Similar solved orders: which are found, for whom, and how their answers are handed on."""

from __future__ import annotations

import pytest

from gridpact.orders.hooks.hints import hints_for
from gridpact.orders.models import Order
from gridpact.orders.search.indexing import index_changes
from gridpact.orders.search.similar import (
    Similar,
    draft_from,
    masked_answer,
    similar_text,
    similar_to,
)
from gridpact.orders.services import finish_order, keep_upload, verify_pass_order
from gridpact.orders.tables.snippets import cut_around
from tests.api import caller
from tests.factories.world import QILIPING, UNIT, World
from tests.orders.test_searching import in_hand
from tests.pages import browser

ANSWER = "已联系电工更换灯泡，联系人王建国13800005678，3栋2单元501室门口"


def solved(
    world: World, text: str = "楼道灯坏了三天", answer: str = ANSWER, klass: str = "EASY"
) -> Order:
    order = in_hand(world, world.order(text, kind="CONSULTATION"), klass)
    handler = world.actor("building")
    proof = [keep_upload(b"%PDF-1.4 x", "a.pdf", actor=handler).pk]
    order = finish_order(order, actor=handler, answer=answer, proof=proof)
    order = verify_pass_order(order, actor=world.actor("zhihe"))
    index_changes(5)
    return order


def numbers(found: list[Similar]) -> list[str]:
    return [each.order.number for each in found]


def test_a_solved_order_with_the_same_words_is_similar(world: World) -> None:
    old = solved(world)
    solved(world, "自来水发黄，不敢喝", "已冲洗水箱")
    fresh = world.order("楼道灯又坏了，请来修")
    found = similar_to(fresh, world.actor("zhihe"))
    assert numbers(found) == [old.number]
    assert found[0].is_near
    assert found[0].took is not None
    assert numbers(similar_text("楼道灯坏", fresh.cell_id, world.actor("zhihe"))) == [old.number]


def test_what_is_not_solved_and_the_order_itself_are_not_similar(world: World) -> None:
    world.order("楼道灯坏了三天")
    order = solved(world)
    index_changes(5)
    assert similar_to(order, world.actor("zhihe")) == []


@pytest.mark.parametrize("persona", ["neighbour", "unit_liaison", "volunteer", "dept", "resident"])
def test_out_of_sight_nothing_is_similar(world: World, persona: str) -> None:
    old = solved(world)
    fresh = world.order("楼道灯坏了三天", cell=QILIPING)
    assert similar_to(fresh, world.actor(persona)) == []
    assert draft_from(fresh, old.number, world.actor(persona)) == ""


def test_private_matters_lend_their_answers_to_nobody(world: World) -> None:
    old = solved(world, "夫妻吵架需要调解", "已上门调解", "PRIVATE")
    fresh = world.order("夫妻吵架需要调解")
    assert similar_to(fresh, world.actor("zhihe")) == []
    assert draft_from(fresh, old.number, world.actor("zhihe")) == ""


def test_an_answer_is_masked_before_it_is_lent(world: World) -> None:
    text = masked_answer(solved(world))
    assert "电工更换灯泡" in text
    for hidden in ("13800005678", "王建国", "501"):
        assert hidden not in text


@pytest.mark.parametrize("text", ["", "😀", "灯", "\x00", "楼道灯" * 40_000, "' & | !"])
def test_odd_texts_break_nothing(world: World, text: str) -> None:
    old = solved(world)
    found = similar_text(text, world.cells[UNIT].pk, world.actor("zhihe"))
    assert numbers(found) in ([], [old.number])


def test_the_desk_is_shown_similar_orders_and_nothing_is_filled_in(world: World) -> None:
    old = solved(world)
    fresh = world.order("楼道灯坏了三天")
    hints = [
        each for each in hints_for(world.actor("zhihe"), fresh) if old.number in str(each.cases)
    ]
    assert [each.klass for each in hints if each.preselect == ()] == ["EASY"]


def test_one_click_takes_an_answer_over_as_a_draft_and_sends_nothing(world: World) -> None:
    old = solved(world)
    fresh = in_hand(world, world.order("楼道灯坏了，请修", kind="CONSULTATION"))
    page = browser(world, "building").get(f"/orders/{fresh.number}").content.decode()
    href = f"/orders/{fresh.number}/finish?from={old.number}"
    assert href in page or href.replace("/finish", "/move/finish") in page
    at = page.index(f"finish?from={old.number}")
    address = page[page.rindex('"', 0, at) + 1 : page.index('"', at)]
    form = browser(world, "building").get(address).content.decode()
    assert "已联系电工更换灯泡" in form
    fresh.refresh_from_db()
    assert fresh.state == "HANDLING"
    assert fresh.answer == ""


def test_the_api_names_similar_orders_to_those_who_read_this_one(world: World) -> None:
    old = solved(world)
    fresh = world.order("楼道灯坏了三天")
    answer = caller(world, "zhihe").get(f"/api/v1/orders/{fresh.number}/similar")
    assert answer.status_code == 200
    body = answer.json()
    assert [item["number"] for item in body["items"]] == [old.number]
    assert "13800005678" not in body["items"][0]["answer"]
    out = caller(world, "neighbour").get(f"/api/v1/orders/{fresh.number}/similar")
    assert out.status_code == 404


def test_hits_are_marked_in_their_stretch() -> None:
    found = cut_around("昨天晚上开始，小区门口的垃圾没有人清运，味道很大。" * 3, ["垃圾", "清运"])
    assert [text for text, hit in found if hit][:2] == ["垃圾", "清运"]
    assert found[0].text == "昨天晚上开始，小区门口的"
    assert cut_around("没有", ["垃圾"]) == []
    assert cut_around("垃圾", []) == []


def test_the_search_page_marks_hits_and_escapes_the_rest(world: World) -> None:
    world.order("门口 <b>垃圾</b> 太多", title="<i>标题</i>")
    page = browser(world, "zhihe").get("/search", {"q": "垃圾"}).content.decode()
    assert "&lt;b&gt;<mark>垃圾</mark>&lt;/b&gt;" in page
    assert "<i>标题" not in page

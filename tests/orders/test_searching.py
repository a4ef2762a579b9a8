"""Words: what is found, in which order, by whom, and what never is."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

from gridpact.core.access import Actor, system
from gridpact.orders.filters import search
from gridpact.orders.models import Order, OrderWords, WordsDue, WordsMark
from gridpact.orders.search.finding import find_hits, find_on_board
from gridpact.orders.search.indexing import forget_words, index_changes
from gridpact.orders.search.wording import says_nothing
from gridpact.orders.services import (
    accept_order,
    dispatch_order,
    note_order,
    offer_order,
    sign_order,
    start_order,
    triage_order,
)
from gridpact.orders.services.desk.triage import Target
from tests.factories.world import UNIT, World

JUNK = (
    "'", "\\", "&", "|", "!", ":*", "<->", "(", "a' & !b | c:*", "灯:*", "😀", "", "  ", "\x00", "'; DROP",
    "%", "_", "灯" * 60, "，。！", "<2>", "@c1", "@z", "🏮灯🏮",
)  # fmt: skip


def found(actor: Actor, question: str) -> list[str]:
    """Numbers found in sight, best first."""
    rows = search(Order.objects.visible_to(actor), question, actor)
    return list(rows.order_by("place").values_list("number", flat=True))


def triaged(world: World, order: Order, klass: str = "EASY") -> Order:
    head = world.actor("zhihe")
    return triage_order(accept_order(order, actor=head), actor=head, klass=klass, reason="看过")


def in_hand(world: World, order: Order, klass: str = "EASY") -> Order:
    """With the building leader, who has begun."""
    head, handler = world.actor("zhihe"), world.actor("building")
    to = Target(post=world.post("building").pk)
    order = dispatch_order(triaged(world, order, klass), actor=head, to=to, note="")
    return start_order(sign_order(order, actor=handler), actor=handler)


@pytest.mark.parametrize(
    "question", ["垃圾", "清运", "小区 垃圾", "垃圾清运", "堆", "ＷＩＦＩ", "wifi", "没人清运"]
)
def test_words_are_found_wherever_they_stand(world: World, question: str) -> None:
    order = world.order("小区垃圾堆了3天没人清运，WiFi也坏了")
    world.order("水管漏水")
    index_changes(5)
    assert found(world.actor("zhihe"), question) == [order.number]


def test_what_is_not_indexed_yet_is_found_all_the_same(world: World) -> None:
    order = world.order("井盖松动")
    assert found(world.actor("zhihe"), "井盖") == [order.number]
    assert not OrderWords.objects.exists()


def test_all_words_come_first_and_some_words_only_when_nothing_has_all(world: World) -> None:
    both = world.order("路灯不亮，井盖也松动")
    one = world.order("路灯不亮")
    index_changes(5)
    assert found(world.actor("zhihe"), "路灯 井盖") == [both.number]
    assert set(found(world.actor("zhihe"), "路灯 电梯")) == {both.number, one.number}


def test_quotes_ask_for_the_words_in_this_order(world: World) -> None:
    exact = world.order("电梯困人，请快来")
    world.order("有人被困在电梯")
    index_changes(5)
    assert found(world.actor("zhihe"), "“电梯困人”") == [exact.number]


def test_a_title_weighs_more_than_a_word_in_passing(world: World) -> None:
    title = world.order("请修理\n门口的水管坏了", title="水管坏了")
    passing = world.order("楼上太吵，前几天水管也响过", title="噪音扰民")
    index_changes(5)
    assert found(world.actor("zhihe"), "水管") == [title.number, passing.number]


def test_answers_and_notes_are_found_after_the_next_turn_of_the_worker(world: World) -> None:
    order = in_hand(world, world.order("楼道灯坏了"))
    index_changes(5)
    handler = world.actor("building")
    order = note_order(order, actor=handler, note="需要换变压器")
    assert found(world.actor("zhihe"), "变压器") == []
    index_changes(5)
    assert found(world.actor("zhihe"), "变压器") == [order.number]


@pytest.mark.parametrize("persona", ["neighbour", "unit_liaison", "volunteer", "dept", "sysadmin"])
def test_nobody_finds_what_lies_out_of_sight(world: World, persona: str) -> None:
    world.order("楼道灯坏了")
    index_changes(5)
    assert found(world.actor(persona), "楼道") == []


@pytest.mark.parametrize("persona", ["zhihe", "township", "district", "worker", "building", "unit"])
def test_those_over_the_place_find_it(world: World, persona: str) -> None:
    order = world.order("楼道灯坏了")
    index_changes(5)
    assert found(world.actor(persona), "楼道") == [order.number]


def test_the_department_finds_what_it_handles(world: World) -> None:
    head = world.actor("zhihe")
    order = triaged(world, world.order("占道经营，请管一管"))
    dispatch_order(order, actor=head, to=Target(org=world.orgs["chengguan"].pk), note="")
    index_changes(5)
    assert found(world.actor("dept"), "占道") == [order.number]


def test_the_hall_finds_only_what_its_masks_leave(world: World) -> None:
    head = world.actor("zhihe")
    order = triaged(world, world.order("3栋2单元501室的陈小明家漏水，电话13800001234"))
    offer_order(order, actor=head, slots=1, until=None, skill="", note="内部备注防水")
    index_changes(5)
    liaison = world.actor("unit_liaison")
    assert found(liaison, "漏水") == [order.number]
    for hidden in ("501", "陈小明", '"13800001234" 室', "防水"):
        assert found(liaison, hidden) == [], hidden
    assert found(head, "防水") == [order.number]


def test_private_matters_are_found_by_nobody_who_cannot_read_them(world: World) -> None:
    order = in_hand(world, world.order("夫妻争吵，请调解"), "PRIVATE")
    index_changes(5)
    row = OrderWords.objects.get(order=order)
    assert row.shown is None
    assert found(world.actor("zhihe"), "争吵") == [order.number]
    assert find_on_board(Order.objects.on_board(), "争吵").ids == []


def test_the_board_is_searched_by_what_it_shows(world: World) -> None:
    order = in_hand(world, world.order("陈小明说路灯坏了"), "PUBLIC")
    note_order(order, actor=world.actor("building"), note="已联系电工")
    index_changes(5)
    rows = Order.objects.on_board()
    assert find_on_board(rows, "路灯").ids == [order.pk]
    assert find_on_board(rows, "路灯", order.community_id).ids == [order.pk]
    assert find_on_board(rows, "路灯", order.cell_id + 999_999).ids == []
    assert find_on_board(rows, "陈小明").ids == []
    assert find_on_board(rows, "电工").ids == []


@pytest.mark.parametrize("question", JUNK)
def test_odd_questions_break_nothing(world: World, question: str) -> None:
    world.order("楼道灯坏了")
    index_changes(5)
    actor = world.actor("zhihe")
    rows = search(Order.objects.visible_to(actor), question, actor)
    assert rows.count() in {0, 1}
    assert not find_on_board(Order.objects.on_board(), question).ids


def test_a_very_long_text_is_indexed_as_far_as_it_goes(world: World) -> None:
    order = world.order("路灯坏了")
    Order.objects.filter(pk=order.pk).update(text="井盖松动" * 25_000)
    index_changes(5)
    assert found(world.actor("zhihe"), "井盖") == [order.number]


def test_the_index_forgets_and_can_be_made_anew(world: World) -> None:
    order = world.order("路灯坏了")
    index_changes(5)
    forget_words([order.pk])
    assert not OrderWords.objects.exists()
    Order.objects.filter(pk=order.pk).update(text="已隐去", title="已隐去")
    WordsDue.objects.create(order=order)
    index_changes(5)
    assert found(world.actor("zhihe"), "路灯") == []
    assert found(world.actor("zhihe"), "隐去") == [order.number]
    assert not WordsDue.objects.exists()


def test_the_system_finds_everything(world: World) -> None:
    order = world.order("路灯坏了", cell=UNIT)
    index_changes(5)
    assert find_hits(Order.objects.all(), "路灯", system("clock")).ids == [order.pk]


def test_the_mark_follows_only_what_is_committed(real_world: World) -> None:
    orders = [real_world.order(f"路灯{n}坏了") for n in range(3)]
    assert not index_changes(5)
    assert WordsMark.objects.get().upto == 0
    WordsMark.objects.update(horizon=2**62)  # somebody who began before is still writing
    assert not index_changes(5)
    assert WordsMark.objects.get().upto == 0
    WordsMark.objects.update(horizon=0)  # all who were writing have ended
    assert not index_changes(5)
    newest = max(order.log.latest("pk").pk for order in orders)
    assert WordsMark.objects.get().upto == newest
    assert OrderWords.objects.count() == 3
    begun = in_hand(real_world, orders[0])
    index_changes(5)
    assert OrderWords.objects.get(order=begun).upto == begun.log.latest("pk").pk


def test_a_phone_finds_only_what_its_reader_reads_in_full(world: World) -> None:
    order = offer_order(triaged(world, world.order()), actor=world.actor("zhihe"), slots=1)
    phone, liaison = "13800001234", world.actor("unit_liaison")
    hall = Order.objects.visible_to(liaison)
    assert list(hall) == [order]
    assert not search(hall, phone, liaison).exists()
    desk = world.actor("zhihe")
    assert list(search(Order.objects.visible_to(desk), phone, desk)) == [order]


@pytest.mark.parametrize("question", ["漏電", "漏电"])
@pytest.mark.parametrize("is_indexed", [True, False])
def test_traditional_and_simplified_signs_find_each_other(
    world: World, question: str, *, is_indexed: bool
) -> None:
    either_way = [world.order("樓道漏電，很危險").number, world.order("楼道漏电，很危险").number]
    if is_indexed:
        index_changes(5)
        assert sorted(found(world.actor("zhihe"), question)) == sorted(either_way)
    elif question == "漏電":  # what is not indexed is asked as it was typed and simplified
        assert sorted(found(world.actor("zhihe"), question)) == sorted(either_way)


def test_an_upgrade_indexes_orders_in_traditional_signs_anew(world: World) -> None:
    old, plain = world.order("樓道漏電"), world.order("楼道漏水")
    index_changes(5)
    with connection.schema_editor() as editor:
        import_module("gridpact.orders.migrations.0010_words_in_simplified_signs").ask(None, editor)
    assert set(WordsDue.objects.values_list("pk", flat=True)) == {old.pk}
    assert plain.pk != old.pk


@pytest.mark.parametrize(
    ("question", "is_common"),
    [
        ("的", True),
        ("请给我的", True),
        ("“我们的”", True),
        ("请修路灯", False),
        ("", False),
        ("?!", False),
    ],
)
def test_a_question_of_words_that_every_text_has_says_so(question: str, *, is_common: bool) -> None:
    assert says_nothing(question) is is_common

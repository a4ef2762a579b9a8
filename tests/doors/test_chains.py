"""Chains against what is known of them: differences, orders, rights."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connections

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.doors.models import Chain, ChainEntry, ChainPaste
from gridpact.doors.services import Paste, read_paste, save_chain
from gridpact.orders.models import Order
from gridpact.orders.services import accept_order, triage_order
from tests.doors.chains import WISHES, paste
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World


def rows(chain: Chain) -> list[tuple[str, str, str]]:
    return [(row.name, row.remark, row.state) for row in chain.entries.all()]


def test_wishes_become_orders_in_their_place(world: World) -> None:
    saved = paste(world)
    assert len(saved.opened) == 3
    first = Order.objects.get(pk=saved.opened[0].pk)
    assert (first.kind, first.channel, first.state) == ("WISH", "CHAIN", "SUBMITTED")
    assert first.cell.code == UNIT
    assert first.title == "想要一盏台灯"
    assert first.source_system == "chain"
    assert [order.cell.code for order in saved.opened[1:]] == [ZHIHE, ZHIHE]
    assert saved.opened[1].reporter_phone_digest
    assert rows(saved.chain)[0] == ("李明", "想要一盏台灯", "NEW")


def test_names_phones_and_the_raw_text_are_kept_sealed(world: World) -> None:
    saved = paste(world)
    kept = ChainPaste.objects.get(chain=saved.chain)
    assert kept.text == WISHES and "王芳" not in kept.text_sealed
    stored = str(list(ChainEntry.objects.values()))
    assert "王芳" not in stored and "13800001234" not in stored


def test_sign_ups_stay_entries(world: World) -> None:
    saved = paste(world, "#接龙\n周六扫地，请报名\n1. 李明 2人\n2. 王芳")
    assert saved.chain.kind == "SIGN_UP" and saved.opened == []
    assert not Order.objects.filter(channel="CHAIN").exists()
    assert sum(row.count for row in saved.chain.entries.all()) == 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#接龙\n周六义诊\n1. 李明 2人\n2. 王芳\n3. 陈静 带上母亲", "SIGN_UP"),
        ("#接龙\n这几天小区里\n1. 李明 3栋路灯不亮\n2. 王芳 井盖松了\n3. 陈静", "NEED"),
        ("#接龙\n家里要维修的\n1. 李明 3栋\n2. 王芳", "NEED"),
        ("#接龙\n微心愿\n1. 李明\n2. 王芳", "WISH"),
    ],
)
def test_without_a_kind_title_and_entries_say_what_they_become(
    world: World, text: str, kind: str
) -> None:
    assert paste(world, text).chain.kind == kind


def test_the_same_text_again_changes_nothing(world: World) -> None:
    first = paste(world)
    before = list(ChainEntry.objects.values())
    again = paste(world)
    assert again.reading.is_repeated and again.opened == []
    assert list(ChainEntry.objects.values()) == before
    assert first.chain.pastes.count() == 1 and Order.objects.count() == 3


def test_a_longer_paste_adds_only_what_is_new(world: World) -> None:
    paste(world)
    longer = paste(world, WISHES + "\n4. 陈静 血压计")
    counts = [len(longer.reading.of(each)) for each in ("new", "changed", "same")]
    assert counts == [1, 0, 3] and longer.reading.withdrawn == []
    assert [order.title for order in longer.opened] == ["血压计"]
    assert longer.chain.pastes.count() == 2


def test_who_leaves_the_list_is_marked_and_nothing_is_deleted(world: World) -> None:
    first = paste(world)
    left = paste(world, "#接龙 微心愿\n1. 李明 3栋1单元 想要一盏台灯\n2. 王芳 放大镜")
    gone = left.reading.withdrawn
    assert [row.remark for row in gone] == ["轮椅"]
    assert left.ended == [] and left.chain.entries.count() == 3
    assert Order.objects.get(pk=first.opened[1].pk).state == "SUBMITTED"


def test_the_order_of_who_left_is_withdrawn_only_when_ticked(world: World) -> None:
    first = paste(world)
    wheelchair, lamp = first.opened[1], first.opened[0]
    row = ChainEntry.objects.get(order=wheelchair)
    other = ChainEntry.objects.get(order=lamp)
    left = paste(world, "#接龙 微心愿\n1. 王芳 放大镜", withdraw={row.pk})
    assert left.ended == [wheelchair.number]
    assert Order.objects.get(pk=wheelchair.pk).state == "WITHDRAWN"
    assert Order.objects.get(pk=lamp.pk).state == "SUBMITTED"
    other.refresh_from_db()
    assert other.state == "WITHDRAWN"


def test_an_order_that_went_too_far_is_kept_and_said(world: World) -> None:
    first = paste(world)
    head = world.actor("zhihe")
    order = accept_order(first.opened[0], actor=head)
    order = triage_order(order, actor=head, klass="PRIVATE", reason="家事")
    Order.objects.filter(pk=order.pk).update(state="HANDLING")
    row = ChainEntry.objects.get(order=order)
    left = paste(world, "#接龙 微心愿\n1. 王芳 轮椅 13800001234\n2. 王芳 放大镜", withdraw={row.pk})
    assert left.ended == [] and left.kept == [order.number]
    assert Order.objects.get(pk=order.pk).state == "HANDLING"


def test_a_changed_entry_keeps_its_row_and_its_open_order(world: World) -> None:
    first = paste(world)
    changed = paste(world, WISHES.replace("想要一盏台灯", "想要两盏台灯"))
    assert len(changed.reading.of("changed")) == 1 and changed.opened == []
    row = changed.chain.entries.get(order=first.opened[0])
    assert (row.remark, row.state) == ("想要两盏台灯", "CHANGED")


def test_a_changed_entry_is_noted_on_its_open_order_once(world: World) -> None:
    order = paste(world).opened[0]
    longer = WISHES.replace("想要一盏台灯", "想要两盏台灯，电话13900001111")
    paste(world, longer)
    paste(world, longer + "\n4. 陈静 血压计")
    line = order.log.get(verb="add_words")
    assert "想要两盏台灯" in line.text
    assert "13900001111" not in line.text
    assert order.log.count() == 2


def test_a_changed_entry_whose_order_has_ended_is_kept_in_the_chain_only(world: World) -> None:
    order = paste(world).opened[0]
    Order.objects.filter(pk=order.pk).update(state="CLOSED")
    paste(world, WISHES.replace("想要一盏台灯", "想要两盏台灯"))
    assert not order.log.filter(verb="add_words").exists()


def test_who_comes_back_after_a_withdrawal_gets_a_new_order(world: World) -> None:
    first = paste(world)
    row = ChainEntry.objects.get(order=first.opened[0])
    paste(world, "#接龙 微心愿\n1. 王芳 轮椅 13800001234\n2. 王芳 放大镜", withdraw={row.pk})
    back = paste(world, WISHES + "\n")
    assert [line.entry.name for line in back.reading.of("back")] == ["李明"]
    assert len(back.opened) == 1 and back.opened[0].pk != first.opened[0].pk
    assert back.chain.entries.count() == 3


def test_another_day_group_or_cell_is_another_chain(world: World) -> None:
    first = paste(world)
    yesterday = clock.today() - timedelta(days=1)
    assert paste(world, day=yesterday).chain.pk != first.chain.pk
    assert paste(world, group="3栋群").chain.pk != first.chain.pk
    assert paste(world, cell=GRID).chain.pk != first.chain.pk
    assert Chain.objects.count() == 4


def test_a_chain_of_yesterday_with_this_title_is_offered(world: World) -> None:
    yesterday = clock.today() - timedelta(days=1)
    old = paste(world, day=yesterday)
    reading = read_paste(Paste(WISHES, ZHIHE), actor=world.actor("zhihe"))
    assert reading.saved is None and reading.earlier == old.chain
    assert Chain.objects.count() == 1


def test_names_of_the_cells_own_people_are_known(world: World) -> None:
    text = "#接龙\n1. 网格员甲 来\n2. worker甲 灯坏了\n3. neighbour甲 灯坏了"
    lines = read_paste(Paste(text, ZHIHE), actor=world.actor("zhihe")).lines
    assert [line.known_as for line in lines] == ["", "第一网格 网格员", ""]


@pytest.mark.parametrize(
    "who, cell, status",
    [
        ("zhihe", ZHIHE, 0), ("worker", GRID, 0), ("building", MICRO, 0), ("township", ZHIHE, 0),
        ("worker", ZHIHE, 404), ("neighbour", ZHIHE, 404), ("zhihe", "nowhere", 404),
        ("zhihe", QILIPING, 404), ("sysadmin", ZHIHE, 403), ("volunteer", ZHIHE, 403),
        ("resident", ZHIHE, 403),
    ],
)  # fmt: skip
def test_only_those_who_enter_orders_there_may_save(
    world: World, who: str, cell: str, status: int
) -> None:
    if not status:
        assert paste(world, who=who, cell=cell).chain.cell.code == cell
        return
    with pytest.raises(Refused) as refused:
        paste(world, who=who, cell=cell)
    assert refused.value.status == status
    assert not Chain.objects.exists() and not Order.objects.exists()


@pytest.mark.parametrize(
    "given, code",
    [
        ({"text": ""}, "chain_empty"), ({"text": "#接龙\n只有题目"}, "chain_empty"),
        ({"text": "啊" * 1_000_001}, "chain_text_long"), ({"kind": "X"}, "chain_kind"),
        ({"day": clock.today() + timedelta(days=1)}, "chain_day"),
        ({"day": date(1999, 12, 31)}, "chain_day_old"),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_is_refused_whole(
    world: World, given: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        paste(world, **({"text": WISHES} | given))  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert not Chain.objects.exists()


def test_two_people_who_paste_at_once_make_one_chain(real_world: World) -> None:
    barrier = threading.Barrier(2)
    seen: list[int] = []

    def work(who: str) -> None:
        barrier.wait()
        try:
            actor = real_world.actor(who)
            seen.append(len(save_chain(Paste(WISHES, ZHIHE), actor=actor).opened))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(who,)) for who in ("zhihe", "township")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(seen) == [0, 3]
    assert Chain.objects.count() == 1 and Order.objects.count() == 3


def test_five_thousand_entries_can_be_saved_and_pasted_again(world: World) -> None:
    lines = [f"{n}. 王{n} {n % 9 + 1}-1-101 2人" for n in range(1, 5001)]
    text = "#接龙\n大扫除报名\n" + "\n".join(lines)
    started = time.process_time()
    saved = paste(world, text)
    assert saved.chain.entries.count() == 5000
    again = paste(world, text + "\n5001. 新来的")
    assert len(again.reading.of("same")) == 5000 and again.chain.entries.count() == 5001
    assert time.process_time() - started < 20

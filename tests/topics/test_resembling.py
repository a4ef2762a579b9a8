from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.orders.choices import Klass, State
from gridpact.orders.hooks.hints import hints_for
from gridpact.orders.models import Order
from gridpact.topics.hints import duplicate_hints
from gridpact.topics.resembling import resembling_on_board, resembling_orders
from tests.factories.world import QILIPING, ZHIHE, World

LAMP = "三号楼门口的路灯坏了三天，晚上一片漆黑"
AGAIN = "楼门口路灯坏了好几天没人修，晚上漆黑一片"


def shown(world: World, text: str = LAMP, **given: str) -> Order:
    order = world.order(text, **given)
    Order.objects.filter(pk=order.pk).update(
        is_public=True, klass=Klass.PUBLIC, state=State.HANDLING
    )
    order.refresh_from_db()
    return order


def test_a_public_matter_like_it_in_the_same_community_is_found(world: World) -> None:
    order = shown(world)
    shown(world, "广场舞音响太大，影响孩子写作业")
    found = resembling_on_board(AGAIN, cell=ZHIHE)
    assert [each.number for each in found] == [order.number]
    assert 0.3 <= found[0].likeness <= 1


@pytest.mark.parametrize(
    "change",
    [
        {"is_public": False},
        {"state": State.REJECTED},
        {"state": State.MERGED},
        {"created_at": clock.now() - timedelta(days=61)},
        {"state": State.CLOSED, "finished_at": clock.now() - timedelta(days=20)},
    ],
)
def test_what_is_not_public_ended_or_old_is_not_found(
    world: World, change: dict[str, object]
) -> None:
    order = shown(world)
    Order.objects.filter(pk=order.pk).update(**change)
    assert resembling_on_board(AGAIN, cell=ZHIHE) == []


def test_another_community_short_words_and_no_place_find_nothing(world: World) -> None:
    shown(world)
    assert resembling_on_board(AGAIN, cell=QILIPING) == []
    assert resembling_on_board("路灯坏了", cell=ZHIHE) == []
    for cell, lon, lat in (("", "", ""), ("no-such", "x", "nan"), ("", "999", "999")):
        assert resembling_on_board(AGAIN, cell=cell, lon=lon, lat=lat) == []


def test_titles_are_masked(world: World) -> None:
    order = shown(world)
    Order.objects.filter(pk=order.pk).update(title="路灯坏了三天漆黑 13800001234 3栋2单元501室")
    title = resembling_on_board(AGAIN, cell=ZHIHE)[0].title
    assert "13800001234" not in title and "501" not in title


@pytest.mark.parametrize("text", ["🙂" * 20, "\x00" * 20, "a" * 100_000, "路灯" * 50_000, "?" * 30])
def test_odd_texts_are_taken(world: World, text: str) -> None:
    shown(world)
    assert len(resembling_on_board(text, cell=ZHIHE)) <= 3


def test_the_desk_is_shown_possible_duplicates_with_the_way_to_merge_them(world: World) -> None:
    first = world.order(LAMP)
    second = world.order(AGAIN)
    hints = duplicate_hints(world.actor("zhihe"), second)
    assert first.number in str(hints[0].title)
    assert hints[0].href.endswith(f"/merge?into={first.number}")
    assert not hints[0].preselect
    assert any(first.number in str(hint.title) for hint in hints_for(world.actor("zhihe"), second))


def test_the_desk_next_door_is_shown_nothing(world: World) -> None:
    world.order(LAMP)
    second = world.order(AGAIN)
    assert resembling_orders(second, world.actor("neighbour")) == []
    assert duplicate_hints(world.actor("neighbour"), second) == []


def test_private_matters_resemble_private_matters_only(world: World) -> None:
    first = world.order(LAMP)
    second = world.order(AGAIN)
    Order.objects.filter(pk=first.pk).update(klass=Klass.PRIVATE)
    assert resembling_orders(second, world.actor("zhihe")) == []

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.notify.models import Outbox
from gridpact.orders.choices import Klass, State
from gridpact.orders.models import Affected, Order, OrderLog
from gridpact.topics.models import HotTopic, TopicOrder
from gridpact.topics.selectors import area_of, seen_topic, seen_topics, weeks_of
from gridpact.topics.services import (
    find_all,
    find_area,
    period_of,
    preview_union,
    unite_topic,
)
from tests.factories.world import QILIPING, World

TEXTS = (
    "锦云小区旁边的搅拌厂夜里一直响，灰尘很大",
    "请管管锦云小区北门的搅拌厂，噪音和灰尘让人受不了",
    "搅拌厂离锦云小区太近，夜里噪音扰民，灰尘落满阳台",
    "锦云小区住户反映：搅拌厂灰尘太大，夜里还响",
)
WORKER = system("topics")


def township() -> Cell:
    return Cell.objects.open().filter(level=Level.TOWNSHIP).order_by("code")[0]


def placed(world: World, *, cell: str | None = None) -> list[Order]:
    where = {} if cell is None else {"cell": cell}
    orders = [world.order(text, **where) for text in TEXTS]
    for at, order in enumerate(orders):
        Order.objects.filter(pk=order.pk).update(reporter_phone_digest=f"d{at}")
    return orders


def found(world: World, days: int = 30) -> HotTopic:
    cell = area_of(world.actor("zhihe"))
    assert cell is not None
    find_area(cell, days, actor=WORKER)
    return HotTopic.objects.filter(cell=cell, days=days)[0]


def test_orders_about_one_matter_become_a_topic_of_their_area(world: World) -> None:
    orders = placed(world)
    world.order("路灯坏了，晚上看不清")
    topic = found(world)
    assert "锦云小区" in topic.name
    assert set(topic.members.values_list("order", flat=True)) == {row.pk for row in orders}
    seen = seen_topics(world.actor("zhihe"), topic.cell, 30)[0]
    assert (seen.orders, seen.people) == (4, 4)
    assert sum(count for _week, count in weeks_of(topic, world.actor("zhihe"))) == 4


def test_looking_again_replaces_what_was_found(world: World) -> None:
    placed(world)
    first = found(world)
    again = found(world)
    assert again.pk != first.pk
    assert not HotTopic.objects.filter(pk=first.pk).exists()
    assert TopicOrder.objects.count() == 4


def test_private_refused_and_old_orders_take_no_part(world: World) -> None:
    orders = placed(world)
    Order.objects.filter(pk=orders[0].pk).update(klass=Klass.PRIVATE)
    Order.objects.filter(pk=orders[1].pk).update(state=State.REJECTED)
    Order.objects.filter(pk=orders[2].pk).update(created_at=clock.now() - timedelta(days=40))
    cell = area_of(world.actor("zhihe"))
    assert cell is not None
    assert find_area(cell, 30, actor=WORKER) == 0


def test_one_person_is_counted_once(world: World) -> None:
    placed(world)
    Order.objects.update(reporter_phone_digest="the same")
    seen = seen_topics(world.actor("zhihe"), found(world).cell, 30)[0]
    assert (seen.orders, seen.people) == (4, 1)


def test_who_sees_none_of_the_orders_sees_no_topic(world: World) -> None:
    placed(world, cell=QILIPING)
    find_all(actor=WORKER)
    topic = HotTopic.objects.filter(days=30)[0]
    assert seen_topic(world.actor("district"), topic.pk) is not None
    assert seen_topic(world.actor("zhihe"), topic.pk) is None
    assert topic not in HotTopic.objects.visible_to(world.actor("zhihe"))
    assert topic in HotTopic.objects.visible_to(world.actor("district"))


def test_a_topic_is_as_hot_as_the_part_of_it_in_sight(world: World) -> None:
    mine = placed(world)[:1]
    theirs = placed(world, cell=QILIPING)
    for at, order in enumerate(theirs):
        Order.objects.filter(pk=order.pk).update(reporter_phone_digest=f"e{at}")
    Order.objects.exclude(pk__in=[row.pk for row in [*mine, *theirs]]).update(klass=Klass.PRIVATE)
    topic = found(world)
    seen = seen_topic(world.actor("zhihe"), topic.pk)
    whole = seen_topic(world.actor("district"), topic.pk)
    assert seen is not None and whole is not None
    assert (seen.people, whole.people) == (1, 5)
    assert seen.heat == pytest.approx(topic.heat / 5, abs=0.01)


def test_orders_of_a_topic_are_merged_and_their_reporters_are_told(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    into, *others = [order.number for order in orders]
    made = unite_topic(
        topic, actor=world.actor("zhihe"), into=into, numbers=[*others, into], reason="同一件事"
    )
    assert (made.merged, made.refused, made.people) == (others, [], 4)
    assert set(Order.objects.filter(merged_into__number=into).values_list("number", flat=True)) == (
        set(others)
    )
    assert Affected.objects.filter(order__number=into).count() == 3


def test_what_cannot_be_merged_stays_and_says_why(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    Order.objects.filter(pk=orders[1].pk).update(state=State.HANDLING)
    numbers = [orders[1].number, orders[2].number]
    made = unite_topic(
        topic, actor=world.actor("zhihe"), into=orders[0].number, numbers=numbers, reason="同一件事"
    )
    assert made.merged == [orders[2].number]
    assert [number for number, _why in made.refused] == [orders[1].number]
    orders[1].refresh_from_db()
    assert orders[1].state == State.HANDLING


def test_orders_nobody_signed_count_as_a_person_each(world: World) -> None:
    for order in placed(world):
        Order.objects.filter(pk=order.pk).update(
            reporter_phone_digest="", reporter_user=None, anonymous=True
        )
    topic = found(world)
    whole = seen_topic(world.actor("district"), topic.pk)
    assert whole is not None
    assert (whole.orders, whole.people) == (4, 4)


def test_a_preview_says_the_same_and_leaves_everything_as_it_was(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    Order.objects.filter(pk=orders[1].pk).update(state=State.HANDLING)
    into, *others = [order.number for order in orders]
    before = (OrderLog.objects.count(), Outbox.objects.count(), AuditRow.objects.count())
    given = {"into": into, "numbers": others, "reason": "同一件事"}
    shown = preview_union(topic, actor=world.actor("zhihe"), **given)
    assert not Order.objects.filter(state=State.MERGED).exists()
    assert before == (
        OrderLog.objects.count(), Outbox.objects.count(), AuditRow.objects.count()
    )  # fmt: skip
    assert unite_topic(topic, actor=world.actor("zhihe"), **given) == shown


@pytest.mark.parametrize(
    ("into", "pick", "code"), [("", 1, "topic_target"), ("X", 1, "topic_target")]
)
def test_a_target_outside_the_topic_is_refused(
    world: World, into: str, pick: int, code: str
) -> None:
    orders = placed(world)
    topic = found(world)
    with pytest.raises(Refused) as refusal:
        unite_topic(
            topic, actor=world.actor("zhihe"), into=into, numbers=[orders[pick].number], reason="x"
        )
    assert refusal.value.code == code
    assert not Order.objects.filter(state=State.MERGED).exists()


def test_nothing_picked_is_refused(world: World) -> None:
    orders = placed(world)
    topic = found(world)
    with pytest.raises(Refused) as refusal:
        unite_topic(
            topic, actor=world.actor("zhihe"), into=orders[0].number,
            numbers=[orders[0].number], reason="x",
        )  # fmt: skip
    assert refusal.value.code == "topic_nothing"


def test_periods_are_seven_thirty_or_ninety_days() -> None:
    assert [period_of(given) for given in ("", "7", "90")] == [30, 7, 90]
    for given in ("0", "365", "x", "-7"):
        with pytest.raises(Refused) as refusal:
            period_of(given)
        assert refusal.value.status == 422

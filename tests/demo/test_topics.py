from __future__ import annotations

from gridpact.demo.topics import build_topics
from gridpact.orders.choices import Klass
from gridpact.orders.models import Order
from gridpact.topics.models import HotTopic
from tests.factories.world import World


def test_recent_orders_of_one_community_speak_of_one_matter(world: World) -> None:
    orders = [world.order(f"第{number}件不同的事情") for number in range(7)]
    for order in orders:
        rows = Order.objects.filter(pk=order.pk)
        rows.update(klass=Klass.PUBLIC, reporter_phone_digest=order.number)
    before = Order.objects.count()
    for place in ("梧桐路", "公园", "菜市场", "车站", "学校", "广场", "桥头", "河边"):
        Order.objects.filter(pk=world.order(f"{place}的路灯坏了").pk).update(klass=Klass.EASY)
    build_topics()
    assert Order.objects.count() == before + 8
    topics = HotTopic.objects.filter(days=30, name__contains="云桂花园")
    assert topics[0].members.count() >= 4

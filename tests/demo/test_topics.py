from __future__ import annotations

from gridpact.demo.topics import build_topics
from gridpact.orders.choices import Klass
from gridpact.orders.models import Order
from gridpact.topics.models import HotTopic
from tests.factories.world import World


def test_recent_orders_of_one_community_speak_of_one_matter(world: World) -> None:
    orders = [world.order(f"第{number}件不同的事情") for number in range(7)]
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(klass=Klass.PUBLIC)
    before = Order.objects.count()
    build_topics()
    assert Order.objects.count() == before
    topic = HotTopic.objects.filter(days=30)[0]
    assert "云桂花园" in topic.name
    assert topic.members.count() >= 6

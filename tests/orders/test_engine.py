"""What every move writes down, whoever makes it."""

from __future__ import annotations

from django.utils.translation import override

from gridpact.orders import services
from gridpact.orders.models import OrderLog
from tests.factories.world import World


def test_the_timeline_is_in_the_language_of_the_district_whatever_the_actor_reads(
    world: World,
) -> None:
    head = world.actor("zhihe")
    with override("en"):
        order = services.accept_order(world.order(), actor=head)
        services.triage_order(order, actor=head, klass="PRIVATE", reason="家事")
        services.contact_reporter(order, actor=head, way="PHONE", reached=True, note="")
    lines = OrderLog.objects.filter(order=order).order_by("id").values_list("text", flat=True)
    assert [line for line in lines if line][-2:] == ["私事: 家事", "电话: 已联系上"]

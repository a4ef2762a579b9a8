"""Outbox rows become messages in bells: once per person, also after a failure."""

from __future__ import annotations

from django.utils import translation

from gridpact.notify import services
from gridpact.notify.models import Notification, Outbox
from gridpact.orders.services import urge_order
from tests.factories.world import World


def test_intake_tells_desk_and_heads_of_the_place_only(world: World) -> None:
    world.order()
    services.deliver_batch()
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert told == {"zhihe", "area"}


def test_delivery_is_once_per_person(world: World) -> None:
    world.order()
    assert services.deliver_batch() >= 1
    assert services.deliver_batch() == 0
    assert Notification.objects.of(world.users["zhihe"].pk).count() == 1


def test_nobody_is_told_of_what_they_did_themselves(world: World) -> None:
    order = world.order()
    services.deliver_batch()
    Notification.objects.all().delete()
    urge_order(order, actor=world.actor("zhihe"))
    services.deliver_batch()
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert told == {"area"}


def test_text_is_rendered_in_the_readers_language(world: World) -> None:
    order = world.order()
    services.deliver_batch()
    message = Notification.objects.of(world.users["zhihe"].pk).get()
    with translation.override("en"):
        assert message.text == f"New order {order.number} in 1单元: {order.title}"


def test_a_bad_audience_is_kept_with_its_error_and_blocks_nobody(world: World) -> None:
    services.tell("order_opened", {}, {"rule": "nobody knows"})
    world.order()
    services.deliver_batch()
    bad = Outbox.objects.get(audience__rule="nobody knows")
    assert (bad.done_at, bad.attempts) == (None, 1)
    assert "nobody knows" in bad.error
    assert Notification.objects.of(world.users["zhihe"].pk).count() == 1


def test_mark_read_touches_only_ones_own_messages(world: World) -> None:
    world.order()
    services.deliver_batch()
    assert services.mark_read(actor=world.actor("zhihe")) == 1
    assert Notification.objects.of(world.users["area"].pk).unread().count() == 1
    assert services.mark_read(actor=world.actor("zhihe")) == 0

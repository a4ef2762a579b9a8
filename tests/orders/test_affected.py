"""“Also affects me”: once a phone, only on the board, and nobody learns who placed the order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from gridpact.audit.models import AuditRow
from gridpact.core.access import PUBLIC, Refused
from gridpact.orders import services
from gridpact.orders.models import Affected, Order
from tests.api import anyone
from tests.factories.world import World
from tests.pages import browser, words

PHONE, OTHER = "13800007001", "13800007002"


def triaged(world: World, klass: str = "PUBLIC") -> Order:
    head = world.actor("zhihe")
    order = services.accept_order(world.order(), actor=head)
    return services.triage_order(order, actor=head, klass=klass, reason="按职责")


def test_each_phone_counts_once_however_it_is_written(world: World) -> None:
    order = triaged(world)
    for phone in (PHONE, "138 0000 7001", "138-0000-7001", OTHER):
        order = services.join_order(order, phone=phone, actor=PUBLIC)
    assert order.affected == 2
    assert Affected.objects.filter(order=order).count() == 2
    assert AuditRow.objects.filter(action="orders.join").count() == 2
    assert not Affected.objects.filter(phone_sealed__contains="7001").exists()


def test_the_reporters_own_phone_is_answered_like_any_other(world: World) -> None:
    order = triaged(world)
    assert services.join_order(order, phone="13800001234", actor=PUBLIC).affected == 1
    assert services.join_order(order, phone="13800001234", actor=PUBLIC).affected == 1


@pytest.mark.parametrize(
    ("phone", "code"), [("", "missing"), ("call me", "phone_wrong"), ("1" * 30, "phone_wrong")]
)
def test_what_is_no_phone_is_refused_and_counts_nothing(
    world: World, phone: str, code: str
) -> None:
    order = triaged(world)
    with pytest.raises(Refused) as refusal:
        services.join_order(order, phone=phone, actor=PUBLIC)
    assert (refusal.value.code, refusal.value.status) == (code, 422)
    order.refresh_from_db()
    assert order.affected == 0


def test_private_and_untriaged_matters_are_never_joined(world: World) -> None:
    for order in (world.order(), triaged(world, "PRIVATE")):
        with pytest.raises(Refused) as refusal:
            services.join_order(order, phone=PHONE, actor=PUBLIC)
        assert refusal.value.status == 403
        answer = anyone().post(f"/api/v1/public/orders/{order.number}/affected", {"phone": PHONE})
        assert answer.status_code == 404
    assert not Affected.objects.exists()


def test_an_address_joins_ten_times_in_ten_minutes(world: World) -> None:
    order = triaged(world)
    url = f"/api/v1/public/orders/{order.number}/affected"
    for at in range(10):
        answer = anyone().post(url, {"phone": f"1380000710{at}"})
        assert answer.json() == {"number": order.number, "affected": at + 1}
    late = anyone().post(url, {"phone": PHONE})
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 600
    order.refresh_from_db()
    assert order.affected == 10


def test_those_who_handle_it_read_how_many_it_affects(world: World) -> None:
    order = services.join_order(triaged(world), phone=PHONE, actor=PUBLIC)
    client = browser(world, "zhihe")
    client.cookies["language"] = "en"
    page = words(client.get(f"/orders/{order.number}"))
    assert "Also affects 1 other person" in page
    assert PHONE not in page


def test_two_taps_at_once_count_once(real_world: World) -> None:
    order = triaged(real_world)

    def tap(_: int) -> None:
        services.join_order(order, phone=PHONE, actor=PUBLIC)
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tap, range(4)))
    order.refresh_from_db()
    assert (order.affected, order.others.count()) == (1, 1)

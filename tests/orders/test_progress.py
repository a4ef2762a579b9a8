"""What the public call says of an order: promise, steps, answer, and what may still be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import Order, OrderLog, Urge
from gridpact.orders.selectors.standing import merged_target, urge_open_at
from gridpact.orders.services import Contact
from tests.api import anyone
from tests.factories.world import World
from tests.orders.test_moves import bring


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def progress(order: Order, *, code: bool = True) -> dict[str, Any]:
    query = f"?code={order.code}" if code else ""
    answer = anyone().get(f"/api/v1/public/orders/{order.number}{query}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_steps_carry_their_limit_and_whether_it_was_kept(world: World) -> None:
    steps = progress(bring(world, State.HANDLING))["steps"]
    assert [step["step"] for step in steps] == ["accept", "dispatch", "sign", "handle"]
    assert [step["on_time"] for step in steps] == [True, True, True, None]
    assert all(step["due_at"] > step["started_at"] for step in steps)


def test_the_reporters_own_name_is_hidden_in_every_text(world: World) -> None:
    order = world.order("我是陈小明，楼道灯坏了", contact=Contact("陈小明", "13800001234"))
    services.reject_order(order, actor=world.actor("zhihe"), reason="请陈小明找物业")
    said = progress(order)
    assert "陈小明" not in str(said)
    assert "陈**" in said["title"]
    assert "陈**" in said["told"][0]["text"]


def test_the_light_of_the_promise_is_said_in_words(world: World) -> None:
    order = world.order()
    assert progress(order)["light"]["colour"] == "green"
    with clock.frozen(order.promised_at + timedelta(hours=1)):
        assert progress(order)["light"]["colour"] == "red"


def test_the_answer_is_the_reporters_first_and_the_publics_after_the_check(world: World) -> None:
    done = bring(world, State.DONE)
    assert progress(done)["answer"] == "已修好"
    assert progress(done, code=False)["answer"] == ""
    services.verify_pass_order(done, actor=world.actor("zhihe"))
    assert progress(done, code=False)["answer"] == "已修好"


def test_pictures_of_the_reporter_are_not_named_to_the_public(world: World) -> None:
    done = bring(world, State.VERIFIED)
    done.photos.update(role="REPORT")
    assert progress(done, code=False)["photos"] == []
    assert len(progress(done)["photos"]) == done.photos.count() > 0


def test_rating_is_offered_once_and_within_its_days(world: World) -> None:
    order = bring(world, State.VERIFIED)
    assert progress(order)["can_rate"] is True
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert progress(order)["can_rate"] is False
    services.rate_order(order, actor=world.reporter(order), solved=True, satisfaction="satisfied")
    assert progress(order)["can_rate"] is False


def test_an_extension_is_told_with_its_reason(world: World) -> None:
    order = bring(world, State.HANDLING)
    assert progress(order)["extension"] is None
    OrderLog.objects.create(
        order=order, at=clock.now(), verb="extend", before=order.state, after=order.state,
        told="需要等配件，改为下周三前办好",
    )  # fmt: skip
    assert progress(order)["extension"]["text"] == "需要等配件，改为下周三前办好"


def test_a_merged_order_tells_how_far_the_other_is(world: World) -> None:
    target = bring(world, State.VERIFIED)
    middle, order = world.order(), world.order()
    Order.objects.filter(pk=middle.pk).update(merged_into=target, state=State.MERGED)
    Order.objects.filter(pk=order.pk).update(merged_into=middle, state=State.MERGED)
    merged = progress(order)["merged_into"]
    assert (merged["number"], merged["answer"]) == (target.number, "已修好")


def test_an_answer_that_became_private_is_read_by_its_own_reporter_only(world: World) -> None:
    target = bring(world, State.VERIFIED)
    stranger = world.order(contact=Contact("李小红", "13800005678"))
    same = world.order()
    both = Order.objects.filter(pk__in=(stranger.pk, same.pk))
    both.update(merged_into=target, state=State.MERGED)
    Order.objects.filter(pk=target.pk).update(klass="PRIVATE", is_public=False)
    assert progress(stranger)["merged_into"]["answer"] == ""
    assert progress(same)["merged_into"]["answer"] == "已修好"


def test_a_circle_of_merged_orders_ends(world: World) -> None:
    one, two = world.order(), world.order()
    Order.objects.filter(pk=one.pk).update(merged_into=two)
    Order.objects.filter(pk=two.pk).update(merged_into=one)
    one.refresh_from_db()
    assert merged_target(one) is None


def test_urging_is_open_again_on_the_next_day(world: World) -> None:
    order = bring(world, State.HANDLING)
    assert urge_open_at(order) is None
    Urge.objects.create(order=order, at=clock.now(), by_reporter=True)
    again = urge_open_at(order)
    assert again is not None
    with clock.frozen(again):
        assert urge_open_at(order) is None


def test_an_urge_of_the_desk_does_not_stop_the_resident(world: World) -> None:
    order = bring(world, State.HANDLING)
    Urge.objects.create(order=order, at=clock.now(), by_reporter=False)
    assert urge_open_at(order) is None

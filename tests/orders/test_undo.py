"""Taking back within ten seconds: the order is as it was, its timeline says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.forms.models import model_to_dict

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.notify.models import Outbox
from gridpact.orders import services
from gridpact.orders.choices import State
from gridpact.orders.models import DeskUndo, DeskVisit, Order
from gridpact.orders.selectors.desk import seconds_left, takeable
from gridpact.orders.services import Ruling, decide_order, undo_order
from gridpact.orders.services.desk.triage import Target
from gridpact.orders.services.residents.visits import sweep_desk
from tests.factories.world import World
from tests.pages import browser


def columns(order: Order) -> dict[str, Any]:
    fresh = Order.objects.get(pk=order.pk)
    return {field.attname: getattr(fresh, field.attname) for field in Order._meta.concrete_fields}


def clocks(order: Order) -> list[dict[str, Any]]:
    return [model_to_dict(step) for step in order.steps.order_by("pk")]


WAYS = [("EASY", "offer"), ("PUBLIC", "dispatch"), ("HARD", "escalate"), ("PRIVATE", "guide"),
        ("EASY", "keep")]  # fmt: skip


def decide(world: World, order: Order, klass: str, way: str, name: str = "zhihe") -> Order:
    post = world.post("area" if way == "guide" else "worker").pk
    return decide_order(
        order,
        actor=world.actor(name),
        ruling=Ruling(klass=klass, reason="试办", way=way, to=Target(post=post)),
    )


@pytest.mark.parametrize(("klass", "way"), WAYS)
def test_every_column_and_clock_is_as_before(world: World, klass: str, way: str) -> None:
    order = world.order()
    before, running = columns(order), clocks(order)
    decided = decide(world, order, klass, way)
    assert columns(order) != before
    restored = undo_order(decided, actor=world.actor("zhihe"))
    assert columns(order) == before
    assert clocks(order) == running
    assert restored.decisions.count() == 0
    line = restored.log.latest("pk")
    assert (line.verb, line.after, line.actor_name) == ("undo", State.SUBMITTED, "zhihe甲")
    assert line.text.count(" → ") == 1  # from which state to which


def test_a_class_that_was_taken_back_is_no_fact_of_the_page_any_more(world: World) -> None:
    order = decide(world, world.order(), "PRIVATE", "guide")
    client = browser(world, "zhihe")

    def facts() -> list[str]:
        page = client.get(f"/orders/{order.number}")
        return [str(value) for _label, value in page.context["detail"].why]

    assert any("试办" in value for value in facts())
    undo_order(order, actor=world.actor("zhihe"))
    assert not any("试办" in value for value in facts())


def test_a_page_drawn_anew_goes_on_counting_down(world: World) -> None:
    actor = world.actor("zhihe")
    with clock.frozen(clock.now()):
        decide(world, world.order(), "EASY", "offer")
        made = clock.now()
    with clock.frozen(made + timedelta(seconds=7)):
        assert seconds_left(takeable(actor, 10), 10) == 3
    with clock.frozen(made + timedelta(seconds=11)):
        assert takeable(actor, 10) is None


def test_the_lost_receiver_is_told(world: World) -> None:
    decided = decide(world, world.order(), "PUBLIC", "dispatch")
    undo_order(decided, actor=world.actor("zhihe"))
    told = Outbox.objects.filter(template="order_taken_back").get()
    assert told.audience["post"] == world.post("worker").pk


def test_only_the_person_who_decided_takes_it_back(world: World) -> None:
    decided = decide(world, world.order(), "EASY", "offer")
    for name, code in {
        "area": "undo_none",
        "neighbour": "forbidden",
        "worker": "forbidden",
    }.items():
        with pytest.raises(Refused) as refusal:
            undo_order(decided, actor=world.actor(name))
        assert refusal.value.code == code
    assert Order.objects.get(pk=decided.pk).state == State.OFFERED


def test_after_ten_seconds_it_stands(world: World) -> None:
    decided = decide(world, world.order(), "EASY", "offer")
    with clock.frozen(clock.now() + timedelta(seconds=13)):
        with pytest.raises(Refused) as refusal:
            undo_order(decided, actor=world.actor("zhihe"))
    assert refusal.value.code == "undo_late"


def test_once_somebody_went_on_it_stands(world: World) -> None:
    decided = decide(world, world.order(), "EASY", "offer")
    services.claim_order(decided, actor=world.actor("volunteer"))
    with pytest.raises(Refused) as refusal:
        undo_order(decided, actor=world.actor("zhihe"))
    assert refusal.value.code == "undo_touched"
    assert Order.objects.get(pk=decided.pk).state == State.CLAIMED


def test_it_is_taken_back_once(world: World) -> None:
    decided = decide(world, world.order(), "EASY", "offer")
    undo_order(decided, actor=world.actor("zhihe"))
    with pytest.raises(Refused) as refusal:
        undo_order(decided, actor=world.actor("zhihe"))
    assert refusal.value.code == "undo_none"


def test_what_is_a_day_old_is_swept(world: World) -> None:
    order = decide(world, world.order(), "EASY", "offer")
    services.visit_order(order, actor=world.actor("area"))
    services.visit_order(order, actor=world.actor("area"))
    assert (DeskVisit.objects.count(), DeskUndo.objects.count()) == (1, 1)
    assert sweep_desk() == 0
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert sweep_desk() == 2

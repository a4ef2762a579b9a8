"""Orders brought to their end for the tests of questions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gridpact.core import clock
from gridpact.core.access import system
from gridpact.honesty.models import Question
from gridpact.honesty.services import ask_batch
from gridpact.orders import services
from gridpact.orders.models import Order
from tests.factories.world import World
from tests.honesty.test_prints import jpeg, picture
from tests.orders.test_moves import ROUTE, call

START = clock.now().replace(microsecond=0)


def handling(world: World, **given: Any) -> Order:
    """An order in the worker's hands."""
    order = world.order(**given)
    for verb, name in ROUTE[:5]:
        order = call(world, verb, order, name)
    return order


def finish(
    world: World, order: Order, *, data: bytes = b"", name: str = "a.jpg", answer: str = "灯已换好"
) -> Order:
    """Finished by the worker with one upload as proof; each has a picture of its own."""
    worker = world.actor("worker")
    shown = data or jpeg(picture(order.pk % 5000 + 1000))
    proof = [services.keep_upload(shown, name, actor=worker).pk]
    return services.finish_order(order, actor=worker, answer=answer, proof=proof)


def close(world: World, order: Order, by: str = "reporter", word: str = "satisfied") -> Order:
    """Verified and rated: by the reporter, or by a call-back of `by`."""
    order = services.verify_pass_order(order, actor=world.actor("zhihe"))
    actor = world.reporter(order) if by == "reporter" else world.actor(by)
    return services.rate_order(order, actor=actor, solved=True, satisfaction=word)


def read(after: timedelta = timedelta(minutes=1)) -> list[Question]:
    """The worker reads on; all questions there are then, oldest first."""
    with clock.frozen(clock.now() + after):
        while ask_batch(actor=system("clock")):
            pass
    return list(Question.objects.order_by("id"))


def kinds() -> list[str]:
    """Kinds of all questions after the worker read on."""
    return [question.kind for question in read()]


def at(minutes: float) -> datetime:
    """An instant of the play."""
    return START + timedelta(minutes=minutes)

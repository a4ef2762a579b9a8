"""Orders brought to an end by the real verbs, for figures to count."""

from __future__ import annotations

import io

from PIL import Image

from gridpact.orders import services
from gridpact.orders.models import Category, Order
from gridpact.orders.services.desk.triage import Target
from tests.factories.world import World


def finish(world: World, order: Order, name: str) -> Order:
    """Start and finish with a photo as proof."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    actor = world.actor(name)
    services.start_order(order, actor=actor)
    photo = services.keep_upload(buffer.getvalue(), "a.jpg", actor=actor)
    return services.finish_order(order, actor=actor, answer="已办好", proof=[photo.pk])


def triaged(
    world: World, klass: str, kind: str = "NEED", category: str = "", text: str = "楼道灯坏了"
) -> Order:
    """An order accepted and classed by the head of 致和."""
    head = world.actor("zhihe")
    order = world.order(text, kind=kind)
    services.accept_order(order, actor=head)
    area = Category.objects.get(code=category) if category else None
    return services.triage_order(order, actor=head, klass=klass, reason="核实", category=area)


def solved(
    world: World,
    klass: str,
    kind: str = "NEED",
    *,
    claimer: str = "",
    category: str = "",
    word: str = "",
) -> Order:
    """An order that was claimed (`claimer`) or dispatched to the grid worker, and verified.

    `word` is the resident's rating: satisfied, basically or unsatisfied.
    """
    head = world.actor("zhihe")
    order = triaged(world, klass, kind, category)
    if claimer:
        services.offer_order(order, actor=head)
        services.claim_order(order, actor=world.actor(claimer))
    else:
        services.dispatch_order(order, actor=head, to=Target(post=world.post("worker").pk))
        services.sign_order(order, actor=world.actor("worker"))
    finish(world, order, claimer or "worker")
    order = services.verify_pass_order(order, actor=head)
    if word:
        order = services.rate_order(
            order,
            actor=world.reporter(order),
            solved=word != "unsatisfied",
            satisfaction=word,
        )
    return order

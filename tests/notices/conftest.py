"""An order at any stage of its life, and a reader in English."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from gridpact.orders import services
from gridpact.orders.models import Order
from gridpact.orders.services.desk.triage import Target
from tests.factories.world import World

STAGES = ("accepted", "triaged", "dispatched", "signed", "started", "finished", "verified")
ANSWER = "灯已换好，有事打 0773-5551234"
Advance = Callable[..., Order]


@pytest.fixture
def client() -> Client:
    """A browser without an account that reads English, so that sentences can be compared."""
    browser = Client()
    browser.cookies["language"] = "en"
    return browser


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test stay in its own folder."""
    settings.MEDIA_ROOT = tmp_path


def jpeg(colour: str = "green") -> bytes:
    """A small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def advance(world: World) -> Advance:
    """`advance(order, "finished", klass="EASY")` walks an order up to a stage."""

    head, dept = world.actor("zhihe"), world.actor("dept")

    def finish(order: Order) -> Order:
        proof = services.keep_upload(jpeg(), "after.jpg", actor=dept)
        return services.finish_order(order, actor=dept, answer=ANSWER, proof=[proof.pk])

    def walk(order: Order, stage: str, klass: str = "PUBLIC") -> Order:
        target = Target(org=world.orgs["chengguan"].pk)
        steps: dict[str, Callable[[Order], Order]] = {
            "accepted": lambda one: services.accept_order(one, actor=head),
            "triaged": lambda one: services.triage_order(
                one, actor=head, klass=klass, reason="按职责"
            ),
            "dispatched": lambda one: services.dispatch_order(one, actor=head, to=target),
            "signed": lambda one: services.sign_order(one, actor=dept),
            "started": lambda one: services.start_order(one, actor=dept),
            "finished": finish,
            "verified": lambda one: services.verify_pass_order(one, actor=head),
        }
        for name in STAGES[: STAGES.index(stage) + 1]:
            order = steps[name](order)
        return order

    return walk

"""Proof of a finish: photos of before and after outdoors, papers as papers, marks of the rating."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils.translation import override
from PIL import Image

from gridpact.core.access import Refused
from gridpact.orders import services
from gridpact.orders.choices import PhotoRole, State
from gridpact.orders.forms import FinishForm
from gridpact.orders.models import Order, Photo, Rating
from gridpact.orders.services import Marks
from gridpact.orders.services.desk.triage import Target
from tests.api import anyone, caller
from tests.factories.world import World

POINT = {"lon": 110.105, "lat": 25.11}


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def jpeg(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def picture(world: World) -> Photo:
    return services.keep_upload(jpeg("green"), "a.jpg", actor=world.actor("worker"))


def paper(world: World) -> Photo:
    return services.keep_upload(b"%PDF-1.4 x", "a.pdf", actor=world.actor("worker"))


def handling(world: World, klass: str = "PUBLIC", **given: Any) -> Order:
    head, worker = world.actor("zhihe"), world.actor("worker")
    order = services.accept_order(world.order(**given), actor=head)
    order = services.triage_order(order, actor=head, klass=klass, reason="按职责")
    to = Target(post=world.post("worker").pk)
    order = services.dispatch_order(order, actor=head, to=to)
    order = services.sign_order(order, actor=worker)
    return services.start_order(order, actor=worker)


def test_outdoors_a_paper_alone_proves_nothing_and_stays_loose(world: World) -> None:
    order, proof = handling(world, **POINT), paper(world)
    with pytest.raises(Refused) as refusal:
        services.finish_order(order, actor=world.actor("worker"), answer="已修好", proof=[proof.pk])
    assert (refusal.value.code, refusal.value.params["field"]) == ("photo_after_missing", "proof")
    proof.refresh_from_db()
    order.refresh_from_db()
    assert (proof.order_id, order.state) == (None, State.HANDLING)


@pytest.mark.parametrize(
    "given", [{}, {**POINT, "klass": "PRIVATE"}, {**POINT, "kind": "CONSULTATION"}]
)
def test_a_paper_is_enough_where_nothing_is_to_be_seen(world: World, given: dict[str, Any]) -> None:
    order, proof = handling(world, **given), paper(world)
    services.finish_order(order, actor=world.actor("worker"), answer="已答复", proof=[proof.pk])
    proof.refresh_from_db()
    assert proof.role == PhotoRole.DOCUMENT


def test_photos_of_before_and_after_keep_their_roles(world: World) -> None:
    order = handling(world, **POINT)
    before, after, sheet = picture(world), picture(world), paper(world)
    body = {"answer": "已修好", "proof": [str(after.pk), str(sheet.pk)], "before": [str(before.pk)]}
    answer = caller(world, "worker").post(f"/api/v1/orders/{order.number}/finish", body)
    assert answer.status_code == 200
    roles = dict(Photo.objects.filter(order=order).values_list("pk", "role"))
    assert roles == {before.pk: "BEFORE", after.pk: "AFTER", sheet.pk: "DOCUMENT"}


def test_the_form_asks_for_a_photo_from_before_only_when_there_is_none(world: World) -> None:
    worker, resident = world.actor("worker"), world.actor("resident")
    own = services.keep_upload(jpeg("red"), "b.jpg", actor=resident)
    bare, shown = handling(world, **POINT), handling(world, photos=(own.pk,), **POINT)

    def hint(order: Order) -> str:
        return str(FinishForm(order=order, actor=worker).fields["before"].help_text)

    with override("en"):
        assert "no photo from before" in hint(bare)
        assert "no photo from before" not in hint(shown)


def verified(world: World) -> Order:
    order = handling(world)
    order = services.finish_order(
        order, actor=world.actor("worker"), answer="已修好", proof=[picture(world).pk]
    )
    return services.verify_pass_order(order, actor=world.actor("zhihe"))


def test_marks_are_kept_and_each_may_stay_empty(world: World) -> None:
    order = verified(world)
    body = {"solved": True, "satisfaction": "satisfied", "speed": 5, "clarity": 3}
    url = f"/api/v1/public/orders/{order.number}/rate?code={order.code}"
    assert anyone().post(url, body).status_code == 200
    rating = Rating.objects.get(order=order)
    marks = (rating.speed, rating.effect, rating.attitude, rating.clarity)
    assert marks == (5, None, None, 3)


@pytest.mark.parametrize("mark", [0, 6, -1])
def test_a_mark_outside_one_to_five_is_refused_and_nothing_is_rated(
    world: World, mark: int
) -> None:
    order = verified(world)
    with pytest.raises(Refused) as refusal:
        services.rate_order(
            order, actor=world.reporter(order), solved=True, satisfaction="satisfied",
            marks=Marks(effect=mark),
        )  # fmt: skip
    assert (refusal.value.code, refusal.value.params["field"]) == ("mark_range", "effect")
    url = f"/api/v1/public/orders/{order.number}/rate?code={order.code}"
    body = {"solved": True, "satisfaction": "satisfied", "speed": mark}
    answer = anyone().post(url, body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["speed"]
    assert not Rating.objects.filter(order=order).exists()

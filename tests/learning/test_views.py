"""The page on what was learnt, and the desk with suggestions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from gridpact.core.access import system
from gridpact.learning import services
from gridpact.learning.models import Learnt
from gridpact.orders.services import accept_order, triage_order
from tests.factories.decided import decided_orders
from tests.factories.world import GRID, PERSONAS, World


def client(world: World, name: str) -> Client:
    made = Client()
    made.force_login(world.users[name])
    return made


def desk_path(number: str) -> str:
    return reverse("orders:desk_order", args=(number,))


@pytest.fixture
def learnt(world: World) -> World:
    decided_orders(world)
    services.train(actor=system("tests"))
    return world


@pytest.mark.parametrize("name", sorted({*PERSONAS} - {"district"}))
def test_nobody_but_the_districts_desk_opens_it(world: World, name: str) -> None:
    for path in ("/learning/", "/learning/klass", "/learning/klass/overruled"):
        assert client(world, name).get(path).status_code == 403
    assert client(world, name).post("/learning/train").status_code == 403


def test_before_anything_was_learnt_the_pages_say_so(world: World) -> None:
    desk = client(world, "district")
    assert desk.get("/learning/").status_code == 200
    assert "200" in desk.get("/learning/category").content.decode()
    assert desk.get("/learning/nothing").status_code == 404


def test_a_version_that_was_clearly_worse_waits_in_plain_sight(learnt: World) -> None:
    desk = client(learnt, "district")
    first = Learnt.objects.get(field="klass")
    Learnt.objects.create(
        field="klass", version=2, rows=1, first_at=first.first_at, last_at=first.last_at,
        blob=first.blob, digest="0" * 64, accuracy=0.61,
    )  # fmt: skip
    page = desk.get("/learning/klass")
    assert page.context["page"].waiting.learnt.version == 2
    assert "61%" in page.content.decode()
    assert [card.waits for card in desk.get("/learning/").context["cards"]] == [True] + [False] * 3
    newest = Learnt.objects.get(version=2)
    desk.post(f"/learning/versions/{newest.pk}/use")
    assert desk.get("/learning/klass").context["page"].waiting is None
    desk.post(f"/learning/versions/{first.pk}/use")
    assert desk.get("/learning/klass").context["page"].waiting is None  # set aside by somebody
    assert not any(card.waits for card in desk.get("/learning/").context["cards"])


def test_a_field_shows_its_version_and_goes_back_by_one_press(learnt: World) -> None:
    desk = client(learnt, "district")
    assert desk.get("/learning/klass").status_code == 200
    first = Learnt.objects.get(field="klass")
    Learnt.objects.create(
        field="klass", version=2, rows=1, first_at=first.first_at, last_at=first.last_at,
        blob=first.blob, digest="0" * 64,
    )  # fmt: skip
    newest = Learnt.objects.get(version=2)
    assert desk.post(f"/learning/versions/{newest.pk}/use").status_code == 302
    assert desk.post(f"/learning/versions/{newest.pk}/use").status_code == 409
    assert desk.post("/learning/versions/0/use").status_code == 404
    assert desk.post(f"/learning/versions/{first.pk}/use").status_code == 302
    assert Learnt.objects.active().get(field="klass").pk == first.pk


def test_the_switch_is_kept_and_a_strange_share_is_refused(learnt: World) -> None:
    desk = client(learnt, "district")
    desk.post("/learning/klass/switch", {"is_on": "on", "preselect": "90"})
    assert services.switch_of("klass").preselect == 0.9
    assert desk.post("/learning/klass/switch", {"preselect": "12"}).status_code == 422
    assert services.switch_of("klass").is_on
    desk.post("/learning/klass/switch", {"preselect": ""})
    assert not services.switch_of("klass").is_on


def test_overruled_suggestions_lead_to_their_orders(learnt: World) -> None:
    order = learnt.order("小区门口路灯又不亮了", cell=GRID)
    services.suggest_waiting(actor=system("tests"))
    actor = learnt.actor("district")
    accept_order(order, actor=actor)
    triage_order(order, actor=actor, klass="HARD", reason="权属不清")
    desk = client(learnt, "district")
    href = "/learning/klass/overruled?value=PUBLIC&decided=HARD"
    assert href.replace("&", "&amp;") in desk.get("/learning/klass").content.decode()
    assert order.number in desk.get(href).content.decode()
    assert order.number not in desk.get(href.replace("HARD", "EASY")).content.decode()


def test_the_desk_shows_the_words_and_checks_no_class_by_itself(learnt: World) -> None:
    order = learnt.order("小区门口路灯又不亮了", cell=GRID)
    services.suggest_waiting(actor=system("tests"))
    desk = client(learnt, "zhihe")
    text = desk.get(desk_path(order.number)).content.decode()
    assert "路灯" in text and "data-gp-take" in text
    assert 'value="PUBLIC" data-gp-class="3" data-first="dispatch"' in text
    assert " checked required" not in text
    services.set_switch("klass", actor=learnt.actor("district"), is_on=True, preselect=0.5)
    assert " checked required" in desk.get(desk_path(order.number)).content.decode()


def test_learning_is_asked_for_once(learnt: World) -> None:
    desk = client(learnt, "district")
    for _again in range(2):
        assert desk.post("/learning/train").status_code == 302

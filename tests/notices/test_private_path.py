"""A private matter keeps its closed path: no public page, file, search or call tells of it."""

from __future__ import annotations

import pytest
from django.test import Client

from gridpact.orders import services
from gridpact.orders.choices import Kind, PhotoRole
from gridpact.orders.models import Order
from tests.api import anyone, caller
from tests.factories.world import GRID, ZHIHE, World
from tests.notices.conftest import Advance, jpeg
from tests.notices.test_views_follow import follow, placed

SECRET = "兄弟为老屋争吵"
PAGES = (
    "/", f"/?community={ZHIHE}", "/board", "/board?state=solved", "/board?view=map",
    f"/board?cell={GRID}", "/board?kind=WISH", "/board?klass=PRIVATE", "/wishes",
    "/board/points.geojson", f"/board/points.geojson?cell={ZHIHE}", "/map", f"/map?cell={ZHIHE}",
    "/cells.geojson", "/care", "/robots.txt",
)  # fmt: skip


@pytest.fixture(params=["started", "verified"])
def private(request: pytest.FixtureRequest, world: World, advance: Advance) -> Order:
    """A private matter with a place, pictures of all roles and a wish's kind."""
    intake = {"lon": 110.105, "lat": 25.11, "kind": Kind.WISH}
    contact = services.Contact("陈小明", "13800001234")
    order = advance(world.order(SECRET, contact=contact, **intake), request.param, klass="PRIVATE")
    for role in (PhotoRole.REPORT, PhotoRole.BEFORE, PhotoRole.AFTER):
        photo = services.keep_upload(jpeg(), "a.jpg", actor=world.actor("dept"))
        services.attach_photos(order, [photo.pk], actor=world.actor("dept"), role=role)
    return order


def test_no_public_page_tells_of_it(private: Order, client: Client) -> None:
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code == 200, page
        body = answer.content.decode()
        assert SECRET not in body, page
        assert private.number not in body, page


def test_its_number_alone_opens_nothing_and_looks_like_none(private: Order, client: Client) -> None:
    for page in (f"/o/{private.number}", f"/board/{private.number}"):
        answer = client.get(page, follow=True)
        assert answer.status_code == 404
        assert SECRET not in answer.content.decode()
    receipt = client.get(f"/o/{private.number}/receipt")
    assert receipt.status_code == 404
    for verb in ("rate", "withdraw", "urge", "join"):
        answer = client.post(f"/o/{private.number}/{verb}", {"phone": "13800007001"})
        assert answer.status_code == 404


def test_its_files_open_with_the_code_only(private: Order, client: Client) -> None:
    for photo in private.photos.all():
        address = f"/files/photo/{photo.pk}"
        assert client.get(address).status_code == 404
        assert client.get(f"{address}?s=1&code=AAAAAAAA").status_code == 404
        assert client.get(f"{address}?code={private.code}").status_code == 200


def test_programs_learn_nothing_of_it(private: Order, world: World) -> None:
    url = f"/api/v1/public/orders/{private.number}"
    assert anyone().get(url).status_code == 404
    assert anyone().post(f"{url}/affected", {"phone": "13800007001"}).status_code == 404
    neighbour = caller(world, "neighbour")
    assert neighbour.get(f"/api/v1/orders/{private.number}").status_code == 404
    assert neighbour.get(f"/api/v1/orders?q={private.number}").json()["items"] == []
    for name in ("volunteer", "unit_liaison"):
        assert caller(world, name).get(f"/api/v1/orders/{private.number}").status_code == 404


def test_search_is_closed_to_the_public_and_blind_to_neighbours(
    private: Order, world: World, client: Client
) -> None:
    assert client.get("/search", {"q": SECRET}).status_code == 302
    client.force_login(world.users["neighbour"], "django.contrib.auth.backends.ModelBackend")
    for query in (SECRET, private.number, "13800001234"):
        answer = client.get("/search", {"q": query}, follow=True)
        body = answer.content.decode().replace(f'value="{query}"', "")
        assert f"/orders/{private.number}" not in body


def test_its_resident_reads_it_with_the_code(private: Order, client: Client) -> None:
    html = client.get(follow(private)).content.decode()
    assert SECRET in html
    assert "Also affects me" not in html


def test_made_private_later_it_leaves_the_board_at_once(
    world: World, client: Client, advance: Advance
) -> None:
    order = advance(placed(world), "triaged")
    assert client.get(f"/o/{order.number}").status_code == 200
    services.triage_order(order, actor=world.actor("zhihe"), klass="PRIVATE", reason="家事")
    assert client.get(f"/o/{order.number}").status_code == 404
    assert order.number not in client.get("/board").content.decode()

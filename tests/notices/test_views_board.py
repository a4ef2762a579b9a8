"""Home, board, map and the small files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from gridpact.orders import services
from gridpact.orders.models import Category, Order
from gridpact.orders.services import Contact
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World
from tests.notices.conftest import Advance


def numbers(client: Client, address: str = "/board", **query: str) -> list[str]:
    page = client.get(address, query).context
    return [card.number for card in page["cards"]]


def test_home_shows_solved_matters_and_offers_and_nothing_private(
    world: World, client: Client, advance: Advance
) -> None:
    solved = advance(world.order("楼道灯坏了13800001234"), "verified")
    private = advance(world.order("家里吵架"), "verified", klass="PRIVATE")
    offer = advance(world.order("帮老人修电扇"), "triaged", klass="EASY")
    services.offer_order(offer, actor=world.actor("zhihe"), slots=2)
    html = client.get("/").content.decode()
    assert solved.number in html
    assert offer.number in html
    assert "2 places free" in html
    assert private.number not in html
    assert "家里吵架" not in html
    assert "13800001234" not in html


def test_home_of_an_empty_district_says_what_to_do_next(world: World, client: Client) -> None:
    html = client.get("/").content.decode()
    assert "Place the first order" in html
    assert html.count('class="gp-empty"') == 3


def test_every_filter_narrows_the_board(world: World, client: Client, advance: Advance) -> None:
    first = advance(world.order(cell=UNIT, kind="HAZARD"), "verified", klass="HARD")
    second = advance(world.order(cell=GRID, kind="WISH"), "triaged", klass="EASY")
    lamp = Category.objects.get(code="A0302")
    Order.objects.filter(pk=first.pk).update(category=lamp)
    assert numbers(client) == [second.number, first.number]
    for query, expected in (
        ({"community": ZHIHE}, [second.number, first.number]),
        ({"community": QILIPING}, []),
        ({"state": "solved"}, [first.number]),
        ({"state": "open"}, [second.number]),
        ({"state": "offered"}, []),
        ({"klass": "HARD"}, [first.number]),
        ({"area": "A03"}, [first.number]),
        ({"kind": "WISH"}, [second.number]),
        ({"cell": MICRO}, [second.number, first.number]),
        ({"klass": "PRIVATE", "state": "zz", "cell": "x"}, [second.number, first.number]),
    ):
        assert numbers(client, **query) == expected, query


def test_the_board_pages_without_gap_or_repeat(
    world: World, client: Client, advance: Advance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridpact.notices.views.board.PAGE_SIZE", 2)
    wanted = [advance(world.order(), "triaged").number for _ in range(5)][::-1]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get("/board", {"cursor": cursor}).context
        seen += [card.number for card in page["cards"]]
        cursor = page["page"].next
    assert seen == wanted
    assert client.get("/board", {"cursor": "junk"}).status_code == 400


@pytest.mark.parametrize("address", ["/", "/board", "/board/points.geojson"])
def test_more_rows_ask_no_more_queries(
    world: World,
    client: Client,
    advance: Advance,
    address: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(address)
    advance(world.order(), "verified")
    with django_assert_max_num_queries(10) as one:
        client.get(address)
    for _ in range(2):
        advance(world.order(), "verified")
    with django_assert_max_num_queries(len(one)):
        client.get(address)


def test_points_are_public_masked_and_blurred(
    world: World, client: Client, advance: Advance
) -> None:
    point = {"lon": 110.10567, "lat": 25.11234, "cell": ""}
    shown = advance(world.order("灯坏了13800001234", **point), "triaged")
    advance(world.order("家事", **point), "triaged", klass="PRIVATE")
    world.order("未受理", **point)
    body = client.get("/board/points.geojson", {"state": "open"}).json()
    (feature,) = body["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [110.106, 25.112]}
    assert feature["properties"]["href"] == f"/o/{shown.number}"
    assert "13800001234" not in json.dumps(body)
    assert client.get("/board/points.geojson", {"state": "solved"}).json()["features"] == []


def test_the_map_view_keeps_the_filters(world: World, client: Client) -> None:
    html = client.get("/board", {"view": "map", "klass": "HARD"}).content.decode()
    assert "/board/points.geojson?view=map&amp;klass=HARD" in html
    assert '<input type="hidden" name="view" value="map"' in html


def test_a_matter_of_the_board_opens_its_public_page(client: Client, db: None) -> None:
    response = client.get("/board/lg20261124000001")
    assert response["Location"] == "/o/LG20261124000001"


def test_the_map_goes_down_to_the_stairwell_with_heads_by_surname(
    world: World, client: Client
) -> None:
    assert "临桂镇" in client.get("/map").content.decode()
    html = client.get("/map", {"cell": ZHIHE}).content.decode()
    assert "zhihe甲" not in html
    assert "总网格长 z**" in html
    assert f"/map?cell={GRID}" in html
    leaf = client.get("/map", {"cell": UNIT})
    assert leaf.status_code == 200
    assert f"parent={MICRO}" in leaf.content.decode()
    assert client.get("/map", {"cell": "999"}).status_code == 404


def test_the_map_shows_no_points_where_they_would_tell_a_building(
    world: World, client: Client
) -> None:
    assert "points.geojson" in client.get("/map", {"cell": ZHIHE}).content.decode()
    assert "points.geojson" not in client.get("/map", {"cell": GRID}).content.decode()


def codes(body: dict[str, Any]) -> list[str]:
    return [feature["properties"]["code"] for feature in body["features"]]


def test_outlines_are_the_children_of_one_cell(world: World, client: Client) -> None:
    assert codes(client.get("/cells.geojson").json()) == ["450312100"]
    assert codes(client.get("/cells.geojson", {"parent": ZHIHE}).json()) == [GRID, ZHIHE + "002"]
    level = {"parent": "450312", "level": "COMMUNITY"}
    body = client.get("/cells.geojson", level).json()
    assert codes(body) == [QILIPING, ZHIHE]
    assert body["features"][1]["properties"]["facts"][0] == ["总网格长", "z**"]
    assert client.get("/cells.geojson", {"parent": "999"}).status_code == 404
    assert client.get("/cells.geojson", {"level": "NOWHERE"}).status_code == 404


def test_outlines_that_did_not_change_are_not_sent_again(world: World, client: Client) -> None:
    first = client.get("/cells.geojson", {"parent": ZHIHE})
    again = client.get(
        "/cells.geojson", {"parent": ZHIHE}, headers={"If-None-Match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    world.post("area").delete()
    changed = client.get(
        "/cells.geojson", {"parent": ZHIHE}, headers={"If-None-Match": first["ETag"]}
    )
    assert changed.status_code == 200


def test_search_engines_keep_out_of_orders(client: Client, db: None) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == ["User-agent: *", "Allow: /$", "Allow: /board$", "Disallow: /"]


def test_a_phone_can_keep_the_platform(client: Client, db: None) -> None:
    body = client.get("/manifest.webmanifest").json()
    assert (body["start_url"], body["display"]) == ("/", "standalone")
    assert client.get("/favicon.ico").status_code == 302


def test_names_of_residents_never_reach_the_board(
    world: World, client: Client, advance: Advance
) -> None:
    order = world.order("陈小明家门口路灯坏了", contact=Contact("陈小明", "13800001234"))
    advance(order, "verified")
    for address in ("/", "/board", f"/o/{order.number}", "/board/points.geojson"):
        assert "陈小明" not in client.get(address).content.decode(), address

"""Figures as pages and by API: every number opens its list, for those who may read it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.api import Caller
from tests.factories.world import QILIPING, ZHIHE, World
from tests.reports.lives import solved

API = "/api/v1/figures"


def browser(world: World, name: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["language"] = "en"
    client.force_login(world.users[name])
    return client


def test_the_page_shows_every_group_and_each_card_opens_a_list(world: World) -> None:
    solved(world, "EASY", claimer="volunteer", word="basically")
    client = browser(world, "zhihe")
    page = client.get("/figures?from=2020-01-01")
    assert page.status_code == 200
    html = page.content.decode()
    links = re.findall(r'class="gp-stat"[^>]*href="([^"]+)"', html)
    assert len(links) == 26
    assert all(link.endswith("?from=2020-01-01") for link in links)
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
    assert "0.8/1" in html


def test_the_list_names_the_orders_and_links_them_without_their_text(world: World) -> None:
    order = solved(world, "PRIVATE")
    html = browser(world, "orgdept").get("/figures/easy_private_solved").content.decode()
    assert order.number in html
    assert f'href="/orders/{order.number}"' in html
    assert order.text not in html
    assert order.title not in html


def test_a_rate_shows_what_it_counts_and_what_it_is_measured_on(world: World) -> None:
    solved(world, "EASY", word="satisfied")
    bad = solved(world, "EASY", word="unsatisfied")
    client = browser(world, "zhihe")
    counted = client.get("/figures/resolve_rate").content.decode()
    whole = client.get("/figures/resolve_rate?part=all").content.decode()
    assert bad.number not in counted
    assert bad.number in whole


def test_an_empty_list_says_so(world: World) -> None:
    html = browser(world, "zhihe").get("/figures/hard_solved").content.decode()
    assert "Nothing is counted here in this period." in html


def test_htmx_gets_the_cards_alone(world: World) -> None:
    answer = browser(world, "zhihe").get("/figures", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


def test_a_list_is_paged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridpact.reports.views.PAGE_SIZE", 2)
    client = browser(world, "zhihe")
    numbers = [world.order(str(n)).number for n in range(3)]
    seen: list[str] = []
    url = "/figures/orders_placed"
    for _ in range(2):
        html = client.get(url).content.decode()
        seen += re.findall(r'href="/orders/(LG\d+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert url == ""
    assert sorted(seen) == sorted(numbers)


@pytest.mark.parametrize(
    ("name", "url", "status"),
    [
        ("worker", "/figures", 403),
        ("worker", "/figures/grids", 403),
        ("zhihe", f"/figures?cell={QILIPING}", 404),
        ("zhihe", f"/figures/grids?cell={QILIPING}", 404),
        ("zhihe", "/figures/nothing", 404),
        ("zhihe", "/figures/grids?cursor=junk", 400),
        ("zhihe", "/figures?from=nonsense", 200),
        ("zhihe", f"/figures?cell={ZHIHE}", 200),
    ],
)
def test_pages_answer_what_they_should(world: World, name: str, url: str, status: int) -> None:
    assert browser(world, name).get(url).status_code == status


def test_a_visitor_is_asked_to_sign_in(client: Client, db: None) -> None:
    for url in ("/figures", "/figures/grids"):
        answer = client.get(url)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={url}")


def _caller(world: World, name: str) -> Any:
    token = Caller().post(
        "/api/v1/auth/token", {"username": name, "password": "correct horse battery"}
    )
    return Caller(token.json()["token"])


def test_programs_get_figures_and_their_records(world: World) -> None:
    order = solved(world, "PUBLIC")
    caller = _caller(world, "district")
    answer = caller.get(f"{API}?from=2020-01-01&cell={ZHIHE}").json()
    assert answer["public_solved"] == {"value": 1, "numerator": 1, "denominator": None}
    assert answer["resolve_rate"] == {"value": None, "numerator": 0, "denominator": 0}
    listed = caller.get(f"{API}/public_solved/list").json()
    assert (listed["count"], listed["next"]) == (1, None)
    assert listed["items"][0]["number"] == order.number
    assert listed["items"][0]["verified"].endswith("+00:00")
    assert "text" not in listed["items"][0]
    grids = caller.get(f"{API}/grids/list?limit=2").json()
    assert (grids["count"], len(grids["items"])) == (3, 2)
    rest = caller.get(f"{API}/grids/list?limit=2&cursor={grids['next']}").json()
    assert (len(rest["items"]), rest["next"]) == (1, None)


@pytest.mark.parametrize(
    ("name", "path", "status", "code"),
    [
        ("zhihe", f"?cell={QILIPING}", 404, "not_found"),
        ("zhihe", "/nothing/list", 404, "figure_unknown"),
        ("zhihe", "?from=soon", 422, "bad_input"),
        ("zhihe", "?from=2026-02-02&to=2026-02-01", 422, "period_backwards"),
        ("zhihe", "?cell=%00", 422, "bad_input"),
        ("zhihe", "/grids/list?cursor=junk", 400, "bad_cursor"),
        ("worker", "", 403, "forbidden"),
        ("worker", "/grids/list", 403, "forbidden"),
    ],
)
def test_wrong_questions_get_problem_details(
    world: World, name: str, path: str, status: int, code: str
) -> None:
    answer = _caller(world, name).get(API + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_without_a_token_there_are_no_figures(db: None) -> None:
    assert Caller().get(API).status_code == 401

"""The shell: menu by right, preferences from cookies, the bell, fault pages, the style page."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from gridpact.core import clock
from gridpact.core.access import PUBLIC, Actor, Refused
from gridpact.notify.models import Notification
from gridpact.web import menu
from gridpact.web.context import UNREAD_SHOWN, Shell
from tests.factories.world import World


def _shell(actor: Actor = PUBLIC, path: str = "/work", **cookies: str) -> Shell:
    request: HttpRequest = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.actor = actor  # type: ignore[attr-defined]
    return Shell(request)


def _with(*rights: str) -> Actor:
    return Actor(kind="person", user_id=1, name="王某", own_rights=frozenset(rights))


def _menu(actor: Actor) -> set[str]:
    return {item.href for part in _shell(actor).menu for item in part.items}


def test_the_menu_shows_what_a_right_opens_and_what_is_installed() -> None:
    names = _menu(_with("orders.read", "people.read"))
    assert {"/work", "/orders/"} <= names
    assert "/audit" not in names
    assert not [href for href in _menu(_with("people.read")) if "people" in href]
    assert "/audit" in _menu(_with("audit.read"))


def test_the_place_one_is_at_is_marked_once() -> None:
    items = _shell(_with("orders.read"), "/orders/LG20261124000001").menu[0].items
    assert [item.href for item in items if item.active] == ["/orders/"]


def test_an_address_no_app_offers_is_empty() -> None:
    assert menu.address("nowhere:nothing") == ""


@pytest.mark.parametrize(
    ("cookies", "theme", "size"),
    [
        ({}, "auto", "normal"),
        ({"theme": "dark", "type": "large"}, "dark", "large"),
        ({"theme": "<script>", "type": "huge"}, "auto", "normal"),
    ],
)
def test_preferences_come_from_cookies_and_junk_is_ignored(
    cookies: dict[str, str], theme: str, size: str
) -> None:
    shell = _shell(**cookies)
    assert (shell.theme, shell.type_size) == (theme, size)


def test_the_public_costs_the_bell_no_query(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert _shell().unread == 0


def test_the_bell_counts_unread_once_and_stops_at_a_hundred(
    world: World, django_assert_num_queries: Any
) -> None:
    user = world.users["zhihe"]
    Notification.objects.bulk_create(
        Notification(user=user, template="t", created_at=clock.now()) for _ in range(120)
    )
    Notification.objects.create(
        user=world.users["area"], template="t", created_at=clock.now(), read_at=clock.now()
    )
    shell = _shell(world.actor("zhihe"))
    with django_assert_num_queries(1):
        assert (shell.unread, shell.unread) == (UNREAD_SHOWN + 1, UNREAD_SHOWN + 1)
    assert shell.unread_label == "99+"
    assert _shell(world.actor("area")).unread_label == "0"


def test_the_posts_name_cell_and_kind_and_mark_the_current(world: World) -> None:
    shell = _shell(world.actor("zhihe"))
    assert shell.place == "致和社区"
    assert [(post.cell, post.kind, post.active) for post in shell.posts] == [
        ("致和社区", "总网格长", True)
    ]


@pytest.mark.parametrize("code", ["400", "403_csrf", "500", "503"])
def test_fault_pages_need_neither_reader_nor_database(code: str) -> None:
    html = render_to_string(f"{code}.html")
    assert "<h1>" in html
    assert 'href="/"' in html
    assert "csrf" not in html


@pytest.mark.parametrize("code", ["400", "403", "404", "409", "429"])
def test_a_refusal_is_said_on_its_page(code: str) -> None:
    refusal = Refused("not_found", int(code))
    html = render_to_string(f"{code}.html", {"refusal": refusal}, request=None)
    assert refusal.sentence in html


@pytest.mark.urls("tests.ui.register_urls")
def test_a_wrong_address_gets_the_calm_page_with_a_way_on(world: World, client: Client) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert 'class="gp-fault"' in answer.content.decode()


@pytest.mark.urls("tests.ui.register_urls")
@pytest.mark.parametrize(("name", "status"), [("", 404), ("zhihe", 404), ("secadmin", 200)])
def test_the_style_page_is_for_those_who_manage_accounts(
    world: World, client: Client, name: str, status: int
) -> None:
    if name:
        client.force_login(world.users[name], "django.contrib.auth.backends.ModelBackend")
    pages = ("kit", "kit/public", "kit/document", "kit/cells.json", "kit/picture.svg")
    assert {client.get(f"/ui/{page}").status_code for page in pages} == {status}


@pytest.mark.urls("tests.ui.register_urls")
def test_the_page_carries_the_chosen_look_from_the_server(world: World, client: Client) -> None:
    client.force_login(world.users["secadmin"], "django.contrib.auth.backends.ModelBackend")
    client.cookies["theme"] = "dark"
    client.cookies["type"] = "large"
    page = client.get("/ui/kit?wrong=1&toast=1").content.decode()
    assert 'data-gp-theme="dark" data-gp-type="large" data-bs-theme="dark"' in page
    assert 'class="gp-toast gp-toast-error"' in page
    assert '"allowEval":false' in page

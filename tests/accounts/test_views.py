"""Signing in with a browser: where it leads, what it locks, what it records."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.test import Client

from gridpact.accounts.models import ApiToken
from gridpact.audit.models import AuditRow
from tests.factories.world import PASSWORD, World


def sign_in(client: Client, name: str = "zhihe", password: str = PASSWORD, after: str = "") -> Any:
    data = {"login": name, "password": password}
    if after:
        data["next"] = after
    return client.post("/login", data)


@pytest.fixture(autouse=True)
def _step_before(settings: Any) -> None:
    """A code of the last second of its half minute still holds when the request is read."""
    settings.MFA_TOTP_TOLERANCE = 1


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_signing_in_leads_to_the_workbench_and_is_on_record(client: Client, world: World) -> None:
    before = client.get("/login")
    assert before.status_code == 200
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/work")
    assert AuditRow.objects.get(action="accounts.sign_in").actor_name == "zhihe甲"


def test_the_session_gets_a_new_key_when_somebody_signs_in(client: Client, world: World) -> None:
    session = client.session
    session["marker"] = "planted"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted or ""
    sign_in(client)
    assert client.cookies["sessionid"].value not in {"", planted}


@pytest.mark.parametrize(
    ("after", "goes"),
    [
        ("/orders/", "/orders/"),
        ("https://elsewhere.example/", "/work"),
        ("//elsewhere.example/", "/work"),
        ("javascript:alert(1)", "/work"),
    ],
)
def test_next_leads_only_within_this_site(
    client: Client, world: World, after: str, goes: str
) -> None:
    assert sign_in(client, after=after)["Location"] == goes


def test_a_wrong_password_stays_on_the_page_with_an_error(client: Client, world: World) -> None:
    answer = sign_in(client, password="no")
    assert answer.status_code == 200
    assert "gp-notice-red" in answer.content.decode()
    assert "sessionid" not in client.cookies or "_auth_user_id" not in client.session


def test_five_failures_show_how_long_to_wait(client: Client, world: World) -> None:
    for _ in range(4):
        assert sign_in(client, password="no").status_code == 200
    locked = sign_in(client, password="no")
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "15" in locked.content.decode()
    right = sign_in(client)
    assert right.status_code == 429
    assert "_auth_user_id" not in client.session


def test_an_account_that_was_closed_cannot_sign_in(client: Client, world: World) -> None:
    world.users["zhihe"].is_active = False
    world.users["zhihe"].save()
    assert sign_in(client).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_second_factor_is_the_second_step(client: Client, world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.users["zhihe"], secret)
    first = sign_in(client)
    assert (first.status_code, first["Location"]) == (302, "/login/code")
    assert "_auth_user_id" not in client.session
    assert client.get("/login/code").status_code == 200
    assert client.post("/login/code", {"code": "000000"}).status_code == 200
    done = client.post("/login/code", {"code": code_now(secret)})
    assert (done.status_code, done["Location"]) == (302, "/work")


def test_guessing_the_second_factor_locks(client: Client, world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.users["zhihe"], secret)
    sign_in(client)
    statuses = [client.post("/login/code", {"code": "000000"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post("/login/code", {"code": code_now(secret)}).status_code == 429
    assert "_auth_user_id" not in client.session


def test_the_second_factor_is_turned_on_and_off_by_its_owner(client: Client, world: World) -> None:
    sign_in(client)
    assert client.get("/me/second-factor").status_code == 200
    asked = client.get("/me/second-factor/on")
    assert asked["Location"].startswith("/login/again")
    assert client.get("/login/again").status_code == 200
    assert client.post("/login/again", {"password": PASSWORD}).status_code == 302
    page = client.get("/me/second-factor/on").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{20,})</code>", page)
    assert secret is not None
    on = client.post("/me/second-factor/on", {"code": code_now(secret.group(1))})
    assert on.status_code == 302
    kinds = Authenticator.objects.filter(user=world.users["zhihe"]).values_list("type", flat=True)
    assert set(kinds) == {"totp", "recovery_codes"}
    assert client.get("/me/second-factor/codes").status_code == 200
    assert client.get("/me/second-factor/codes/new").status_code == 200
    assert client.get("/me/second-factor/off").status_code == 200
    assert client.post("/me/second-factor/off").status_code == 302
    assert not Authenticator.objects.filter(user=world.users["zhihe"]).exists()


def test_a_password_is_changed_only_with_the_old_one(client: Client, world: World) -> None:
    sign_in(client)
    new = "battery staple 27"
    wrong = {"oldpassword": "no", "password1": new, "password2": new}
    assert client.post("/me/password", wrong).status_code == 200
    answer = client.post("/me/password", {**wrong, "oldpassword": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/me")
    world.users["zhihe"].refresh_from_db()
    assert world.users["zhihe"].check_password(new)


def test_signing_out_asks_first_and_needs_a_post(client: Client, world: World) -> None:
    sign_in(client)
    assert client.get("/logout").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/logout")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_my_account_shows_my_posts_and_makes_tokens_shown_once(
    client: Client, world: World
) -> None:
    assert client.get("/me")["Location"] == "/login?next=/me"
    sign_in(client)
    assert "总网格长" in client.get("/me").content.decode()
    page = client.post("/me/tokens", {"days": 7}).content.decode()
    secret = re.search(r"gp_[\w-]{40,}", page)
    assert secret is not None
    assert ApiToken.objects.valid(secret.group()).count() == 1
    again = client.get("/me").content.decode()
    assert secret.group() not in again
    token = ApiToken.objects.get()
    assert client.post(f"/me/tokens/{token.pk}/end")["Location"] == "/me"
    assert not ApiToken.objects.exists()


def test_a_token_lasts_no_longer_than_a_year(client: Client, world: World) -> None:
    sign_in(client)
    assert client.post("/me/tokens", {"days": 366}).status_code == 422
    assert not ApiToken.objects.exists()


def test_nobody_ends_the_token_of_somebody_else(client: Client, world: World) -> None:
    sign_in(client)
    client.post("/me/tokens", {"days": 7})
    token = ApiToken.objects.get()
    other = Client()
    sign_in(other, "neighbour")
    assert other.post(f"/me/tokens/{token.pk}/end").status_code == 404
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(("page", "goes"), [("/login/new", "/login"), ("/me/mail", "/me")])
def test_nobody_signs_up_by_themselves(client: Client, world: World, page: str, goes: str) -> None:
    assert client.get(page)["Location"] == goes

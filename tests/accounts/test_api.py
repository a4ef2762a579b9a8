"""Signing in by program: tokens, the second factor, lock-out, CSRF for sessions only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridpact.accounts.models import ApiToken
from gridpact.audit.models import AuditRow
from gridpact.core import clock
from tests.api import Caller, anyone, caller
from tests.factories.world import PASSWORD, ZHIHE, World

TOKEN = "/api/v1/auth/token"


def sign_in(name: str = "zhihe", password: str = PASSWORD, **more: str) -> Any:
    return anyone().post(TOKEN, {"username": name, "password": password, **more})


def test_a_password_gives_a_token_with_the_posts_it_opens(world: World) -> None:
    answer = sign_in()
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"] == {"username": "zhihe", "name": "zhihe甲"}
    assert [(post["kind"], post["cell"]) for post in body["posts"]] == [("general_head", ZHIHE)]
    assert body["expires"] > clock.now().isoformat()
    me = Caller(body["token"]).get("/api/v1/me")
    assert me.status_code == 200
    assert me.json()["user"]["username"] == "zhihe"
    assert "orders.triage" in me.json()["rights"]


def test_only_the_digest_of_a_token_is_kept_and_its_making_is_on_record(world: World) -> None:
    secret = sign_in().json()["token"]
    token = ApiToken.objects.get(user__username="zhihe")
    assert secret not in token.digest
    assert token.digest == ApiToken.digest_of(secret)
    row = AuditRow.objects.get(action="accounts.issue_token")
    assert (row.actor_name, row.subject_label) == ("zhihe甲", "zhihe")


def test_a_wrong_password_and_an_unknown_name_look_the_same(world: World) -> None:
    wrong, unknown = sign_in(password="no"), sign_in("nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "bad_credentials"
    assert not ApiToken.objects.exists()


def test_five_failures_lock_the_name_even_for_the_right_password(world: World) -> None:
    statuses = [sign_in(password="no").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]
    answer = sign_in()
    assert answer.status_code == 429
    assert answer.json()["code"] == "locked"
    assert answer["Retry-After"] == "900"
    assert sign_in("worker").status_code == 200


def test_a_success_forgets_earlier_failures(world: World) -> None:
    for _ in range(2):
        for _ in range(4):
            assert sign_in(password="no").status_code == 401
        assert sign_in().status_code == 200


def test_a_second_factor_is_asked_for_and_a_recovery_code_works_once(world: World) -> None:
    user = world.users["zhihe"]
    TOTP.activate(user, generate_totp_secret())
    codes = RecoveryCodes.activate(user)
    code = codes.get_unused_codes()[0]
    assert sign_in().json()["code"] == "otp_required"
    assert sign_in(otp="000000").json()["code"] == "otp_wrong"
    assert sign_in(otp=code).status_code == 200
    assert sign_in(otp=code).json()["code"] == "otp_wrong"
    assert Authenticator.objects.filter(user=user).count() == 2


def test_wrong_second_factors_lock_like_wrong_passwords(world: World) -> None:
    TOTP.activate(world.users["zhihe"], generate_totp_secret())
    statuses = [sign_in(otp="000000").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]


def test_a_token_that_is_over_or_unknown_or_of_a_closed_account_is_refused(world: World) -> None:
    me = caller(world, "zhihe")
    assert me.get("/api/v1/me").status_code == 200
    assert Caller("gp_nonsense").get("/api/v1/me").status_code == 401
    ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    answer = me.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    assert answer["WWW-Authenticate"] == "Bearer"
    ApiToken.objects.update(expires_at=clock.now() + timedelta(days=1))
    world.users["zhihe"].is_active = False
    world.users["zhihe"].save()
    assert me.get("/api/v1/me").status_code == 401


def test_signing_out_ends_the_token(world: World) -> None:
    me = caller(world, "zhihe")
    assert me.delete(TOKEN).status_code == 204
    assert me.get("/api/v1/me").status_code == 401
    assert AuditRow.objects.filter(action="accounts.revoke_token").count() == 1


def test_a_call_without_an_account_is_401(world: World) -> None:
    assert anyone().get("/api/v1/me").status_code == 401
    assert anyone().get("/api/v1/orders").status_code == 401


def test_a_browser_session_reads_freely_but_writes_only_with_its_csrf_token(world: World) -> None:
    order = world.order()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.users["zhihe"], "django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/me").status_code == 200
    url = f"/api/v1/orders/{order.number}/accept"
    refused = browser.post(url, {}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    order.refresh_from_db()
    assert order.state == "SUBMITTED"
    secret = browser.get("/login/again").cookies  # any page with a form sets the cookie
    token = (secret.get("csrftoken") or browser.cookies["csrftoken"]).value
    taken = browser.post(url, {}, content_type="application/json", headers={"X-CSRFToken": token})
    assert taken.status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[1]", 422),
        (b"{}", 422),
        (b'{"username": 7, "password": "x"}', 422),
        (b'{"username": "a\\u0000b", "password": "x"}', 422),
        (b'{"username": "' + b"a" * 200 + b'", "password": "x"}', 422),
        (b'"' + b"x" * 3_000_000 + b'"', 413),
    ],
)
def test_a_bad_body_is_refused_with_problem_details(world: World, body: bytes, status: int) -> None:
    answer = Client().post(TOKEN, body, content_type="application/json")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert {"code", "title", "detail", "errors", "status"} <= answer.json().keys()


def test_the_fault_is_named_by_field_in_the_readers_language(world: World) -> None:
    def said(language: str) -> list[dict[str, str]]:
        headers = {"Accept-Language": language}
        answer = Client(headers=headers).post(TOKEN, {}, content_type="application/json")
        errors: list[dict[str, str]] = answer.json()["errors"]
        return errors

    assert {"field": "username", "message": "is required"} in said("en")
    assert [error["field"] for error in said("zh")] == ["username", "password"]


def test_me_costs_the_same_queries_for_any_number_of_posts(
    world: World, django_assert_num_queries: Any
) -> None:
    me = caller(world, "zhihe")
    with django_assert_num_queries(4) as queries:
        me.get("/api/v1/me")
    assert isinstance(queries, CaptureQueriesContext)

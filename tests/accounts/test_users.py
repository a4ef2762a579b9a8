"""Accounts kept by the security administrator: open, close, a new password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.accounts.models import ApiToken, User
from gridpact.accounts.registers import USERS
from gridpact.accounts.services import (
    edit_account,
    issue_token,
    open_account,
    reset_password,
)
from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.ui import register_import
from tests.factories.world import PASSWORD, World


@pytest.fixture
def sign_in(world: World, client: Client, settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path

    def enter(name: str) -> Client:
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def test_a_new_account_has_a_sealed_phone_and_no_password(world: World) -> None:
    user = open_account("chen", "陈某", "138 0000 5678", actor=world.actor("secadmin"))
    assert user.phone == "13800005678"
    assert "13800005678" not in user.phone_sealed
    assert not user.has_usable_password()
    assert AuditRow.objects.get(action="accounts.open_account").subject_label == "chen"


@pytest.mark.parametrize("name", ["district", "sysadmin", "auditor", "zhihe", "dept", "resident"])
def test_nobody_else_manages_accounts(world: World, name: str) -> None:
    actor, user = world.actor(name), world.users["worker"]
    for attempt in (
        lambda: open_account("chen", "陈某", actor=actor),
        lambda: edit_account(user, "改名", is_active=False, actor=actor),
        lambda: reset_password(user, actor=actor),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "forbidden"
    worker = User.objects.get(username="worker")
    assert (worker.name, worker.is_active, worker.check_password(PASSWORD)) == (
        "worker甲",
        True,
        True,
    )
    assert not User.objects.filter(username="chen").exists()


def test_a_username_is_given_once_and_a_phone_is_a_phone(world: World) -> None:
    actor = world.actor("secadmin")
    with pytest.raises(Refused) as refusal:
        open_account("worker", "别人", actor=actor)
    assert refusal.value.code == "username_taken"
    with pytest.raises(Refused) as refusal:
        open_account("chen", "陈某", "not a phone", actor=actor)
    assert refusal.value.code == "account_phone_wrong"
    assert not User.objects.filter(username="chen").exists()


def test_a_closed_account_is_out_at_once(sign_in: Any, world: World) -> None:
    staff = sign_in("worker")
    assert staff.get("/cells/").status_code == 200
    edit_account(world.users["worker"], "worker甲", is_active=False, actor=world.actor("secadmin"))
    assert staff.get("/cells/")["Location"] == "/login?next=/cells/"
    again = Client()
    again.post("/login", {"login": "worker", "password": PASSWORD})
    assert "_auth_user_id" not in again.session


def test_nobody_closes_or_resets_their_own_account(world: World) -> None:
    actor, own = world.actor("secadmin"), world.users["secadmin"]
    for attempt in (
        lambda: edit_account(own, own.name, is_active=False, actor=actor),
        lambda: reset_password(own, actor=actor),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "own_account"
    assert User.objects.get(pk=own.pk).is_active


def test_a_new_password_ends_the_old_one_and_all_tokens(world: World) -> None:
    worker = world.users["worker"]
    issue_token(worker, actor=world.actor("worker"))
    password = reset_password(worker, actor=world.actor("secadmin"))
    stored = User.objects.get(pk=worker.pk)
    assert stored.check_password(password)
    assert not stored.check_password(PASSWORD)
    assert not ApiToken.objects.filter(user=worker).exists()
    row = AuditRow.objects.get(action="accounts.reset_password")
    assert password not in f"{row.before}{row.after}{row.why}{row.subject_label}"


def test_an_empty_phone_keeps_the_number_and_the_same_values_change_nothing(world: World) -> None:
    actor = world.actor("secadmin")
    user = open_account("chen", "陈某", "13800005678", actor=actor)
    edit_account(user, "陈某", is_active=True, actor=actor)
    assert User.objects.get(pk=user.pk).phone == "13800005678"
    assert not AuditRow.objects.filter(action="accounts.edit_account").exists()


def test_the_pages_are_the_security_administrators_alone(sign_in: Any, world: World) -> None:
    world.users["worker"].set_phone("13800005678")
    world.users["worker"].save()
    page = sign_in("secadmin").get("/users/").content.decode()
    assert "138****5678" in page
    assert "13800005678" not in page
    for path in ("/users/", "/users/worker", "/users/new", "/users/worker/password"):
        assert sign_in("district").get(path).status_code == 403


def test_a_password_is_shown_once_and_never_kept_by_a_cache(sign_in: Any, world: World) -> None:
    staff = sign_in("secadmin")
    assert staff.get("/users/worker/password").status_code == 200
    assert User.objects.get(username="worker").check_password(PASSWORD)
    answer = staff.post("/users/worker/password")
    found = re.search(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", answer.content.decode())
    assert found is not None
    assert "no-store" in answer["Cache-Control"]
    assert User.objects.get(username="worker").check_password(found.group())


def test_opening_by_form_and_what_is_exported_imports_without_a_change(
    sign_in: Any, world: World
) -> None:
    staff = sign_in("secadmin")
    form = {"username": "chen", "name": "陈某", "phone": "13800005678", "is_active": "on"}
    assert staff.post("/users/new", form)["Location"] == "/users/chen"
    assert staff.post("/users/new", form).status_code == 422
    raw = b"".join(staff.get("/users/export.csv").streaming_content)
    assert b"13800005678" not in raw
    file = SimpleUploadedFile("t.csv", raw)
    result = register_import.run_import(USERS, file, "t.csv", world.actor("secadmin"))
    assert (result.created, result.updated, result.rejected) == (0, 0, [])
    assert result.unchanged == User.objects.count()

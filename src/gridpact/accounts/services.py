"""Verbs on accounts and on tokens. A secret is shown once and only its digest is kept."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from gridpact.accounts.models import ApiToken, User
from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require

TOKEN_HOURS = 24
MAX_TOKEN_DAYS = 365
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is misread when it is dictated
_PREFIX = "gp_"  # lets scanners of leaked secrets recognise a token


class Issued(NamedTuple):
    """A new token: its secret in clear (never seen again) and its row."""

    secret: str
    token: ApiToken


@transaction.atomic
def issue_token(user: User, *, actor: Actor, days: int = 0) -> Issued:
    """Give `user` a bearer token for `days` days (0: 24 hours). Raises `Refused("token_days")`."""
    if not 0 <= days <= MAX_TOKEN_DAYS:
        raise Refused("token_days", 422, field="days", most=MAX_TOKEN_DAYS)
    lasts = timedelta(days=days) if days else timedelta(hours=TOKEN_HOURS)
    secret = _PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    token = ApiToken.objects.create(
        user=user, digest=ApiToken.digest_of(secret), created_at=now, expires_at=now + lasts
    )
    audit.record(actor, "accounts.issue_token", token, label=user.username)
    return Issued(secret, token)


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: Actor) -> None:
    """End one of the actor's own tokens at once. Somebody else's looks missing (404)."""
    if token.user_id != actor.user_id:
        raise Refused("not_found", 404)
    audit.record(actor, "accounts.revoke_token", token, label=str(token))
    token.delete()


@transaction.atomic
def open_account(username: str, name: str, phone: str = "", *, actor: Actor) -> User:
    """Open an account that cannot sign in before it gets a password.

    Raises `Refused`: forbidden, username_taken, account_phone_wrong.
    """
    require(actor, "accounts.open_account")
    if User.objects.filter(username=username).exists():
        raise Refused("username_taken", 409, username=username)
    user = User(username=username, name=name)
    _keep_phone(user, phone)
    user.set_unusable_password()
    user.save()
    audit.record(actor, "accounts.open_account", user, label=username)
    return user


@transaction.atomic
def edit_account(user: User, name: str, phone: str = "", *, is_active: bool, actor: Actor) -> User:
    """Keep name and phone (empty: as it stands), close the account or open it again.

    A closed account is signed out at once and its tokens are void. Raises `Refused`: forbidden,
    own_account (nobody closes their own), account_phone_wrong.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    require(actor, "accounts.edit_account", row)
    if not is_active and row.pk == actor.user_id:
        raise Refused("own_account", 409)
    before = _facts(row)
    row.name, row.is_active = name, is_active
    if phone:
        _keep_phone(row, phone)
    if _facts(row) == before:
        return row
    row.save(update_fields=["name", "is_active", "phone_sealed", "phone_digest"])
    audit.record(
        actor, "accounts.edit_account", row, label=row.username,
        before=audit.fingerprint(*before), after=audit.fingerprint(*_facts(row)),
    )  # fmt: skip
    return row


@transaction.atomic
def reset_password(user: User, *, actor: Actor) -> str:
    """Give the account a new password, shown once; sessions and tokens of the old one end.

    Raises `Refused`: forbidden, own_account (one's own is changed on one's own page).
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    require(actor, "accounts.reset_password", row)
    if row.pk == actor.user_id:
        raise Refused("own_account", 409)
    password = "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
    row.set_password(password)
    row.save(update_fields=["password"])
    row.api_tokens.all().delete()
    audit.record(actor, "accounts.reset_password", row, label=row.username)
    return password


def _keep_phone(user: User, phone: str) -> None:
    if phone and not _PHONE.fullmatch(phone):
        raise Refused("account_phone_wrong", 422, field="phone", given=phone[:30])
    user.set_phone(re.sub(r"[ -]", "", phone))


def _facts(user: User) -> tuple[object, ...]:
    return user.name, user.phone_digest, user.is_active

"""Verbs on tokens: issue and revoke. The secret is shown once and only its digest is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

import gridpact.accounts.refusals  # noqa: F401 - registers the sentences
from gridpact.accounts.models import ApiToken, User
from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused

TOKEN_HOURS = 24
MAX_TOKEN_DAYS = 365
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

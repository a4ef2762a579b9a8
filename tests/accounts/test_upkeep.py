from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session

from gridpact.accounts.models import ApiToken, IdempotencyKey, RateHit
from gridpact.accounts.tasks import sweep
from gridpact.accounts.upkeep import sweep_accounts
from gridpact.core import clock
from tests.factories.world import World


def test_only_what_expired_is_swept(world: World) -> None:
    now = clock.now()
    for age in (timedelta(days=6), timedelta(days=8)):
        IdempotencyKey.objects.create(caller="a", key=str(age), request="r", created_at=now - age)
    for age in (timedelta(minutes=59), timedelta(minutes=61)):
        RateHit.objects.create(address="127.0.0.1", scope="orders", at=now - age)
    for left in (timedelta(hours=1), timedelta(hours=-1)):
        Session.objects.create(session_key=str(left), session_data="", expire_date=now + left)
        ApiToken.objects.create(
            user=world.users["zhihe"], digest=str(left), created_at=now, expires_at=now + left
        )
    assert sweep_accounts() == {"answers": 1, "hits": 1, "sessions": 1, "tokens": 1}
    sweep(0)
    assert [model.objects.count() for model in (IdempotencyKey, RateHit, Session, ApiToken)] == [
        1
    ] * 4

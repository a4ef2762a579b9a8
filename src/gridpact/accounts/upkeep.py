"""Removing what accounts no longer need: old answers, rate hits, dead sessions and tokens."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session

from gridpact.accounts.models import ApiToken, IdempotencyKey, RateHit
from gridpact.core import clock

KEEP_ANSWERS = timedelta(days=7)
KEEP_HITS = timedelta(hours=1)


def sweep_accounts() -> dict[str, int]:
    """Delete answers of idempotent writes after 7 days, rate hits after an hour, what expired.

    Returns how many rows of each were removed; running it again removes nothing more.
    """
    now = clock.now()
    expired = {
        "answers": IdempotencyKey.objects.filter(created_at__lt=now - KEEP_ANSWERS),
        "hits": RateHit.objects.filter(at__lt=now - KEEP_HITS),
        "sessions": Session.objects.filter(expire_date__lt=now),
        "tokens": ApiToken.objects.filter(expires_at__lt=now),
    }
    return {name: rows.delete()[0] for name, rows in expired.items()}

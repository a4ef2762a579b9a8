"""How often one address may write without an account, counted in the database across processes."""

from __future__ import annotations

import math
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from gridpact.accounts.models import RateHit
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.core.net import client_address

# scope → (most hits, within seconds); `orders` follows the operator's setting.
LIMITS = {"uploads": (120, 60), "codes": (10, 600), "joins": (10, 600)}


def limit_of(scope: str) -> tuple[int, int]:
    """`(most, seconds)` of `orders`, `uploads`, `joins` or `codes` (wrong tracking codes)."""
    if scope == "orders":
        return settings.PUBLIC_WRITES_PER_MINUTE, 60
    return LIMITS[scope]


def is_exempt(request: HttpRequest, scope: str) -> bool:
    """Placing orders is free for the operator's own addresses; uploads and codes never are."""
    return scope == "orders" and client_address(request) in settings.RATE_EXEMPT


def check_public_write(request: HttpRequest, scope: str) -> None:
    """Count one write of `scope`; raise `Refused("too_many", 429, seconds=n)` above the limit.

    Call it before the verb and outside its transaction, so that a refused verb counts too.
    """
    if is_exempt(request, scope):
        return
    address = client_address(request)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One counter per address and scope; losing hits in a crash does no harm.
            cursor.execute("SET LOCAL synchronous_commit = off")
            key = f"rate:{scope}:{address}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        wait = _seconds_to_wait(address, scope)
        if not wait:
            RateHit.objects.create(address=address, scope=scope, at=clock.now())
    if wait:
        raise Refused("too_many", 429, seconds=wait)


def check_tries(request: HttpRequest, scope: str) -> None:
    """Like `check_public_write`, without counting: for tries of which only the wrong ones count."""
    wait = _seconds_to_wait(client_address(request), scope)
    if wait:
        raise Refused("too_many", 429, seconds=wait)


def count_try(request: HttpRequest, scope: str) -> None:
    """Count one wrong try of `scope`."""
    RateHit.objects.create(address=client_address(request), scope=scope, at=clock.now())


def _seconds_to_wait(address: str, scope: str) -> int:
    """0 while below the limit, else the seconds until the oldest counted hit leaves the window."""
    most, seconds = limit_of(scope)
    since = clock.now() - timedelta(seconds=seconds)
    recent = RateHit.objects.filter(address=address, scope=scope, at__gt=since)
    hits = list(recent.order_by("-at").values_list("at", flat=True)[:most])
    if len(hits) < most:
        return 0
    oldest = hits[-1] if hits else clock.now()
    left = (oldest + timedelta(seconds=seconds) - clock.now()).total_seconds()
    return max(1, math.ceil(left))

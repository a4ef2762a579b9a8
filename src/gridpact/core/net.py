"""The client's address behind trusted proxies."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address to hold responsible: REMOTE_ADDR, or the last untrusted hop of X-Forwarded-For.

    X-Forwarded-For is believed only when the peer is in `settings.TRUSTED_PROXIES`.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    if peer not in settings.TRUSTED_PROXIES:
        return peer
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if hop not in settings.TRUSTED_PROXIES:
            return hop[:45]
    return peer

"""The same write sent twice changes the world once and gets the same answer both times."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import psycopg
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse

from gridpact.accounts.models import IdempotencyKey
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of, answer

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_WAIT_MS = 8000  # how long a second request waits for the first one with the same key


class Given(NamedTuple):
    """An answer: HTTP status, JSON body, and whether it had been given before."""

    status: int
    body: Any
    again: bool = False


def once(caller: str, key: str, request: str, run: Callable[[], tuple[int, Any]]) -> Given:
    """Run `run() -> (status, body)` once per `caller` and `key`; later calls get the first answer.

    `request` is a digest of what is asked. Verb and answer commit together, so a crash or a
    refusal leaves nothing and the request may be sent again. Raises `Refused`: `bad_key` (422),
    `idempotency_conflict` (409, another request under this key), `idempotency_busy` (409).
    """
    if not _KEY.fullmatch(key):
        raise Refused("bad_key", 422, field=HEADER)
    caller = caller[:60]
    with transaction.atomic():
        if not _take(caller, key, request):
            return _replay(caller, key, request)
        status, body = run()
        IdempotencyKey.objects.filter(caller=caller, key=key).update(
            status=status, body=orjson.dumps(body, default=str).decode()
        )
    return Given(status, body)


def _take(caller: str, key: str, request: str) -> bool:
    """Take the key, waiting for a running request that holds it; False when it was used before."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {_WAIT_MS}")
            cursor.execute(
                "INSERT INTO accounts_idempotencykey (caller, key, request, created_at)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [caller, key, request, clock.now()],
            )
            taken = bool(cursor.rowcount == 1)
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise Refused("idempotency_busy", 409) from error
        raise
    return taken


def _replay(caller: str, key: str, request: str) -> Given:
    known = IdempotencyKey.objects.get(caller=caller, key=key)
    if known.request != request or known.status is None or known.body is None:
        raise Refused("idempotency_conflict", 409)
    return Given(known.status, orjson.loads(known.body), again=True)


def digest_of(request: HttpRequest, *parts: bytes) -> str:
    """SHA-256 of method, address and body (or `parts` in place of the body)."""
    hasher = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in parts or (request.body,):
        hasher.update(hashlib.sha256(part).digest())
    return hasher.hexdigest()


def caller_of(actor: Actor) -> str:
    """Whose key it is: the account's, or the address's where there is no account."""
    return f"user:{actor.user_id}" if actor.is_signed_in else f"address:{actor.address}"


def answer_once(
    request: HttpRequest,
    run: Callable[[], Any],
    *,
    status: int = 200,
    parts: tuple[bytes, ...] = (),
) -> HttpResponse:
    """Answer a write of the API with `run()` as JSON, honouring the `Idempotency-Key` header."""
    key = request.headers.get(HEADER)
    if key is None:
        return answer(run(), status)
    caller = caller_of(actor_of(request))
    given = once(caller, key, digest_of(request, *parts), lambda: (status, run()))
    response = answer(given.body, given.status)
    if given.again:
        response["Idempotency-Replayed"] = "true"
    return response


def keep_answer(caller: str, key: str, request: str, body: Any) -> None:
    """Leave `body` under a key, replacing what an earlier sending of the same left there."""
    IdempotencyKey.objects.update_or_create(
        caller=caller[:60],
        key=key,
        defaults={
            "request": request,
            "status": 200,
            "body": orjson.dumps(body, default=str).decode(),
            "created_at": clock.now(),
        },
    )


def kept_answer(caller: str, key: str) -> Any:
    """What was answered under a key, or None; answers are kept for seven days."""
    known = IdempotencyKey.objects.filter(caller=caller[:60], key=key).first()
    return None if known is None or known.body is None else orjson.loads(known.body)

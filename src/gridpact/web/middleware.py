"""Around every request: the database that is away, the language, the actor, the idle session."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from gridpact.accounts.models import User
from gridpact.core.access import PUBLIC, Actor, Refused
from gridpact.core.database import DatabaseUnavailable, ensure_running
from gridpact.core.edge import problem, set_actor
from gridpact.core.net import client_address
from gridpact.core.texts import refusal_text
from gridpact.grid.tree import one_tree
from gridpact.orgs.selectors import actor_for

_log = logging.getLogger(__name__)
Handler = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "language"
_BARE_FAULTS = {404: "not_found", 405: "method_not_allowed"}
# The page of a status; what was entered wrong is like an address that cannot be understood.
_PAGES = {400: 400, 403: 403, 404: 404, 409: 409, 422: 400, 429: 429}
_TOUCH_SECONDS = 60  # how often a session's last use is written


class DatabaseAwayMiddleware:
    """Answers 503 while the database is away; the connection is renewed by the next request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        if request.path.startswith("/api/") and response.status_code in _BARE_FAULTS:
            return _as_problem(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a lost database into 503, and a refusal that reached a page into its status."""
        if isinstance(error, (OperationalError, InterfaceError)):
            wake_database()
            return away(request)
        if isinstance(error, Refused):
            return refused_page(request, error)
        return None


def _as_problem(response: HttpResponse) -> HttpResponse:
    """Problem details for what the framework answers to programs: no such call, wrong method."""
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return response
    code = _BARE_FAULTS[response.status_code]
    fault = problem(response.status_code, code, refusal_text(code, {}))
    if "Allow" in response.headers:
        fault["Allow"] = response.headers["Allow"]
    return fault


_waking = threading.Lock()


def wake_database() -> None:
    """Start the embedded server again if it was killed; one attempt at a time, aside."""
    if _waking.acquire(blocking=False):
        threading.Thread(target=_wake, daemon=True).start()


def _wake() -> None:
    try:
        ensure_running()
    except DatabaseUnavailable as error:
        _log.warning("%s", error)
    finally:
        _waking.release()


def away(request: HttpRequest) -> HttpResponse:
    """503 with a sentence, as problem details for programs and as a page for people."""
    if request.path.startswith("/api/"):
        response = problem(503, "database_away", refusal_text("database_away", {}))
    else:
        response = render(request, "503.html", status=503)
    response["Retry-After"] = "3"
    return response


def refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as a page of its status; who is not signed in is asked to sign in first."""
    if refusal.status == 403 and not session_actor(request).is_signed_in:
        return redirect_to_login(request.get_full_path())
    page = _PAGES.get(refusal.status, 409)
    response = render(request, f"{page}.html", {"refusal": refusal}, status=refusal.status)
    response["X-Refusal"] = quote(refusal.sentence)  # the toast of a fragment request
    if refusal.status == 429:
        response["Retry-After"] = str(refusal.params.get("seconds", 60))
    return response


class PagesMiddleware:
    """Runs `settings.PAGE_MIDDLEWARE` around everything but the API, which has no use for them.

    They may only have `__call__`: hooks such as `process_view` are not seen from here.
    """

    def __init__(self, get_response: Handler) -> None:
        self._direct = get_response
        self._around = get_response
        for name in reversed(settings.PAGE_MIDDLEWARE):
            self._around = import_string(name)(self._around)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        is_call = request.path_info.startswith("/api/")
        return (self._direct if is_call else self._around)(request)


class LanguageMiddleware:
    """zh-Hans first; English only when a person chose it (cookie) or a program asks for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        language = request.COOKIES.get(LANGUAGE_COOKIE, "")
        if not language and request.path.startswith("/api/"):
            accepts = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
            language = "en" if accepts.startswith("en") else ""
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response


class OneTreeMiddleware:
    """Requests that only read ask once which version the tree has, however often it is used."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with one_tree():
            return self.get_response(request)


class ActorMiddleware:
    """Sets `request.actor` lazily and ends sessions that were idle too long."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._end_when_idle(request)
        set_actor(request, cast("Actor", SimpleLazyObject(lambda: session_actor(request))))
        return self.get_response(request)

    @staticmethod
    def _end_when_idle(request: HttpRequest) -> None:
        last = request.session.get("seen")
        now = int(time.time())
        if last is not None and now - last > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif "_auth_user_id" in request.session and (last is None or now - last > _TOUCH_SECONDS):
            request.session["seen"] = now


def session_actor(request: HttpRequest) -> Actor:
    """The actor of the browser session, or the anonymous public with its address."""
    user = request.user
    address = client_address(request)
    if isinstance(user, User) and user.is_authenticated and user.is_active:
        return actor_for(user, acting_as=request.session.get("acting_as"), address=address)
    return Actor(kind=PUBLIC.kind, address=address)

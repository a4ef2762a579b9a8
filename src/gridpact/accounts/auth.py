"""Who calls the API: a bearer token, the browser session (with CSRF), or the anonymous public."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from gridpact.accounts.models import ApiToken, User
from gridpact.core.access import PUBLIC, Actor, Refused
from gridpact.core.edge import actor_of, set_actor
from gridpact.core.net import client_address

ActorLoader = Callable[..., Actor]


@cache
def _loader() -> ActorLoader:
    """What turns a user into an actor stands above this app, so the settings name it."""
    loader: ActorLoader = import_string(settings.ACTOR_LOADER)
    return loader


def load_actor(user: User, request: HttpRequest) -> Actor:
    """The actor of `user` with posts and memberships, at the request's address."""
    return _loader()(user, address=client_address(request))


class LateActor(SimpleLazyObject):  # type: ignore[type-arg]  # has none when it runs
    """The actor of a token that holds; posts and memberships are read when somebody asks.

    A call open to everybody, such as locating a point, never does.
    """

    def __bool__(self) -> bool:
        return True


class Bearer(HttpBearer):
    """`Authorization: Bearer …`; a token that is wrong or over is refused, never ignored."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor of the token's user. Raises AuthenticationError (401)."""
        row = ApiToken.objects.valid(token).select_related("user").first()
        if row is None:
            raise AuthenticationError
        actor = cast("Actor", LateActor(lambda: load_actor(row.user, request)))
        set_actor(request, actor)
        return actor


class Session(APIKeyCookie):
    """The browser session; anything but reading needs the CSRF token as on pages."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The signed-in actor, or None. Raises `Refused("csrf", 403)`."""
        if not key:
            return None
        actor = actor_of(request)
        if not actor.is_signed_in:
            return None
        if check_csrf(request) is not None:
            raise Refused("csrf", 403)
        return actor


class Public(HttpBearer):
    """For calls that need no account: the caller is whoever signed in, else the public."""

    def __init__(self) -> None:
        super().__init__()
        self._bearer, self._session = Bearer(), Session()

    def __call__(self, request: HttpRequest) -> Actor:
        """Never refuses for want of an account; a wrong token is refused all the same."""
        actor = self._bearer(request) or self._session(request)
        if actor is None:
            actor = Actor(kind=PUBLIC.kind, address=client_address(request))
            set_actor(request, actor)
        return actor

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Named by the base class; `__call__` decides."""
        return self._bearer.authenticate(request, token)


SIGNED_IN = [Bearer(), Session()]
PUBLIC_OR_SIGNED_IN = [Public()]

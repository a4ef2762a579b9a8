"""Pages of one's own account, and the answer while sign-in is locked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridpact.accounts.forms import TokenForm
from gridpact.accounts.lockout import locked_seconds, locked_sentence
from gridpact.accounts.models import ApiToken, User
from gridpact.accounts.registers import USERS
from gridpact.accounts.services import issue_token, reset_password, revoke_token
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.core.edge import actor_of, problem


def locked_out(request: HttpRequest, response: Any, credentials: Any) -> HttpResponse:
    """429 after five failures of one name from one address, as a page or as problem details."""
    sentence, seconds = locked_sentence(), locked_seconds()
    if request.path.startswith("/api/"):
        answer = problem(429, "locked", sentence)
    else:
        answer = render(request, "accounts/locked.html", {"sentence": sentence}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """My posts, password, second factor and tokens."""
    return _page(request, TokenForm())


@never_cache
@login_required
@require_POST
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    actor = actor_of(request)
    issued = issue_token(_user(request), actor=actor, days=form.cleaned_data["days"])
    return _page(request, TokenForm(), secret=issued.secret)


@login_required
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my tokens."""
    token = ApiToken.objects.filter(user=_user(request), pk=pk).first()
    if token is None:
        raise Refused("not_found", 404)
    revoke_token(token, actor=actor_of(request))
    return redirect("accounts:me")


def _page(
    request: HttpRequest, form: TokenForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    user = _user(request)
    tokens = user.api_tokens.filter(expires_at__gt=clock.now())
    context = {"account": user, "tokens": tokens, "form": form, "secret": secret}
    return render(request, "accounts/me.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return User.objects.get(pk=request.user.pk or 0)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, then give somebody's account a new password and show it this once."""
    actor = actor_of(request)
    USERS.require_write(actor)
    user = USERS.one(actor, key)
    context: dict[str, Any] = {
        "title": _("New password"),
        "back_href": reverse(USERS.url_name("detail"), kwargs={"key": key}),
        "person": user,
    }
    if request.method == "POST":
        context["password"] = reset_password(user, actor=actor)
        return render(request, "accounts/new_password.html", context)
    context["question"] = _(
        "%(name)s will be signed out everywhere; the old password and all tokens end."
    ) % {"name": user}
    context["confirm_label"] = _("Make a new password")
    return render(request, "ui/confirm.html", context)

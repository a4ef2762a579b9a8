"""How allauth fits this product: no self sign-up, sign-in on record, home at the workbench."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from gridpact.accounts.auth import load_actor
from gridpact.audit import services as audit


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by the security administrator only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's account."""
        return reverse("accounts:me")

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Signing in is on record."""
        audit.record(load_actor(user, request), "accounts.sign_in", user, label=user.username)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

"""Forms around signing in: wrong codes count as sign-in tries, tokens ask for days."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as mfa
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gridpact.accounts.lockout import locked_sentence
from gridpact.accounts.models import User
from gridpact.accounts.services import MAX_TOKEN_DAYS


class _CountedCode(forms.Form):
    """A wrong code is a failed sign-in: after five the account is locked as with passwords."""

    user: Any

    def clean_code(self) -> str:
        """The code, or an error; guesses are counted across processes."""
        request, credentials = context.request, {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True
            raise ValidationError(locked_sentence())
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # from the second base class
        except ValidationError:
            AxesProxyHandler.user_login_failed(
                sender=User, credentials=credentials, request=request
            )
            raise
        return code


class AuthenticateForm(_CountedCode, mfa.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of signing in."""


class ReauthenticateForm(_CountedCode, mfa.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second factor once more before a sensitive change."""


class TokenForm(forms.Form):
    """How long a new token lasts."""

    days = forms.IntegerField(
        label=_("Days it lasts"), min_value=1, max_value=MAX_TOKEN_DAYS, initial=30
    )

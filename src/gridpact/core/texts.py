"""Sentences for refusals: each app registers its codes once, both skins show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_REFUSALS: dict[str, Promise | str] = {
    "forbidden": _("Your post does not include this action."),
    "not_found": _("Nothing is here, or it is outside your area."),
    "method_not_allowed": _("This address does not take this method."),
    "bad_input": _("%(field)s: %(why)s"),
    "too_many": _("Too many requests. Please wait %(seconds)s seconds and try again."),
    "database_away": _("The database is away for a moment. Please send it again."),
    "sign_in": _("Please sign in first."),
    "idempotency_conflict": _("This Idempotency-Key was already used for a different request."),
    "idempotency_busy": _("A request with this Idempotency-Key is still being handled."),
}


def register_refusals(texts: Mapping[str, Promise | str]) -> None:
    """Add an app's refusal sentences; a code has one meaning in the whole product."""
    for code, text in texts.items():
        if _REFUSALS.get(code, text) is not text:
            raise RuntimeError(f"two sentences for refusal {code}")
        _REFUSALS[code] = text


def refusal_text(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of `code` in the active language, with `params` filled in."""
    text = _REFUSALS.get(code)
    if text is None:
        return gettext("This is not possible now (%(code)s).") % {"code": code}
    return str(text) % {key: str(value) for key, value in params.items()} if params else str(text)


def known_refusals() -> frozenset[str]:
    """Every registered refusal code."""
    return frozenset(_REFUSALS)

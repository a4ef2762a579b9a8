"""One helper that answers with the full page, or with a named fragment when HTMX asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils.cache import patch_vary_headers

TOAST_LEVELS = ("info", "success", "warning", "error")


def wants_fragment(request: HttpRequest) -> bool:
    """True for an HTMX request that is neither boosted navigation nor a history restore."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its `partial` for HTMX. Caches are told by `Vary: HX-Request`."""
    name = template
    if partial is not None and wants_fragment(request):
        name = f"{template}#{partial}"
    response = render_template(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response

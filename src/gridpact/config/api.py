"""The one API object; each app adds its router here."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from gridpact.core.access import Refused
from gridpact.core.texts import refusal_text


class OrjsonParser(Parser):
    """JSON in; broken JSON is a refusal, not a crash."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values."""
        try:
            return orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise HttpError(400, f"JSON: {error}") from error


class OrjsonRenderer(BaseRenderer):
    """JSON out."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Bytes of the answer."""
        return orjson.dumps(data, default=str)


api = NinjaAPI(
    title="GridPact 一网共治",
    version="1",
    urls_namespace="api",
    docs_url=None,
    parser=OrjsonParser(),
    renderer=OrjsonRenderer(),
)


def problem(
    status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **extra: Any
) -> HttpResponse:
    """RFC 9457 problem details."""
    body = {
        "type": "about:blank",
        "title": detail,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
        **extra,
    }
    return HttpResponse(
        orjson.dumps(body, default=str), status=status, content_type="application/problem+json"
    )


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A verb said no."""
    sentence = refusal.sentence
    errors = []
    if "field" in refusal.params:
        errors.append({"field": str(refusal.params["field"]), "message": sentence})
    extra = (
        {"allowed": refusal.params["allowed"]}
        if refusal.status == 409 and "allowed" in refusal.params
        else {}
    )
    response = problem(refusal.status, refusal.code, sentence, errors, **extra)
    if refusal.status == 429:
        response["Retry-After"] = str(refusal.params.get("seconds", 60))
    return response


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The body does not have the documented shape."""
    errors = [
        {
            "field": ".".join(str(part) for part in item["loc"][2:] or item["loc"]),
            "message": item["msg"],
        }
        for item in error.errors
    ]
    first = errors[0] if errors else {"field": "body", "message": ""}
    detail = refusal_text("bad_input", {"field": first["field"], "why": first["message"]})
    return problem(422, "bad_input", detail, errors)


@api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No valid token and no session."""
    response = problem(401, "sign_in", refusal_text("sign_in", {}))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Errors of the framework, e.g. broken JSON."""
    return problem(error.status_code, "bad_request", str(error))

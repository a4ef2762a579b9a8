"""What every HTTP edge of the API needs: the actor, the JSON body, answers and problem details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import orjson
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from pydantic import BaseModel

from gridpact.core.access import Actor, Refused

_Model = TypeVar("_Model", bound=BaseModel)
_Form = TypeVar("_Form", bound=Form)
_DEEPEST = 50  # objects within objects; no body of ours has ten


def actor_of(request: HttpRequest) -> Actor:
    """Who makes this request; set by the session middleware or the API's sign-in."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]  # added by our middleware


def set_actor(request: HttpRequest, actor: Actor) -> None:
    """Let `actor_of` name this actor from now on."""
    request.actor = actor  # type: ignore[attr-defined]  # requests have no such attribute


# Bodies that operations read themselves, so that the framework does not see them.
DOCUMENTED: dict[str, type[BaseModel]] = {}


def body_docs(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """`openapi_extra` of an operation that calls `read_body`; the API object adds the schema."""
    DOCUMENTED[model.__name__] = model
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": required, "content": content}}


def read_json(request: HttpRequest) -> Any:
    """The body as Python values; an empty body counts as `{}`.

    Raises `Refused`: `body_large` (413, the body is thrown away unread) or `json_broken` (400).
    """
    if announced_length(request) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
        drain(request)
        raise Refused("body_large", 413, most=_megabytes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    raw = request.body
    if not raw.strip():
        return {}
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("json_broken", 400, why=str(error)) from error


def read_body(request: HttpRequest, model: type[_Model]) -> _Model:
    """The JSON body as a `model`; a null counts as absent.

    Raises pydantic's ValidationError, which is answered with 422; `Refused` as `read_json`, and
    for objects nested deeper than any body is.
    """
    return model.model_validate(_without_nulls(read_json(request)))


def _without_nulls(value: Any, depth: int = 0) -> Any:
    if not isinstance(value, dict):
        return value
    if depth == _DEEPEST:
        raise Refused("json_broken", 400, why=f"more than {_DEEPEST} levels")
    return {key: _without_nulls(each, depth + 1) for key, each in value.items() if each is not None}


def checked(form: type[_Form], given: Mapping[str, object], **extra: Any) -> _Form:
    """The form of a list filled by a program's query; Refused 422 naming the first wrong field."""
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in given.items()})
    filled = form(data, **extra)
    for field, errors in filled.errors.items():
        raise Refused("bad_input", 422, field=field, why=" ".join(map(str, errors)))
    return filled


def drain(request: HttpRequest) -> None:
    """Throw away up to 64 MiB of a body that is too large.

    A client that is cut off while it sends sees a broken connection instead of the answer.
    """
    for _ in range(1024):
        if not request.read(65_536):
            return


def announced_length(request: HttpRequest) -> int:
    """Content-Length in bytes, 0 when absent or not a number."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isdecimal() else 0


def _megabytes(size: int | None) -> str:
    return f"{(size or 0) / 1024 / 1024:.1f}"


def answer(data: Any, status: int = 200) -> HttpResponse:
    """A JSON answer that no shared cache keeps; times are written in UTC with offset."""
    return HttpResponse(
        orjson.dumps(data, default=str),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "private, no-store"},
    )


def problem(
    status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None, **extra: Any
) -> HttpResponse:
    """Problem details (RFC 9457): `code` for programs, `detail` in the reader's language."""
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
        orjson.dumps(body, default=str),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )


def refusal_problem(refusal: Refused) -> HttpResponse:
    """A refusal as problem details: what is allowed instead (409), how long to wait (429)."""
    sentence = refusal.sentence
    params = refusal.params
    field = params.get("field")
    errors = [{"field": str(field), "message": sentence}] if field else []
    extra = {"allowed": params["allowed"]} if refusal.status == 409 and "allowed" in params else {}
    if "part" in params:  # which of several verbs of one call refused
        extra["part"] = params["part"]
    response = problem(refusal.status, refusal.code, sentence, errors, **extra)
    if refusal.status == 429:
        response["Retry-After"] = str(params.get("seconds", 60))
    return response

"""The one API object; each app adds its router here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer
from pydantic import ValidationError as ShapeError
from pydantic.json_schema import models_json_schema

from gridpact.accounts.api import router as accounts
from gridpact.accounts.auth import SIGNED_IN
from gridpact.audit.api import router as audit
from gridpact.clocks.api import router as clocks
from gridpact.core.access import Refused
from gridpact.core.edge import DOCUMENTED, problem, refusal_problem
from gridpact.core.texts import refusal_text
from gridpact.doors.api import router as doors
from gridpact.downloads.api import router as downloads
from gridpact.duties import api as duties
from gridpact.grid.api import router as cells
from gridpact.grid.api_locate import router as locating
from gridpact.grid.api_redraw import cells as redrawing
from gridpact.grid.api_redraw import router as redraws
from gridpact.honesty.api import router as honesty
from gridpact.learning import api as learning
from gridpact.networks.api import router as networks
from gridpact.notify.api import router as notifications
from gridpact.orders import api as orders
from gridpact.reports.api import router as figures
from gridpact.routing.api import router as routing
from gridpact.supervision.api import router as supervision
from gridpact.topics import api as topics


class OrjsonRenderer(BaseRenderer):
    """JSON out."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Bytes of the answer."""
        return orjson.dumps(data, default=str)


class Api(NinjaAPI):
    """The API; its document also names the bodies that operations read themselves."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(**options)
        models = [(model, "validation") for model in DOCUMENTED.values()]
        _modes, extra = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]  # the mode is a Literal
        document["components"]["schemas"].update(extra.get("$defs", {}))
        return document


api = Api(
    title="GridPact 一网共治",
    version="1",
    urls_namespace="api",
    docs_url=None,
    renderer=OrjsonRenderer(),
)
api.add_router("", accounts)
api.add_router("", topics.public)
api.add_router("", orders.public)
api.add_router("/orders", orders.many)
api.add_router("/orders", orders.desk)
api.add_router("/orders", doors)
api.add_router("/orders", learning.orders)
api.add_router("/orders", orders.similar)
api.add_router("/orders", orders.staff)
api.add_router("/orders", orders.moves)
api.add_router("/work-items", duties.items)
api.add_router("/duties", duties.duties)
api.add_router("/tasks", duties.tasks)
api.add_router("/cells", locating)
api.add_router("/cells", cells)
api.add_router("/cells", redrawing)
api.add_router("/redraws", redraws)
api.add_router("/networks", networks)
api.add_router("/downloads", downloads)
api.add_router("/notifications", notifications)
api.add_router("/clocks", clocks)
api.add_router("/routing", routing)
api.add_router("/learning", learning.router)
api.add_router("/topics", topics.router)
api.add_router("/audit", audit, auth=SIGNED_IN)
api.add_router("/figures", figures)
api.add_router("/supervision", supervision)
api.add_router("/honesty", honesty)

# Sentences for what is most often wrong with a body; pydantic speaks English only.
_WRONG: dict[str, Promise] = {
    "missing": _("is required"),
    "string_type": _("must be text"),
    "string_too_long": _("is too long"),
    "string_too_short": _("is too short"),
    "int_parsing": _("must be a whole number"),
    "int_parsing_size": _("is too large"),
    "dict_type": _("must be an object"),
    "int_type": _("must be a whole number"),
    "int_from_float": _("must be a whole number"),
    "float_parsing": _("must be a number"),
    "float_type": _("must be a number"),
    "bool_parsing": _("must be true or false"),
    "bool_type": _("must be true or false"),
    "uuid_parsing": _("must be an id"),
    "uuid_type": _("must be an id"),
    "date_parsing": _("must be a date such as 2026-05-01"),
    "date_from_datetime_parsing": _("must be a date such as 2026-05-01"),
    "datetime_parsing": _("must be a time such as 2026-05-01T08:30:00+08:00"),
    "datetime_from_date_parsing": _("must be a time such as 2026-05-01T08:30:00+08:00"),
    "model_type": _("must be an object"),
    "model_attributes_type": _("must be an object"),
    "list_type": _("must be a list"),
    "too_long": _("has too many entries"),
    "greater_than_equal": _("is too small"),
    "less_than_equal": _("is too large"),
    "less_than": _("is too large"),
}


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A verb said no."""
    return refusal_problem(refusal)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The query does not have the documented shape."""
    return _invalid([{**item, "loc": item["loc"][1:] or item["loc"]} for item in error.errors])


@api.exception_handler(ShapeError)
def on_wrong_shape(request: HttpRequest, error: ShapeError) -> HttpResponse:
    """The body does not have the documented shape."""
    return _invalid(error.errors(include_url=False, include_input=False))


def _invalid(items: Sequence[Any]) -> HttpResponse:
    errors = [
        {"field": ".".join(map(str, item["loc"])) or "body", "message": _said(item)}
        for item in items
    ]
    first = errors[0] if errors else {"field": "body", "message": ""}
    detail = refusal_text("bad_input", {"field": first["field"], "why": first["message"]})
    return problem(422, "bad_input", detail, errors)


def _said(item: Any) -> str:
    """The fault of one field in the reader's language."""
    if item["type"] == "value_error":  # our own checks speak the reader's language already
        return str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "too_long" and item["ctx"]["field_type"] == "Value":
        return str(_WRONG["string_too_long"])  # a text that was looked at before it was measured
    return str(_WRONG.get(item["type"], item["msg"]))


@api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No valid token and no session."""
    response = problem(401, "sign_in", refusal_text("sign_in", {}))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Errors of the framework."""
    return problem(error.status_code, "bad_request", str(error))

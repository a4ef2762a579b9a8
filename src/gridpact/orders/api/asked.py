"""What the address of a list of orders asks for, and the answer when it means nothing."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict

from gridpact.core.edge import problem
from gridpact.core.texts import refusal_text
from gridpact.orders.filters import OrderFilter


def filter_data(given: QueryDict) -> QueryDict:
    """`class` is a word of Python, so the form calls it `klass`."""
    data = given.copy()
    if "class" in data:
        data["klass"] = str(data["class"])
    return data


def wrong_filter(form: OrderFilter) -> HttpResponse:
    """The answer to filters that mean nothing."""
    errors = [
        {"field": "class" if name == "klass" else name, "message": " ".join(map(str, texts))}
        for name, texts in form.errors.items()
    ]
    detail = refusal_text("bad_input", {"field": errors[0]["field"], "why": errors[0]["message"]})
    return problem(422, "bad_input", detail, errors)

"""The OpenAPI document is a contract: a change shows up in the snapshot and is looked at.

After a wanted change: `DJANGO_SETTINGS_MODULE=gridpact.config.settings python -m
tests.architecture.test_openapi`, and commit the new `openapi.txt`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client
from ninja import Schema

SNAPSHOT = Path(__file__).with_name("openapi.txt")
METHODS = {"get", "post", "put", "patch", "delete"}
# Writes whose address says all there is to say.
BODILESS = {
    "/api/v1/downloads/{pk}/cancel",
    "/api/v1/learning/models/{pk}/activate",
    "/api/v1/learning/train",
    "/api/v1/orders/{number}/undo",
    "/api/v1/routing/draft",
    "/api/v1/routing/versions/{pk}/restore",
}


def current() -> dict[str, Any]:
    """The document as the server gives it."""
    document: dict[str, Any] = Client(SERVER_NAME="localhost").get("/api/v1/openapi.json").json()
    return document


def written(document: dict[str, Any]) -> str:
    """One line per operation and per schema, so that differences are small."""
    lines = [
        f"{method.upper()} {path} {_line(operation)}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    schemas = document["components"]["schemas"]
    lines += [f"{name} {_line(schema)}" for name, schema in schemas.items()]
    return "\n".join(sorted(lines)) + "\n"


def _line(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, sort_keys=True)


@pytest.fixture(name="document")
def _document(db: None) -> dict[str, Any]:
    return current()


def test_the_document_is_the_one_that_was_agreed(document: dict[str, Any]) -> None:
    agreed = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    assert written(document).splitlines() == agreed


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert _references(document) <= known


def test_no_two_schemas_share_a_name(document: dict[str, Any]) -> None:
    named: dict[str, set[str]] = {}
    waiting: list[type[Schema]] = [Schema]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("gridpact."):
                named.setdefault(kind.__name__, set()).add(kind.__module__)
    assert {name: places for name, places in named.items() if len(places) > 1} == {}


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_references(each) for each in node.values()))
    if isinstance(node, list):
        return set[str]().union(*(_references(each) for each in node))
    return set()


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own(
    document: dict[str, Any],
) -> None:
    names: list[str] = []
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            assert operation.get("description") or operation.get("summary"), (method, path)
            names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_every_write_by_json_documents_its_body(document: dict[str, Any]) -> None:
    missing = [
        path
        for path, item in document["paths"].items()
        if "post" in item and "requestBody" not in item["post"]
    ]
    assert set(missing) == BODILESS


if __name__ == "__main__":
    django.setup()
    SNAPSHOT.write_text(written(current()), encoding="utf-8")

"""Every URL × persona has an expected answer in `access.csv`; a new URL without a row fails.

Run it with `GRIDPACT_WRITE_ACCESS=1` to write what the program answers now, and read the difference
before keeping it.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gridpact.accounts.models import RateHit
from gridpact.orders import services
from gridpact.orders.services.desk.triage import Target
from tests.factories.world import PERSONAS, ZHIHE, World

TABLE = Path(__file__).with_name("access.csv")
WHO = ("resident", *PERSONAS)
# What stands in for each argument of a URL: an order of 致和 that the worker handles.
SAMPLES = {
    "field": "klass",
    "number": "", "verb": "note", "code": ZHIHE, "key": "x", "pk": "0", "uuid": "",
    "kind": "orders", "system": "12345",
}  # fmt: skip
OF_KIND = {"int": "0", "uuid": "00000000-0000-4000-8000-000000000000"}
ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the product as a pattern text, in order, once."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern):
            yield path


def sample(route: str, number: str) -> str:
    """A real address of a route."""

    def value(argument: re.Match[str]) -> str:
        kind, name = argument["kind"] or "str", argument["name"]
        if kind in OF_KIND:
            return OF_KIND[kind]
        return number if name == "number" else SAMPLES[name]

    return "/" + ARGUMENT.sub(value, route)


@pytest.fixture
def number(world: World) -> str:
    head = world.actor("zhihe")
    order = services.accept_order(world.order(), actor=head)
    order = services.triage_order(order, actor=head, klass="PRIVATE", reason="家事")
    to = Target(post=world.post("worker").pk)
    order = services.dispatch_order(order, actor=head, to=to)
    order = services.sign_order(order, actor=world.actor("worker"))
    return services.start_order(order, actor=world.actor("worker")).number


def answers(world: World, number: str) -> dict[str, dict[str, str]]:
    """{"/route": {persona: status}}; a route without GET is tried by an empty POST."""
    table: dict[str, dict[str, str]] = {}
    for who in WHO:
        client = Client(raise_request_exception=False)
        RateHit.objects.all().delete()
        if who != "resident":
            client.force_login(world.users[who], "django.contrib.auth.backends.ModelBackend")
        for route in dict.fromkeys(routes()):
            address = sample(route, number)
            response = client.get(address)
            answer = str(response.status_code)
            if response.status_code == 405:
                answer = f"POST {client.post(address, {}, 'application/json').status_code}"
            table.setdefault(f"/{route}", {})[who] = answer
    return table


@pytest.mark.timeout(900)  # each address, sixteen times
def test_every_url_answers_every_persona_as_the_table_says(world: World, number: str) -> None:
    got = answers(world, number)
    if os.environ.get("GRIDPACT_WRITE_ACCESS"):
        with TABLE.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(("url", *WHO))
            writer.writerows((url, *(row[who] for who in WHO)) for url, row in sorted(got.items()))
    with TABLE.open(encoding="utf-8", newline="") as handle:
        kept = {row.pop("url"): row for row in csv.DictReader(handle)}
    assert sorted(got) == sorted(kept), "a URL without a row in access.csv, or a row without a URL"
    wrong = {
        f"{url} {who}": f"{got[url][who]} instead of {status}"
        for url, row in kept.items()
        for who, status in row.items()
        if got[url][who] != status
    }
    assert wrong == {}


def test_no_url_fails_on_anybody(world: World, number: str) -> None:
    with TABLE.open(encoding="utf-8", newline="") as handle:
        assert [row for row in csv.reader(handle) if "500" in row] == []

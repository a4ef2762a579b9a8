"""One running product for the whole run; a browser for each file, closed before other tests run.

Playwright's loop would make Django refuse database calls of other tests in the same process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.people import Visitors
from tests.e2e.product import Product, chromium_path, launch, running_product


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the journeys cannot be made."""
    path = chromium_path()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium on PATH, and CI must make the journeys")
    if path is None:
        pytest.skip("no Chromium on PATH")
    return path


@pytest.fixture(scope="session")
def product(chromium: str) -> Iterator[Product]:
    """The running demo."""
    with running_product() as running:
        yield running


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Who has signed in already."""
    return {}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        started = launch(playwright, chromium)
        yield started
        started.close()


@pytest.fixture
def visitors(browser: Browser, product: Product, sessions: dict[str, Any]) -> Iterator[Visitors]:
    """People at their devices; a script error, a CSP violation or a 5xx fails the test."""
    people = Visitors(browser, product, sessions)
    yield people
    people.close()
    assert people.faults == []

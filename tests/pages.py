"""Using the pages as a person does: a signed-in client, and the words of a page."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from tests.factories.world import World


def browser(world: World, name: str) -> Client:
    """A client signed in as a persona; `resident` is not. CSRF is left to its own test."""
    client = Client()
    if name != "resident":
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: Any) -> str:
    """The text of a page without markup, on one line."""
    text = re.sub(
        r"<(script|style|template)[^>]*>.*?</\1>", " ", response.content.decode(), flags=re.DOTALL
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())

"""Calling the API as a program does."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.accounts.services import issue_token
from gridpact.core.access import system
from tests.factories.world import World


class Caller:
    """A client that sends JSON and, with a token, signs in by it."""

    def __init__(self, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = Client(headers=headers, enforce_csrf_checks=True)

    def get(self, url: str, **headers: str) -> Any:
        """GET."""
        return self._client.get(url, headers=headers)

    def post(self, url: str, body: Any = None, **headers: str) -> Any:
        """POST a JSON body."""
        return self._client.post(
            url, {} if body is None else body, content_type="application/json", headers=headers
        )

    def put(self, url: str, body: Any) -> Any:
        """PUT a JSON body."""
        return self._client.put(url, body, content_type="application/json")

    def delete(self, url: str) -> Any:
        """DELETE."""
        return self._client.delete(url)

    def upload(self, data: bytes, name: str = "photo.jpg", **headers: str) -> Any:
        """POST a file to `/uploads`."""
        file = SimpleUploadedFile(name, data)
        return self._client.post("/api/v1/uploads", {"file": file}, headers=headers)


def caller(world: World, name: str) -> Caller:
    """A persona with a token."""
    return Caller(issue_token(world.users[name], actor=system("tests")).secret)


def anyone() -> Caller:
    """The public."""
    return Caller()

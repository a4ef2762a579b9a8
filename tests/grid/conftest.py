"""Tests of the grid change the tree; each has numbers of its own for the snapshots in memory."""

from __future__ import annotations

import itertools

import pytest

from gridpact.grid.models import TreeVersion

_versions = itertools.count(50_000_000, 1000)


@pytest.fixture(autouse=True)
def own_versions(request: pytest.FixtureRequest) -> None:
    """Versions of the tree that no other test used: a rollback would give them out twice."""
    if "world" in request.fixturenames:
        request.getfixturevalue("world")
        TreeVersion.objects.update(number=next(_versions))

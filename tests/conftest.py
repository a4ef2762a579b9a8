"""Fixtures for the whole suite: a small district with a person for every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections

from gridpact.clocks.shipped import write_shipped
from gridpact.grid.models import Cell
from tests.factories.world import World, build_world, load_world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with the small district in it, committed once."""
    with django_db_blocker.unblock():
        if not Cell.objects.exists():
            build_world()


@pytest.fixture
def world(db: None) -> World:
    """A district with two communities and the personas of the design."""
    return load_world()


@pytest.fixture
def real_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The same world with real commits, for tests with threads; everything is reset afterwards.

    Not pytest-django's `transactional_db`: its flush is refused by the append-only log.
    """
    with django_db_blocker.unblock():
        _empty_all_tables()
        yield build_world()
        connections.close_all()
        _empty_all_tables()
        build_world()


_KEPT = {
    "django_migrations", "grid_postkind", "grid_treeversion", "grid_workday", "orders_category",
    "orders_standardreply",
    "django_content_type", "auth_permission", "duties_workitem", "duties_duty",
}  # fmt: skip


def _empty_all_tables() -> None:
    """Truncate as the owner may: the append-only triggers are off for this statement only."""
    tables = [name for name in connection.introspection.table_names() if name not in _KEPT]
    guarded = ("audit_auditrow", "audit_auditseal")
    with connection.cursor() as cursor:
        for name in guarded:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        names = ", ".join(f'"{name}"' for name in tables if not name.startswith("procrastinate"))
        cursor.execute(f"TRUNCATE {names} CASCADE")
        for name in guarded:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
    write_shipped(lambda name: apps.get_model("clocks", name))  # limits may name a cell

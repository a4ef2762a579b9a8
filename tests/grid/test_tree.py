"""The tree in memory: how often the database is asked whether it is current."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.grid.models import Cell
from gridpact.grid.services.versions import bump_tree
from gridpact.grid.tree import one_tree, tree
from tests.factories.world import GRID, World
from tests.pages import browser


def looks(queries: CaptureQueriesContext) -> int:
    """How many of them ask for the version."""
    return sum("grid_treeversion" in query["sql"] for query in queries.captured_queries)


def test_work_that_only_reads_asks_for_the_version_once(world: World) -> None:
    with CaptureQueriesContext(connection) as queries, one_tree():
        assert tree() is tree()
    assert looks(queries) == 1


def test_a_page_asks_for_the_version_once(world: World) -> None:
    client, order = browser(world, "zhihe"), world.order()
    client.get(f"/work/desk/{order.number}")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/work/desk/{order.number}").status_code == 200
    assert looks(queries) == 1


def test_the_next_work_knows_what_changed_since(world: World) -> None:
    with one_tree():
        before = tree().by_code[GRID].name
    Cell.objects.filter(code=GRID).update(name="改名网格")
    bump_tree()
    with one_tree():
        assert (before, tree().by_code[GRID].name) == ("第一网格", "改名网格")


def test_choices_written_long_ago_are_the_cells_of_the_day_they_are_asked_on(world: World) -> None:
    choices = Cell.objects.open().filter(code=GRID)
    tomorrow = clock.today() + timedelta(days=1)
    Cell.objects.filter(code=GRID).update(closed_on=tomorrow)
    assert choices.all().exists()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert not choices.all().exists()
        Cell.objects.filter(code=GRID).update(closed_on=None, opened_on=tomorrow)
        assert choices.all().exists()
    assert not choices.all().exists()

"""Rows that lie in cells follow a redraw: every model with `CellScoped` columns, set by set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from shapely.geometry import shape

from gridpact.grid.dependents import Strip
from gridpact.grid.models import Cell, CellScoped
from gridpact.grid.redrawing import assign_points

_BATCH = 20_000
Kept = dict[str, list[list[int]]]  # model label → [row id, cell it lay in]

# The chain of a cell is in its path; the ancestors are those of the levels that rows carry.
_RESCOPE = """
WITH home AS (
    SELECT cell.id,
        max(above.id) FILTER (WHERE above.level = 'DISTRICT') AS district,
        max(above.id) FILTER (WHERE above.level = 'TOWNSHIP') AS township,
        max(above.id) FILTER (WHERE above.level = 'COMMUNITY') AS community,
        max(above.id) FILTER (WHERE above.level = 'GRID') AS grid
    FROM grid_cell AS cell
    JOIN grid_cell AS above
        ON above.id = ANY (string_to_array(trim(both '/' from cell.path), '/')::bigint[])
    WHERE cell.id = ANY (%s)
    GROUP BY cell.id)
UPDATE {table} AS row
SET district_id = home.district, township_id = home.township,
    community_id = home.community, grid_id = home.grid
FROM home
WHERE row.cell_id = home.id
    AND (row.district_id, row.township_id, row.community_id, row.grid_id)
        IS DISTINCT FROM (home.district, home.township, home.community, home.grid)
"""
_RELOCATE = """
UPDATE {table} AS row SET cell_id = given.cell
FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, cell) WHERE row.id = given.id
"""
_REPATH = """
WITH RECURSIVE chain AS (
    SELECT cell.id, coalesce(above.path, '/') || cell.id || '/' AS path
    FROM grid_cell AS cell LEFT JOIN grid_cell AS above ON above.id = cell.parent_id
    WHERE cell.id = ANY (%s)
    UNION ALL
    SELECT cell.id, chain.path || cell.id || '/'
    FROM grid_cell AS cell JOIN chain ON cell.parent_id = chain.id)
UPDATE grid_cell AS cell SET path = chain.path FROM chain
WHERE cell.id = chain.id AND cell.path <> chain.path
"""


def scoped_models() -> list[type[CellScoped]]:
    """Every model whose rows lie in cells."""
    return [model for model in apps.get_models() if issubclass(model, CellScoped)]


def lying_in(model: type[CellScoped], cell_ids: Iterable[int]) -> QuerySet[CellScoped]:
    """Rows of a model in exactly these cells."""
    return QuerySet(model).filter(cell_id__in=list(cell_ids))


def following_models() -> list[type[CellScoped]]:
    """Those whose rows leave a cell that closes."""
    return [model for model in scoped_models() if not model.stays]


def repath(tops: Iterable[int]) -> None:
    """Derive the paths of these cells, none of which lies under another, and of all below."""
    _run(_REPATH, [list(tops)])


def rescope(cell_ids: Iterable[int]) -> None:
    """Derive the ancestor columns of all rows in these cells."""
    ids = list(cell_ids)
    for model in scoped_models():
        _run(_RESCOPE.format(table=_table(model)), [ids])


def relocate(heirs: Mapping[int, Sequence[int]]) -> Kept:
    """Move the rows of closed cells to their heirs: by their point, else to the first heir."""
    return {
        model._meta.label: moved
        for model in following_models()
        if (moved := _relocate(model, heirs))
    }


def _relocate(model: type[CellScoped], heirs: Mapping[int, Sequence[int]]) -> list[list[int]]:
    names = {field.name for field in model._meta.concrete_fields}
    point = ("lon", "lat") if {"lon", "lat"} <= names else ()
    rows = lying_in(model, heirs).order_by("pk")
    found: list[tuple[Any, ...]] = list(rows.values_list("pk", "cell_id", *point))
    kept = [[pk, cell_id] for pk, cell_id, *_place in found]
    goal: dict[int, int] = {}
    for closed, to in heirs.items():
        here = [row for row in found if row[1] == closed]
        goal |= dict(zip((row[0] for row in here), _homes(here, to), strict=True))
    put(model, list(goal.items()))
    return kept


def shift(strips: Sequence[Strip]) -> Kept:
    """Move the rows of cells that give ground to those that take it, by their point."""
    kept: Kept = {}
    for model in scoped_models():
        for strip in strips:
            found = inside(QuerySet(model), strip)
            if found and strip.taker is not None:
                put(model, [[pk, strip.taker] for pk in found])
                kept.setdefault(model._meta.label, []).extend([pk, strip.giver] for pk in found)
    return kept


def joined(*parts: Kept) -> Kept:
    """What was kept of several steps."""
    kept: Kept = {}
    for part in parts:
        for label, pairs in part.items():
            kept.setdefault(label, []).extend(pairs)
    return kept


def inside(rows: QuerySet[Any], strip: Strip) -> list[int]:
    """Keys of rows lying in the giver itself whose point is in the strip, in batches."""
    names = {field.name for field in rows.model._meta.concrete_fields}
    if not {"lon", "lat"} <= names:
        return []
    west, south, east, north = strip.area.bounds
    near = rows.filter(
        cell_id=strip.giver, lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north
    )
    points = near.order_by("pk").values_list("pk", "lon", "lat").iterator(chunk_size=_BATCH)
    found: list[int] = []
    while batch := list(islice(points, _BATCH)):
        keys, lon, lat = (np.array(column) for column in zip(*batch, strict=True))
        found += keys[assign_points(lon, lat, [strip.area]) == 0].tolist()
    return found


def _homes(rows: Sequence[tuple[Any, ...]], heirs: Sequence[int]) -> list[int]:
    """For each row (id, cell, lon, lat) the heir it goes to."""
    if len(heirs) == 1 or not rows or len(rows[0]) < 4:
        return [heirs[0]] * len(rows)
    parts = dict(Cell.objects.filter(pk__in=heirs).values_list("pk", "boundary"))
    lon, lat = (np.array([row[at] for row in rows], dtype=np.float64) for at in (2, 3))
    found = assign_points(lon, lat, [shape(parts[pk] or {}) for pk in heirs])
    return [heirs[at] if at >= 0 else heirs[0] for at in found.tolist()]


def put(model: type[CellScoped], pairs: Sequence[Sequence[int]]) -> None:
    """Set the cell of rows given as (row id, cell id)."""
    if pairs:
        ids, cells = zip(*pairs, strict=True)
        _run(_RELOCATE.format(table=_table(model)), [list(ids), list(cells)])


def put_back(kept: Mapping[str, Sequence[Sequence[int]]]) -> None:
    """Return rows to the cells they lay in."""
    for label, pairs in kept.items():
        model = apps.get_model(label)
        assert issubclass(model, CellScoped)
        put(model, pairs)


def _table(model: type[CellScoped]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)

"""Several districts, each with an index of its own, answer as one index over all cells does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shapely.geometry import box

from gridpact.grid.locate import Cell, LocateIndex
from gridpact.grid.locate_wide import WideIndex

RANK = {"province": 0, "district": 2, "grid": 5}


def land() -> tuple[list[Cell], dict[int, list[Cell]]]:
    """A province round three districts side by side, cut into grids; the third has a lake."""
    districts: dict[int, list[Cell]] = {}
    for number in (1, 2, 3):
        west = 110.0 + number * 0.1
        cells: list[Cell] = [
            (number, f"d{number}", RANK["district"], box(west, 25, west + 0.1, 25.1))
        ]
        for row in range(4):
            south = 25 + row * 0.025
            if (number, row) != (3, 3):
                area = box(west, south, west + 0.1, south + 0.025)
                cells.append((number * 10 + row, f"d{number}{row}", RANK["grid"], area))
        districts[number] = cells
    province: Cell = (9, "p", RANK["province"], box(110.0, 24.9, 110.5, 25.2))
    return [province], districts


def both() -> tuple[LocateIndex, WideIndex, list[int | None]]:
    top, districts = land()
    built: list[int | None] = []

    def build(district: int | None) -> LocateIndex:
        built.append(district)
        return LocateIndex.build(top if district is None else districts[district])

    every = [*top, *(cell for cells in districts.values() for cell in cells)]
    ranks = {cell[0]: cell[2] for cell in every}
    outlines = {pk: cells[0][3] for pk, cells in districts.items()}
    wide = WideIndex(outlines, list(outlines), build, ranks.__getitem__)
    return LocateIndex.build(every), wide, built


def test_many_points_get_the_answers_of_one_index_borders_and_outside_included() -> None:
    one, wide, _built = both()
    rng = np.random.default_rng(7)
    lon = np.concatenate([rng.uniform(109.9, 110.6, 5000), np.repeat([110.2, 110.3, 110.4], 500)])
    lat = rng.uniform(24.85, 25.25, len(lon))
    lat[::7] = np.round(lat[::7] / 0.025) * 0.025  # on borders of grids
    assert wide.find_many(lon, lat).tolist() == one.find_many(lon, lat).tolist()
    for x, y in list(zip(lon.tolist(), lat.tolist(), strict=True))[::19]:
        ours, theirs = wide.find(x, y), one.find(x, y)
        assert (ours and (ours.id, ours.reason)) == (theirs and (theirs.id, theirs.reason))


def test_only_the_districts_that_are_asked_about_are_built() -> None:
    _one, wide, built = both()
    wide.find_many(np.array([110.15, 110.16]), np.array([25.05, 25.06]))
    assert built == [1]
    wide.find(110.35, 25.01)
    assert built == [1, 3]


def test_what_is_no_number_is_refused() -> None:
    _one, wide, _built = both()
    with pytest.raises(ValueError, match="degrees"):
        wide.find(math.nan, 25.0)
    with pytest.raises(ValueError, match="degrees"):
        wide.find_many(np.array([math.inf]), np.array([25.0]))
    with pytest.raises(ValueError, match="equal"):
        wide.find_many(np.zeros(2), np.zeros(3))

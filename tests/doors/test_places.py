"""Places as neighbours write them."""

from __future__ import annotations

import pytest

from gridpact.doors.places import Places
from gridpact.grid.tree import tree
from tests.factories.world import MICRO, UNIT, ZHIHE, World


@pytest.mark.parametrize(
    "place, code",
    [
        ("3栋1单元", UNIT), ("3-1-101", UNIT), ("3栋", MICRO), ("3栋9单元", MICRO), ("9栋", ZHIHE),
        ("致和苑3栋1单元301", UNIT), ("3#1单元", UNIT), ("13栋", ZHIHE), ("", ZHIHE),
    ],
)  # fmt: skip
def test_a_place_is_found_within_the_chains_cell(world: World, place: str, code: str) -> None:
    snapshot = tree()
    assert Places(snapshot.by_code[ZHIHE], snapshot).find(place).code == code

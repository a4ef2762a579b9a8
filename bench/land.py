"""A made-up province: real numbers of townships and villages, ground cut into rectangles."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

Box = tuple[float, float, float, float]
PROVINCE: Box = (104.5, 21.5, 112.0, 26.4)
GRIDS = 150_000
_STEP = 0.004  # degrees between the points of an outline, so that it weighs what a real one does


@dataclass
class Node:
    """A cell to be, with what lies in it."""

    code: str
    name: str
    level: str
    below: list[Node] = field(default_factory=list)
    leaves: int = 1


def read_province(path: Path, grids: int = GRIDS) -> Node:
    """The tree from a table of townships, with `grids` grids dealt out evenly.

    Columns: code9, town, county_code6, county, city_code4, city, units (how many villages).
    """
    top = Node("45", "广西壮族自治区", "PROVINCE")
    known: dict[str, Node] = {"": top}
    villages: list[Node] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            city = _child(known, top, row["city_code4"], row["city"], "CITY")
            county = _child(known, city, row["county_code6"], row["county"], "DISTRICT")
            town = _child(known, county, row["code9"], row["town"], "TOWNSHIP")
            for number in range(1, int(row["units"]) + 1):
                code = f"{row['code9']}{number:03d}"
                villages.append(_child(known, town, code, f"第{number}村", "COMMUNITY"))
    for at, village in enumerate(villages):
        share = (at + 1) * grids // len(villages) - at * grids // len(villages)
        village.below = [
            Node(f"{village.code}{number:03d}", f"第{number}网格", "GRID")
            for number in range(1, share + 1)
        ]
    _count(top)
    return top


def _child(known: dict[str, Node], above: Node, code: str, name: str, level: str) -> Node:
    if code not in known:
        known[code] = Node(code, name, level)
        above.below.append(known[code])
    return known[code]


def _count(node: Node) -> int:
    node.leaves = sum(map(_count, node.below)) or 1
    return node.leaves


def features(node: Node, box: Box = PROVINCE) -> Iterator[dict[str, Any]]:
    """The tree as GeoJSON features, parents first; cells tile their parents exactly."""
    yield {
        "type": "Feature",
        "properties": {
            "code": node.code, "name": node.name, "level": node.level, "since": "2024-01-01",
        },
        "geometry": {"type": "Polygon", "coordinates": [_ring(box)]},
    }  # fmt: skip
    for child, part in _dealt(node.below, box):
        yield from features(child, part)


def _dealt(nodes: Sequence[Node], box: Box) -> Iterator[tuple[Node, Box]]:
    """Cut a box in two by weight, along its longer side, until every cell has its own."""
    if len(nodes) < 2:
        yield from ((node, box) for node in nodes)
        return
    half = len(nodes) // 2
    share = sum(node.leaves for node in nodes[:half]) / sum(node.leaves for node in nodes)
    west, south, east, north = box
    if east - west > north - south:
        middle = round(west + (east - west) * share, 7)
        yield from _dealt(nodes[:half], (west, south, middle, north))
        yield from _dealt(nodes[half:], (middle, south, east, north))
    else:
        middle = round(south + (north - south) * share, 7)
        yield from _dealt(nodes[:half], (west, south, east, middle))
        yield from _dealt(nodes[half:], (west, middle, east, north))


def _ring(box: Box) -> list[list[float]]:
    west, south, east, north = box
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring: list[list[float]] = []
    for (x, y), (to_x, to_y) in pairwise(corners):
        length = abs(to_x - x) + abs(to_y - y)
        steps = max(1, min(200, round(length / _STEP)))
        ring += [
            [round(x + (to_x - x) * at / steps, 7), round(y + (to_y - y) * at / steps, 7)]
            for at in range(steps)
        ]
    return [*ring, list(corners[0])]

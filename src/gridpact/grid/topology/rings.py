"""Reads boundaries and says which rings are wrong, why and where; repairs what can be repaired.

A repaired shape stands in for the later checks, so that one bad ring gives one finding.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridpact.grid.topology.findings import Area, Finding, Kind, Pair
from gridpact.grid.topology.measures import Geometries, as_array, polygons_of

# GEOS says why and where in one text, `Self-intersection[110.2 25.2]`; our codes for its words.
_REASON = re.compile(r"(?P<why>[^\[]+)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
_WHY = {
    "Self-intersection": "crossing",
    "Ring Self-intersection": "crossing",
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "holes_nested",
    "Interior is disconnected": "disconnected",
    "Nested shells": "shells_nested",
    "Duplicate Rings": "rings_repeated",
    "Too few points in geometry component": "too_few_points",
    "Invalid Coordinate": "not_a_number",
}
_FEWEST = 3


def read(areas: Sequence[Area]) -> tuple[Geometries, list[Finding]]:
    """Return a valid area for each cell (None: there is none) and what was wrong with it.

    `why` is one of: unclosed, too_few_points, not_a_number, not_an_area, crossing, hole_outside,
    holes_nested, shells_nested, rings_repeated, disconnected, not_degrees, other.
    """
    findings: list[Finding] = []
    shapes = as_array([_shape(area, findings) for area in areas])
    bad = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    for position, text in zip(
        bad.tolist(), shapely.is_valid_reason(shapes[bad]).tolist(), strict=True
    ):
        findings.append(invalid(areas[position].code, *_why(text)))
        shapes[position] = _repaired(shapes[position])
    return shapes, findings


def _shape(area: Area, findings: list[Finding]) -> BaseGeometry | None:
    """Return the shape of one cell, or None with a finding (without one if none was given)."""
    given = area.geometry
    if given is None:
        return None
    if isinstance(given, BaseGeometry):
        shape: BaseGeometry | None = given
        if not isinstance(given, Polygon | MultiPolygon):
            findings.append(invalid(area.code, "not_an_area", None))
            return None
    else:
        shape = _from_geojson(area.code, given, findings)
    if shape is not None and shape.is_empty:
        findings.append(Finding(Kind.EMPTY, (area.code,)))
        return None
    if shape is not None and not np.isfinite(shapely.get_coordinates(shape)).all():
        findings.append(invalid(area.code, "not_a_number", None))
        return None
    return shape


def _from_geojson(
    code: str, given: Mapping[str, Any], findings: list[Finding]
) -> BaseGeometry | None:
    """Build a Polygon or MultiPolygon ring by ring; a ring that cannot be read ends it."""
    shapes = {"Polygon": [given.get("coordinates")], "MultiPolygon": given.get("coordinates")}
    polygons = shapes.get(str(given.get("type")))
    if not isinstance(polygons, list | tuple):
        findings.append(invalid(code, "not_an_area", None))
        return None
    built: list[Polygon] = []
    for rings in polygons:
        read_rings = [_ring(code, ring, findings) for ring in _listed(rings)]
        if any(ring is None for ring in read_rings):
            return None
        whole = [ring for ring in read_rings if ring]
        built.extend([Polygon(whole[0], whole[1:])] if whole else [])
    return built[0] if len(built) == 1 else MultiPolygon(built)


def _ring(code: str, ring: object, findings: list[Finding]) -> list[Pair] | None:
    """Return a closed ring (closing an open one, with a finding), None if it is none."""
    points = list(_points(ring))
    where = next((point for point in points if point is not None), None)
    if any(point is None for point in points):
        findings.append(invalid(code, "not_a_number", where))
        return None
    pairs = cast("list[Pair]", points)
    if pairs and len(set(pairs)) < _FEWEST:
        findings.append(invalid(code, "too_few_points", where))
        return None
    if pairs and pairs[0] != pairs[-1]:
        findings.append(invalid(code, "unclosed", pairs[-1]))
        return [*pairs, pairs[0]]
    return pairs


def _points(ring: object) -> Iterator[Pair | None]:
    """Give each position as (lon, lat), None for one that is no pair of finite numbers."""
    for position in _listed(ring):
        numbers = _listed(position)[:2]
        good = len(numbers) == 2 and all(
            isinstance(number, int | float) and not isinstance(number, bool) for number in numbers
        )
        pair = (float(numbers[0]), float(numbers[1])) if good else (math.nan, math.nan)
        yield pair if all(map(math.isfinite, pair)) else None


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def invalid(code: str, why: str, where: Pair | None) -> Finding:
    """Return the finding for a ring; `why` is one of the codes that `read` lists."""
    point = None if where is None else (round(where[0], 7), round(where[1], 7))
    return Finding(Kind.INVALID_RING, (code,), {"why": why}, point)


def _why(text: str) -> tuple[str, Pair | None]:
    """Return our code for what GEOS says, and the place it names."""
    said = _REASON.fullmatch(text)
    if said is None:
        return "other", None
    where = (float(said["x"]), float(said["y"])) if said["x"] else None
    return _WHY.get(said["why"], "other"), where


def _repaired(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the ground a bad shape most likely means, None if it encloses none."""
    polygons = polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    return shapely.union_all(polygons) if polygons else None

"""Finds cells over many districts: each has an index of its own, built when a point needs it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridpact.grid.locate import NEAREST_WITHIN_M, Floats, Found, Ints, LocateIndex

# How far from its border a district may have the nearest cell, in degrees, with some to spare.
_REACH_M = NEAREST_WITHIN_M * 1.1
_M_PER_DEGREE = 111_195.0
_KEPT = 24  # districts whose index stays in memory


class WideIndex:
    """The answers of one `LocateIndex` over all cells, at the memory of the districts in use.

    outlines: degrees WGS-84 by district; one without an outline is asked about every point. Where a
    district's outline holds a point, cells that other districts draw into it do not count.
    build: the index of a district's cells, of None for the cells above the districts.
    """

    def __init__(
        self,
        outlines: Mapping[int, BaseGeometry],
        districts: Sequence[int],
        build: Callable[[int | None], LocateIndex],
        rank_of: Callable[[int], int],
    ) -> None:
        self._build, self._rank_of = build, rank_of
        self._keys = sorted(outlines)
        self._always: list[int | None] = [pk for pk in sorted(districts) if pk not in outlines]
        areas = [outlines[pk] for pk in self._keys]
        shapely.prepare(areas)
        self._holding = shapely.STRtree(areas)
        self._near = shapely.STRtree([_reach_of(area) for area in areas])
        self._parts: dict[int | None, LocateIndex] = {}
        self._lock = threading.Lock()

    def find(self, lon: float, lat: float) -> Found | None:
        """As `LocateIndex.find`: the deepest cell that holds the point, else the nearest."""
        if not math.isfinite(lon + lat):
            raise ValueError(f"not a longitude and latitude in degrees: {lon}, {lat}")
        point = shapely.Point(lon, lat)
        here = self._holding.query(point, predicate="intersects")
        if not len(here):
            here = self._near.query(point, predicate="intersects")
        near = [self._keys[at] for at in here.tolist()]
        found = [self._part(pk).find(lon, lat) for pk in (*near, *self._always)]
        best = min(filter(None, found), key=self._order, default=None)
        if best is None or best.reason == "nearest":
            above = self._part(None).find(lon, lat)
            best = min(filter(None, (best, above)), key=self._order, default=None)
        return best

    def _order(self, found: Found) -> tuple[float, int, str]:
        """Inside before near, then the deeper, then the lower code."""
        distance = found.distance_m if found.reason == "nearest" else -1.0
        return distance, -self._rank_of(found.id), found.code

    def find_many(self, lon: Floats, lat: Floats) -> Ints:
        """As `LocateIndex.find_many`: ids of the deepest cells, -1 for none; shape (n,)."""
        lons, lats = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        if lons.shape != lats.shape or lons.ndim != 1:
            raise ValueError(f"need two equal rows of numbers, not {lons.shape}, {lats.shape}")
        if not bool(np.isfinite(lons).all() and np.isfinite(lats).all()):
            raise ValueError("a longitude or latitude is not a number of degrees")
        point, part = self._holding.query(shapely.points(lons, lats), predicate="intersects")
        times = np.bincount(point, minlength=len(lons))
        out = np.full(lons.shape, -1, dtype=np.int64)
        alone = times[point] == 1
        for at in np.unique(part[alone]).tolist():
            here = point[alone & (part == at)]
            out[here] = self._part(self._keys[at]).find_many(lons[here], lats[here])
        # On a border of two districts, or outside all of them: one by one.
        open_ = (times > 1) | (out < 0) if not self._always else np.ones(len(lons), dtype=np.bool_)
        for at in np.flatnonzero(open_).tolist():
            best = self.find(float(lons[at]), float(lats[at]))
            out[at] = -1 if best is None else best.id
        return out

    def _part(self, district: int | None) -> LocateIndex:
        with self._lock:
            index = self._parts.pop(district, None) or self._build(district)
            self._parts[district] = index  # the last used stands last
            while len(self._parts) > _KEPT:
                del self._parts[next(iter(self._parts))]
        return index


def _reach_of(outline: BaseGeometry) -> BaseGeometry:
    """The outline and a little more than the distance of a nearest answer round it."""
    south, north = outline.bounds[1], outline.bounds[3]
    squeeze = math.cos(math.radians(min(max(abs(south), abs(north)) + 0.01, 89.0)))
    reach = shapely.buffer(outline, _REACH_M / _M_PER_DEGREE / squeeze, quad_segs=2)
    shapely.prepare(reach)
    return reach

"""Finds the deepest cell at a point, for one point on the intake path or for millions.

An adaptive raster answers at once where one cell fills a box; elsewhere it names the few cells to
test exactly. Coordinates are WGS-84 degrees.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridpact.grid.datum import Datum, to_wgs84

NEAREST_WITHIN_M = 50.0

Cell: TypeAlias = tuple[int, str, int, BaseGeometry]
Ints: TypeAlias = NDArray[np.int64]
Int32s: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Geometries: TypeAlias = NDArray[np.object_]

_M_PER_DEGREE = 111_195.0
# Each box of the raster has 4 by 4 boxes inside it, down to 4**8 = 65,536 on a side.
_FAN, _FAN_BITS, _MAX_DEPTH = 4, 2, 8
_SIDE = 1 << (_FAN_BITS * _MAX_DEPTH)
_PREPARE_ABOVE_VERTICES = 40
# A box on a border is divided further while it is larger than this part of a cell it meets.
_BOX_TO_CELL = 0.6
# Boxes are tested a little larger than they are, so rounding a point into a box is harmless.
_BOX_MARGIN_DEG = 1e-9
# What a box answers when none of its cells holds the point.
_LOOK_NEAR, _NOTHING = -1, -2
_CHUNK = 1 << 16
_BOXES_AT_A_TIME = 1 << 12
# Distances are compared in whole millimetres, so that noise does not decide between neighbours.
_DISTANCE_DECIMALS = 3


class Found(NamedTuple):
    """The cell at a point, and how far from it the point lies (0 m inside)."""

    id: int
    code: str
    reason: Literal["polygon", "nearest"]
    distance_m: float


class LocateIndex:
    """Cells by rank: deeper first, then the lower code, so a shared border has one answer."""

    def __init__(self, cells: list[Cell]) -> None:
        """Use `build`."""
        ranked = sorted(cells, key=lambda cell: (-cell[2], cell[1]))
        kept = _not_filled_by_children(ranked)
        self._codes = [cell[1] for cell in kept]
        self._ids = np.array([cell[0] for cell in kept], dtype=np.int64)
        self._areas = _as_array([cell[3] for cell in kept])
        shapely.prepare(self._areas)
        self._tree = shapely.STRtree(self._areas)
        west, south, east, north = (
            shapely.total_bounds(self._areas).tolist() if kept else (0.0, 0.0, 1.0, 1.0)
        )
        widest = math.cos(math.radians(min(max(abs(south), abs(north)) + 0.01, 89.0)))
        self._near_deg = NEAREST_WITHIN_M / _M_PER_DEGREE / widest * 1.001
        self._west, self._south = west - 2 * self._near_deg, south - 2 * self._near_deg
        self._box_lon = (east + 2 * self._near_deg - self._west) / _SIDE
        self._box_lat = (north + 2 * self._near_deg - self._south) / _SIDE
        raster = _Grower(self._areas, self._tree, self._near_deg).grow(
            self._west, self._south, self._box_lon, self._box_lat
        )
        self._nodes, self._starts, self._tests, self._otherwise = raster
        # Prepared, a small area keeps some 8 kB to save 0.2 µs a point: not worth it.
        shapely.destroy_prepared(self._areas)
        large = shapely.get_num_coordinates(self._areas) > _PREPARE_ABOVE_VERTICES
        shapely.prepare(self._areas[large])
        # Reading one number through a view is three times as fast as through an array.
        self._nodes_view: memoryview[int] = self._nodes.data
        self._starts_view: memoryview[int] = self._starts.data
        self._tests_view: memoryview[int] = self._tests.data
        self._otherwise_view: memoryview[int] = self._otherwise.data

    @classmethod
    def build(cls, cells: Iterable[Cell]) -> "LocateIndex":
        """Index (id, code, level rank, boundary); a greater rank is deeper, ids are not negative.

        Cells with an empty boundary are left out. Raises ValueError for one that is no valid area.
        """
        wanted = [cell for cell in cells if not cell[3].is_empty]
        for cell in wanted:
            if not isinstance(cell[3], Polygon | MultiPolygon) or not cell[3].is_valid:
                raise ValueError(f"the boundary of cell {cell[1]} is no valid area")
        return cls(wanted)

    def find(self, lon: float, lat: float) -> Found | None:
        """Return the deepest cell that holds the point, else the nearest within 50 m.

        On a shared border the lower code wins. Raises ValueError when a value is not finite.
        """
        x, y = (lon - self._west) / self._box_lon, (lat - self._south) / self._box_lat
        if not (0.0 <= x < _SIDE and 0.0 <= y < _SIDE):
            if not math.isfinite(x + y):
                raise ValueError(f"not a longitude and latitude in degrees: {lon}, {lat}")
            return None
        leaf = self._leaf_at(int(x), int(y))
        start = self._starts_view[leaf]
        for position in range(start, self._starts_view[leaf + 1]):
            cell = self._tests_view[position]
            if shapely.intersects_xy(self._areas[cell], lon, lat):
                return Found(int(self._ids[cell]), self._codes[cell], "polygon", 0.0)
        cell = self._otherwise_view[leaf]
        if cell >= 0:
            return Found(int(self._ids[cell]), self._codes[cell], "polygon", 0.0)
        return None if cell == _NOTHING else self._nearest_one(lon, lat)

    def find_many(self, lon: Floats, lat: Floats) -> Ints:
        """Return the ids that `find` gives for each point, -1 for none; shape (n,).

        Raises ValueError when the shapes differ or a value is not finite.
        """
        lons, lats = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        if lons.shape != lats.shape or lons.ndim != 1:
            raise ValueError(f"need two equal rows of numbers, not {lons.shape}, {lats.shape}")
        if not bool(np.isfinite(lons).all() and np.isfinite(lats).all()):
            raise ValueError("a longitude or latitude is not a number of degrees")
        out = np.full(lons.shape, -1, dtype=np.int64)
        for at in range(0, len(lons), _CHUNK):
            piece = slice(at, at + _CHUNK)
            cell = self._cells_at(lons[piece], lats[piece])
            hit = cell >= 0
            out[piece][hit] = self._ids[cell[hit]]
        return out

    def _leaf_at(self, ix: int, iy: int) -> int:
        """Walk down to the leaf of one box."""
        nodes, entry = self._nodes_view, 0
        shift = _FAN_BITS * (_MAX_DEPTH - 1)
        while True:
            entry = nodes[entry << 4 | (iy >> shift & 3) << 2 | ix >> shift & 3]
            if entry < 0:
                return ~entry
            shift -= _FAN_BITS

    def _cells_at(self, lon: Floats, lat: Floats) -> Ints:
        """Return the position of the cell at each point, negative for none."""
        x, y = (lon - self._west) / self._box_lon, (lat - self._south) / self._box_lat
        out = np.full(lon.shape, _NOTHING, dtype=np.int64)
        inside = np.flatnonzero((x >= 0.0) & (x < _SIDE) & (y >= 0.0) & (y < _SIDE))
        leaf = self._leaves_at(x[inside].astype(np.int64), y[inside].astype(np.int64))
        out[inside] = self._otherwise[leaf]
        # Walk all lists of cells in step; those that found their cell or ended drop out.
        position, end = self._starts[leaf], self._starts[leaf + 1]
        open_ = np.flatnonzero(position < end)
        point, position, end = inside[open_], position[open_], end[open_]
        while len(point):
            cell = self._tests[position].astype(np.int64)
            hit = shapely.intersects_xy(self._areas[cell], lon[point], lat[point])
            out[point[hit]] = cell[hit]
            on = ~hit & (position + 1 < end)
            point, position, end = point[on], position[on] + 1, end[on]
        near = np.flatnonzero(out == _LOOK_NEAR)
        if len(near):
            out[near], _ = self._nearest(lon[near], lat[near])
        return out

    def _leaves_at(self, ix: Ints, iy: Ints) -> Ints:
        """Walk down to the leaf of each box."""
        leaf = np.zeros(ix.shape, dtype=np.int64)
        todo = np.arange(len(ix))
        block = np.zeros(ix.shape, dtype=np.int64)
        for shift in range(_FAN_BITS * (_MAX_DEPTH - 1), -1, -_FAN_BITS):
            entry = self._nodes[block << 4 | (iy >> shift & 3) << 2 | ix >> shift & 3]
            done = entry < 0
            leaf[todo[done]] = ~entry[done]
            on = ~done
            todo, block, ix, iy = todo[on], entry[on].astype(np.int64), ix[on], iy[on]
        return leaf

    def _nearest_one(self, lon: float, lat: float) -> Found | None:
        """Return the nearest cell of one point."""
        cells, metres = self._nearest(np.array([lon]), np.array([lat]))
        cell = int(cells[0])
        if cell < 0:
            return None
        return Found(int(self._ids[cell]), self._codes[cell], "nearest", float(metres[0]))

    def _nearest(self, lon: Floats, lat: Floats) -> tuple[Ints, Floats]:
        """Return the cell within 50 m of each point (least distance, then rank) and the metres."""
        cells = np.full(lon.shape, _NOTHING, dtype=np.int64)
        best = np.full(lon.shape, np.inf)
        point, cell = self._tree.query(
            shapely.points(lon, lat), predicate="dwithin", distance=self._near_deg
        )
        # Cells in order of rank: a later one has to be nearer, not as near, to replace it.
        for candidate in np.unique(cell).tolist():
            at = point[cell == candidate]
            metres = _metres_to_border(self._areas[candidate], lon[at], lat[at])
            rounded = np.round(metres, _DISTANCE_DECIMALS)
            better = (rounded <= NEAREST_WITHIN_M) & (rounded < best[at])
            best[at[better]], cells[at[better]] = rounded[better], candidate
        return cells, best


def locate(index: LocateIndex, lon: float, lat: float, datum: Datum) -> Found | None:
    """Find a point given in any datum, degrees; raises ValueError when it is no place."""
    return index.find(*to_wgs84(lon, lat, datum))


class _Grower:
    """Divides the raster box by box until each has its answer or a short list of cells to test."""

    def __init__(self, areas: Geometries, tree: shapely.STRtree, near_deg: float) -> None:
        """Take boundaries in order of rank and the distance that counts as near, degrees."""
        self._areas, self._tree, self._near_deg = areas, tree, near_deg
        self._bounds = shapely.bounds(areas).reshape(-1, 4)
        self._reach = np.sqrt(shapely.area(areas))
        # Leaves 0 .. n-1 are boxes that one cell fills; two kinds of empty box follow; then lists.
        self._near_leaf, self._nothing_leaf = len(areas), len(areas) + 1
        self._otherwise = [*range(len(areas)), _LOOK_NEAR, _NOTHING]
        self._lists: dict[tuple[int, ...], int] = {}

    def grow(self, west: float, south: float, box_lon: float, box_lat: float) -> list[Int32s]:
        """Return the blocks of 16 entries (a block, or ~leaf), and for each leaf its tests.

        Leaf i tests cells tests[starts[i]:starts[i + 1]] in turn, then answers otherwise[i].
        """
        block_x = block_y = np.zeros(1, dtype=np.int64)
        box, cell = np.zeros(len(self._areas), dtype=np.int64), np.arange(len(self._areas))
        full = np.zeros(len(self._areas), dtype=np.bool_)
        blocks, inside = 1, np.arange(_FAN * _FAN)
        entries: list[Ints] = []
        for depth in range(1, _MAX_DEPTH + 1):
            ix = (block_x[:, None] * _FAN + inside % _FAN).ravel()
            iy = (block_y[:, None] * _FAN + inside // _FAN).ravel()
            scale = 1 << (_FAN_BITS * (_MAX_DEPTH - depth))
            size = np.array([box_lon * scale, box_lat * scale])
            low = np.column_stack([west + ix * size[0], south + iy * size[1]])
            bounds = np.hstack([low - _BOX_MARGIN_DEG, low + size + _BOX_MARGIN_DEG])
            box = (box[:, None] * len(inside) + inside).ravel()
            box, cell, full = self._meeting(
                box, cell.repeat(len(inside)), full.repeat(len(inside)), bounds
            )
            smallest = float(size.max()) if depth < _MAX_DEPTH else 0.0
            entry, divide = self._entries(box, cell, full, bounds, smallest)
            entry[divide] = blocks + np.arange(len(divide))
            entries.append(entry)
            blocks += len(divide)
            block_x, block_y = ix[divide], iy[divide]
            order = np.full(len(ix), -1, dtype=np.int64)
            order[divide] = np.arange(len(divide))
            on = order[box] >= 0
            box, cell, full = order[box[on]], cell[on], full[on]
        return [np.concatenate(entries).astype(np.int32), *self._tables()]

    def _meeting(
        self, box: Ints, cell: Ints, full: Flags, bounds: Floats
    ) -> tuple[Ints, Ints, Flags]:
        """Keep the pairs of a box and a cell that meet, up to the first cell that fills the box.

        Pairs come back sorted by box and cell, with whether the cell fills the box.
        """
        here, cells = bounds[box], self._bounds[cell]
        meets = np.all((here[:, :2] <= cells[:, 2:]) & (here[:, 2:] >= cells[:, :2]), axis=1)
        for test in _pieces(np.flatnonzero(meets & ~full)):
            shapes: Geometries = np.asarray(shapely.box(*here[test].T))
            areas = self._areas[cell[test]]
            touching = shapely.intersects(areas, shapes)
            meets[test] = touching
            full[test[touching]] = shapely.contains_properly(areas[touching], shapes[touching])
        kept = np.flatnonzero(meets)
        kept = kept[np.lexsort((cell[kept], box[kept]))]
        box, cell, full = box[kept], cell[kept], full[kept]
        # Fillers before each pair, less those before the first pair of its box.
        before: Ints = np.cumsum(full) - full
        start, count = _runs(box)
        wanted: Flags = before == before[start].repeat(count)
        return box[wanted], cell[wanted], full[wanted]

    def _entries(
        self, box: Ints, cell: Ints, full: Flags, bounds: Floats, size: float
    ) -> tuple[Ints, Ints]:
        """Return an entry for each box, and the boxes that have to be divided further."""
        entry = np.full(len(bounds), ~self._nothing_leaf, dtype=np.int64)
        start, count = _runs(box)
        met = box[start]
        unmet = np.ones(len(bounds), dtype=np.bool_)
        unmet[met] = False
        empty = np.flatnonzero(unmet)
        for piece in _pieces(empty):
            near, _ = self._tree.query(
                shapely.box(*bounds[piece].T), predicate="dwithin", distance=self._near_deg
            )
            entry[piece[near]] = ~self._near_leaf
        if not len(met):
            return entry, met
        settled = full[start]
        entry[met[settled]] = ~cell[start[settled]]
        large = size > _BOX_TO_CELL * np.minimum.reduceat(self._reach[cell], start)
        lists = np.flatnonzero(~settled & ~large)
        for length in np.unique(count[lists]).tolist():
            of_length = lists[count[lists] == length]
            pairs = start[of_length, None] + np.arange(length)
            keys = np.hstack([cell[pairs], full[pairs[:, -1:]]])
            unique, which = np.unique(keys, axis=0, return_inverse=True)
            leaves = [
                self._list_leaf(row[:-1], last_fills=bool(row[-1])) for row in unique.tolist()
            ]
            entry[met[of_length]] = ~np.array(leaves)[which.ravel()]
        return entry, met[~settled & large]

    def _list_leaf(self, cells: list[int], *, last_fills: bool) -> int:
        """Return the leaf that tests these cells; the last needs no test when it fills the box."""
        answer = cells[-1] if last_fills else _LOOK_NEAR
        key = (*(cells[:-1] if last_fills else cells), answer)
        leaf = self._lists.setdefault(key, len(self._otherwise))
        if leaf == len(self._otherwise):
            self._otherwise.append(answer)
        return leaf

    def _tables(self) -> tuple[Int32s, Int32s, Int32s]:
        """Return starts, tests and otherwise as `grow` describes them."""
        # The last number of each key is its answer, not a test.
        rows = [np.array(key[:-1], dtype=np.int32) for key in self._lists]
        lengths = [0] * (len(self._otherwise) - len(rows)) + [len(row) for row in rows]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        tests = np.concatenate([np.zeros(0, np.int32), *rows])
        return starts, tests, np.array(self._otherwise, dtype=np.int32)


def _runs(values: Ints) -> tuple[Ints, Ints]:
    """Return where each run of equal values starts, and its length."""
    start = np.flatnonzero(np.diff(values, prepend=-1))
    return start, np.diff(start, append=len(values))


def _pieces(positions: Ints) -> Iterator[Ints]:
    """Cut a long row into pieces, so that the boxes drawn for it need little memory at a time."""
    for at in range(0, len(positions), _BOXES_AT_A_TIME):
        yield positions[at : at + _BOXES_AT_A_TIME]


def _as_array(areas: list[BaseGeometry]) -> Geometries:
    """Return boundaries as an array of objects, shape (n,)."""
    out = np.empty(len(areas), dtype=np.object_)
    out[:] = areas
    return out


def _not_filled_by_children(ranked: list[Cell]) -> list[Cell]:
    """Leave out cells that those of the next deeper rank fill: they never are the deepest.

    Only a valid coverage counts, because uniting one invents no vertex and so stays exact.
    """
    filled: set[int] = set()
    ranks = sorted({cell[2] for cell in ranked}, reverse=True)
    for deeper, rank in pairwise(ranks):
        below = _as_array([cell[3] for cell in ranked if cell[2] == deeper])
        tree = shapely.STRtree(shapely.point_on_surface(below))
        for position, cell in enumerate(ranked):
            if cell[2] != rank:
                continue
            children = below[tree.query(cell[3], predicate="contains")]
            if float(shapely.area(children).sum()) < cell[3].area * (1 - 1e-9):
                continue
            if shapely.coverage_is_valid(children) and shapely.covers(
                shapely.coverage_union_all(children), cell[3]
            ):
                filled.add(position)
    return [cell for position, cell in enumerate(ranked) if position not in filled]


def _metres_to_border(area: BaseGeometry, lon: Floats, lat: Floats) -> Floats:
    """Return the distance of each point to the border of an area, on a plane at the point."""
    points, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(area)), return_index=True
    )
    # A repeated vertex is valid, but gives no segment.
    real = (ring[:-1] == ring[1:]) & (points[:-1] != points[1:]).any(axis=1)
    start, end = points[:-1][real], points[1:][real]
    # Neighbours run along a shared edge in opposite directions; one direction for both gives
    # both the same distance to the last bit.
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[turned], end[turned] = end[turned], start[turned]
    out = np.empty(lon.shape)
    rows = max(1, 500_000 // len(start))
    for at in range(0, len(lon), rows):
        piece = slice(at, at + rows)
        squeeze = np.cos(np.radians(lat[piece]))[:, None] * _M_PER_DEGREE
        x0 = (start[:, 0] - lon[piece, None]) * squeeze
        y0 = (start[:, 1] - lat[piece, None]) * _M_PER_DEGREE
        dx, dy = (end - start)[:, 0] * squeeze, (end - start)[:, 1] * _M_PER_DEGREE
        part = np.clip(-(x0 * dx + y0 * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        out[piece] = np.sqrt(((x0 + part * dx) ** 2 + (y0 + part * dy) ** 2).min(axis=1))
    return out

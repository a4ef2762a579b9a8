"""The demo district: real codes, names and outline; everything inside is drawn from a seed.

All lines are noded once on one lattice, so cells of every level share identical vertices.
"""

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import Any, TypeAlias, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

DISTRICT, TOWNSHIP, COMMUNITY = "DISTRICT", "TOWNSHIP", "COMMUNITY"
GRID, MICRO_GRID, UNIT = "GRID", "MICRO_GRID", "UNIT"
BASIC, DEDICATED = "BASIC", "DEDICATED"
DISTRICT_CODE, SEAT_CODE = "450312", "450312100"
GRIDS, MICRO_GRIDS, UNITS = 154, 826, 1239
FIRST_DEDICATED = 901

# Where each township lies, roughly: degrees WGS-84. Only the seat's centre is a real place.
_TOWN_CENTRES = {
    "450312100": (110.178, 25.240),
    "450312101": (110.190, 25.010),
    "450312102": (110.222, 25.098),
    "450312103": (110.020, 25.200),
    "450312104": (110.060, 25.350),
    "450312105": (110.140, 25.140),
    "450312106": (110.260, 24.910),
    "450312107": (109.925, 25.270),
    "450312108": (109.925, 25.400),
    "450312204": (110.030, 25.480),
    "450312205": (109.980, 25.600),
}
# Built-up area: an ellipse of 40 km² west of the border with the city of Guilin.
_CORE_LON, _CORE_LAT = 110.186, 25.237
_CORE_EAST_M, _CORE_NORTH_M = 3400.0, 3750.0
_M_PER_DEGREE = 111_195.0
# Every vertex lies on this lattice, about 0.1 m, which is also what GeoJSON needs to print.
_LATTICE_DEG = 1e-6

# Compounds are invented: every first part with every second part, dealt out from the seed.
_COMPOUND_FIRST = [
    "桂花",
    "榕荫",
    "兰亭",
    "碧水",
    "翠竹",
    "锦绣",
    "漓风",
    "清泉",
    "丹霞",
    "金桂",
    "银杏",
    "听松",
    "望岳",
    "春晖",
    "朝阳",
]
_COMPOUND_SECOND = ["园", "苑", "里", "花园", "小区", "雅居", "家园", "新村", "名邸", "华庭"]
_DEDICATED_PLACES = ["商圈", "产业园", "专业市场", "物流园", "创业园", "学校片区"]
_NUMERALS = "一二三四五六七"
# Floors and doors per floor of common buildings.
_BUILDINGS = ((6, 2), (6, 2), (7, 2), (7, 2), (11, 2), (18, 2), (18, 4))

# Corners of a convex polygon, or points, in metres east and north of the core's centre.
_Corners: TypeAlias = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class CellSpec:
    """One cell of the demo: boundary in WGS-84 degrees; doors 0 where nobody declared them."""

    code: str
    name: str
    level: str
    parent: str
    kind: str
    boundary: Polygon | MultiPolygon
    doors: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """A cell of the built-up area before it is drawn; `corners` is convex and unwarped."""

    code: str
    name: str
    level: str
    parent: str
    kind: str
    corners: _Corners
    doors: int


def build_territory(seed: int = 450312) -> list[CellSpec]:
    """Return the demo district's cells, parents before children; equal seeds give equal cells."""
    planner = _Planner(Random(seed))
    plans = planner.communities()
    outline = _district_outline()
    lines = [outline.exterior, planner.core_lines(), *_township_lines(planner.rng)]
    faces = _faces(lines, outline)
    drawn, rest = _faces_of_units([plan for plan in plans if plan.level == UNIT], faces)
    for level in (MICRO_GRID, GRID, COMMUNITY):
        drawn |= _joined_by_parent(plans, level, drawn)
    towns = _towns(rest, drawn)
    rows = [(DISTRICT_CODE, "临桂区", DISTRICT, "", _join(towns.values()))]
    rows += [
        (row["code9"], row["name"], TOWNSHIP, DISTRICT_CODE, towns[row["code9"]])
        for row in _rows("linggui_towns.csv")
    ]
    upper = [
        CellSpec(code, name, level, up, BASIC, area, 0) for code, name, level, up, area in rows
    ]
    inner = [
        CellSpec(p.code, p.name, p.level, p.parent, p.kind, drawn[p.code], p.doors) for p in plans
    ]
    return upper + inner


def feature_collection(cells: Iterable[CellSpec]) -> dict[str, Any]:
    """Return the cells as the GeoJSON FeatureCollection that `load cells` reads."""
    keys = ("code", "name", "level", "parent", "kind", "doors")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {key: getattr(cell, key) for key in keys},
                "geometry": mapping(cell.boundary),
            }
            for cell in cells
        ],
    }


class _Planner:
    """Divides the built-up area down to units and keeps every dividing line."""

    def __init__(self, rng: Random) -> None:
        """Start with the whole core undivided."""
        self.rng = rng
        turn = [math.tau * step / 48 for step in range(48)]
        self._core = [(_CORE_EAST_M * math.cos(a), _CORE_NORTH_M * math.sin(a)) for a in turn]
        self._lines: list[BaseGeometry] = [shapely.LinearRing(self._core)]
        self._compounds = [a + b for a in _COMPOUND_FIRST for b in _COMPOUND_SECOND]
        rng.shuffle(self._compounds)

    def communities(self) -> list[_Plan]:
        """Return all cells from communities to units, parents first, codes ascending."""
        rows = _rows("linggui_communities.csv")
        grids = _shares(GRIDS, len(rows), 5, 7, self.rng)
        micros = iter(_shares(MICRO_GRIDS, GRIDS, 4, 7, self.rng))
        units = iter(_shares(UNITS, MICRO_GRIDS, 1, 3, self.rng))
        plans: list[_Plan] = []
        for row, count, piece in zip(rows, grids, self._split(self._core, grids), strict=True):
            # The published suffix 居委会 names the committee; the cell is its territory.
            name = row["name"].removesuffix("居委会")
            per_micro = [[next(units) for _ in range(next(micros))] for _ in range(count)]
            below = self._grids(row["code12"], name, per_micro, piece)
            plans += _with_parent(row["code12"], name, COMMUNITY, SEAT_CODE, BASIC, piece, below)
        return plans

    def _grids(
        self, community: str, name: str, sizes: list[list[int]], area: _Corners
    ) -> list[_Plan]:
        """Divide a community; in every third one the last grid is a dedicated one."""
        plans: list[_Plan] = []
        base = name.removesuffix("社区")
        for index, piece in enumerate(self._split(area, [sum(units) for units in sizes])):
            if int(community) % 3 == 0 and index == len(sizes) - 1:
                place = _DEDICATED_PLACES[int(community) // 3 % len(_DEDICATED_PLACES)]
                code, kind, title = (
                    f"{community}{FIRST_DEDICATED}",
                    DEDICATED,
                    f"{name}{place}专属网格",
                )
                labels = [f"{base}{place}{letter}区" for letter in "ABCDEFG"]
            else:
                code, kind = f"{community}{index + 1:03d}", BASIC
                title = f"{name}第{_NUMERALS[index]}网格"
                compound = f"{base}苑" if index == 0 else self._compounds.pop()
                labels = [f"{compound}{number}栋" for number in range(1, 8)]
            below = self._micro_grids(code, labels, sizes[index], piece)
            plans += _with_parent(code, title, GRID, community, kind, piece, below)
        return plans

    def _micro_grids(
        self, grid: str, labels: list[str], sizes: list[int], area: _Corners
    ) -> list[_Plan]:
        """Divide a grid into buildings and each building into stairwells."""
        plans: list[_Plan] = []
        weights = [1.0 + 0.3 * size for size in sizes]
        for index, piece in enumerate(self._split(area, weights)):
            code = f"{grid}{index + 1:03d}"
            floors, per_floor = self.rng.choice(_BUILDINGS)
            doors = floors * per_floor
            units = [
                _Plan(f"{code}{n:02d}", f"{n}单元", UNIT, code, BASIC, part, doors)
                for n, part in enumerate(self._split(piece, [1.0] * sizes[index]), start=1)
            ]
            plans += _with_parent(code, labels[index], MICRO_GRID, grid, BASIC, piece, units)
        return plans

    def _split(self, area: _Corners, weights: Sequence[float]) -> list[_Corners]:
        """Cut a convex area in two until every weight has its part, and keep the lines."""
        if len(weights) == 1:
            return [area]
        total, half = sum(weights), 1
        while half < len(weights) - 1 and sum(weights[: half + 1]) <= total / 2:
            half += 1
        angle = 0.22 + self.rng.uniform(-0.09, 0.09)
        along, across = _extent(area, angle), _extent(area, angle + math.pi / 2)
        if across[1] - across[0] > along[1] - along[0]:
            angle += math.pi / 2
        first, second, line = _cut(area, angle, sum(weights[:half]) / total)
        self._lines.append(shapely.LineString(line))
        return self._split(first, weights[:half]) + self._split(second, weights[half:])

    def core_lines(self) -> BaseGeometry:
        """Return the lines of the built-up area in degrees, noded and bent like streets."""
        # Node first on 1 cm: the end of a cut lies only nearly on the line it meets.
        noded = shapely.unary_union(self._lines, grid_size=0.01)
        return shapely.transform(shapely.segmentize(noded, 150.0), _core_degrees)


def _with_parent(  # noqa: PLR0917 - a cell and its own fields
    code: str, name: str, level: str, parent: str, kind: str, corners: _Corners, below: list[_Plan]
) -> list[_Plan]:
    """Return a cell and what is below it; its doors are the sum of its units' doors."""
    doors = sum(plan.doors for plan in below if plan.level == UNIT)
    return [_Plan(code, name, level, parent, kind, corners, doors), *below]


def _rows(name: str) -> list[dict[str, str]]:
    """Read one shipped table."""
    text = (files("gridpact.demo") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _district_outline() -> Polygon:
    """Read the shipped outline of the district, WGS-84."""
    text = (files("gridpact.demo") / "data" / "linggui_district.geojson").read_text("utf-8")
    return cast("Polygon", shape(json.loads(text)["features"][0]["geometry"]))


def _shares(total: int, parts: int, low: int, high: int, rng: Random) -> list[int]:
    """Deal `total` out to `parts`, each from `low` to `high`."""
    counts = [low] * parts
    while sum(counts) < total:
        counts[rng.choice([i for i, count in enumerate(counts) if count < high])] += 1
    return counts


def _extent(area: _Corners, angle: float) -> tuple[float, float]:
    """Return the least and greatest reach of the area along a direction, metres."""
    reach = [x * math.cos(angle) + y * math.sin(angle) for x, y in area]
    return min(reach), max(reach)


def _area(corners: _Corners) -> float:
    """Return the area of a polygon, m²."""
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def _cut(area: _Corners, angle: float, share: float) -> tuple[_Corners, _Corners, _Corners]:
    """Cut a convex area at right angles to a direction; the first part has `share` of it."""
    low, high = _extent(area, angle)
    for _ in range(30):
        middle = (low + high) / 2
        first, second, line = _halves(area, angle, middle)
        if _area(first) < share * _area(area):
            low = middle
        else:
            high = middle
    return first, second, line


def _halves(area: _Corners, angle: float, at: float) -> tuple[_Corners, _Corners, _Corners]:
    """Return both sides of a cut and the two ends of the cut itself."""
    first: _Corners = []
    second: _Corners = []
    line: _Corners = []
    cos, sin = math.cos(angle), math.sin(angle)
    for (x0, y0), (x1, y1) in zip(area, area[1:] + area[:1], strict=True):
        from_m, to_m = x0 * cos + y0 * sin - at, x1 * cos + y1 * sin - at
        (first if from_m <= 0 else second).append((x0, y0))
        if (from_m <= 0) != (to_m <= 0):
            part = from_m / (from_m - to_m)
            crossing = (x0 + part * (x1 - x0), y0 + part * (y1 - y0))
            line.append(crossing)
            first.append(crossing)
            second.append(crossing)
    return first, second, line


def _core_degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bend metres (n, 2) like streets, denser towards the centre, and return degrees (n, 2)."""
    x, y = points[:, 0], points[:, 1]
    spread = 0.78 + 0.22 * ((x / _CORE_EAST_M) ** 2 + (y / _CORE_NORTH_M) ** 2)
    east = x * spread + 90 * np.sin(y / 620 + 0.5) + 35 * np.sin((x + y) / 300)
    north = y * spread + 80 * np.sin(x / 700 + 1.9) + 35 * np.sin((x - y) / 340)
    per_lon = _M_PER_DEGREE * math.cos(math.radians(_CORE_LAT))
    return np.column_stack([_CORE_LON + east / per_lon, _CORE_LAT + north / _M_PER_DEGREE])


def _township_lines(rng: Random) -> list[BaseGeometry]:
    """Return the lines between townships: nearest centre, then bent like ridges; degrees."""
    squeeze = math.cos(math.radians(_CORE_LAT))
    centres = shapely.MultiPoint([(x * squeeze, y) for x, y in _TOWN_CENTRES.values()])
    edges = shapely.voronoi_polygons(centres, extend_to=centres.buffer(0.5), only_edges=True)
    ends = sorted(sorted(map(tuple, shapely.get_coordinates(e))) for e in shapely.get_parts(edges))
    bent = [[a, *_bends(a, b, rng), b] for a, b in ends]
    return [shapely.LineString([(x / squeeze, y) for x, y in line]) for line in bent]


def _bends(a: tuple[float, float], b: tuple[float, float], rng: Random) -> _Corners:
    """Return points between two ends, each halfway and pushed aside; degrees."""
    east, north = b[0] - a[0], b[1] - a[1]
    if math.hypot(east, north) < 0.008:
        return []
    aside = rng.uniform(-0.13, 0.13)
    middle = ((a[0] + b[0]) / 2 - aside * north, (a[1] + b[1]) / 2 + aside * east)
    return [*_bends(a, middle, rng), middle, *_bends(middle, b, rng)]


def _faces(lines: Sequence[BaseGeometry], outline: Polygon) -> list[Polygon]:
    """Node all lines on the lattice and return the faces inside the outline."""
    noded = shapely.unary_union(lines, grid_size=_LATTICE_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    shapely.prepare(outline)
    return [face for face in faces if outline.contains(face.representative_point())]


def _faces_of_units(
    units: list[_Plan], faces: list[Polygon]
) -> tuple[dict[str, Polygon], list[Polygon]]:
    """Return the face that holds each unit's middle, and the faces that hold none."""
    middles = np.array([np.mean(unit.corners, axis=0) for unit in units])
    points = shapely.points(_core_degrees(middles))
    of_point, of_face = shapely.STRtree(faces).query(points, predicate="within")
    drawn = {
        units[u].code: faces[f] for u, f in zip(of_point.tolist(), of_face.tolist(), strict=True)
    }
    taken = set(of_face.tolist())
    if not len(taken) == len(drawn) == len(of_point) == len(units):
        raise ValueError("the lines of the built-up area do not give one face for each unit")
    return drawn, [face for index, face in enumerate(faces) if index not in taken]


def _join(parts: Iterable[Polygon | MultiPolygon]) -> Polygon | MultiPolygon:
    """Unite areas that share vertices; no vertex is lost or moved."""
    return cast("Polygon | MultiPolygon", shapely.coverage_union_all(list(parts)).normalize())


def _joined_by_parent(plans: list[_Plan], level: str, drawn: dict[str, Any]) -> dict[str, Any]:
    """Unite the children of each cell of a level."""
    parts: dict[str, list[Any]] = defaultdict(list)
    for plan in plans:
        if plan.code in drawn:
            parts[plan.parent].append(drawn[plan.code])
    return {p.code: _join(parts[p.code]) for p in plans if p.level == level}


def _towns(rest: list[Polygon], drawn: dict[str, Any]) -> dict[str, Polygon | MultiPolygon]:
    """Give each face outside the built-up area to a township and unite them."""
    parts: dict[str, list[Any]] = {}
    strays: list[Polygon] = []
    for face in rest:
        # By its outer ring, because the built-up area is a hole in the rest of the seat.
        shell = Polygon(face.exterior)
        home = [code for code, at in _TOWN_CENTRES.items() if shell.contains(shapely.Point(at))]
        if home:
            parts[home[0]] = [face]
        else:
            strays.append(face)
    for stray in strays:
        # Cut off by a bay of the outline or a bend: it goes where it has the longest border.
        parts[max(parts, key=lambda code: _shared_length(stray, parts[code][0]))].append(stray)
    parts[SEAT_CODE] += [area for code, area in drawn.items() if len(code) == 12]
    return {code: _join(areas) for code, areas in sorted(parts.items())}


def _shared_length(one: Polygon, other: Polygon) -> float:
    """Return the length of the common border, degrees."""
    return one.boundary.intersection(other.boundary).length

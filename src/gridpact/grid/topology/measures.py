"""Square metres and metres of shapes given in degrees, each measured on a plane of its own.

A plane at the shape's own latitude keeps straight lines straight, so cells that share a border
in degrees share it in metres; areas are right to about 0.1 % for anything up to a prefecture.
"""

import math
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias, TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Geometries: TypeAlias = NDArray[np.object_]
Pair: TypeAlias = tuple[float, float]
_Area = TypeVar("_Area", bound=BaseGeometry)

# Mean length of a degree on the sphere of the earth's mean radius.
M_PER_DEGREE = 111_195.0
_POLYGON = 3


class Parts(NamedTuple):
    """Polygons of a row of shapes: whose they are (position in the row), and how large."""

    owner: Ints
    shape: Geometries
    area_m2: Floats
    width_m: Floats


def as_array(shapes: Iterable[BaseGeometry | None]) -> Geometries:
    """Return shapes as an array of objects, shape (n,)."""
    listed = list(shapes)
    out = np.empty(len(listed), dtype=np.object_)
    out[:] = listed
    return out


def in_metres(shapes: Geometries) -> Geometries:
    """Return each shape in metres east and north on the plane at its own middle latitude."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    middle = np.radians(bounds[:, [1, 3]].mean(axis=1))
    squeeze = np.cos(middle)[owner]
    scaled = points * np.column_stack([squeeze * M_PER_DEGREE, np.full(len(owner), M_PER_DEGREE)])
    return shapely.set_coordinates(shapes.copy(), scaled)


def areas_m2(shapes: Geometries) -> Floats:
    """Return the area of each shape in m², 0 for an empty or missing one; shape (n,)."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    squeeze = np.cos(np.radians(bounds[:, [1, 3]].mean(axis=1)))
    planar = np.nan_to_num(shapely.area(shapes))
    return cast("Floats", planar * np.nan_to_num(squeeze) * M_PER_DEGREE**2)


def widths_m(plane: Geometries) -> Floats:
    """Return a width for each polygon in metres: the short side of a rectangle like it.

    The rectangle has the polygon's area and perimeter. A strip gives its true width, a wedge half
    of its base; a shape rounder than a square gives the side of a square of its area.
    """
    area, around = shapely.area(plane), shapely.length(plane)
    root = np.sqrt(np.maximum(around**2 - 16.0 * area, 0.0))
    return cast("Floats", np.where(around**2 > 16.0 * area, (around - root) / 4.0, np.sqrt(area)))


def parts_wider_than(shapes: Geometries, width_m: float) -> Parts:
    """Return the polygons in these shapes that are wider than `width_m`, in order of owner.

    Rounding makes overlays leave threads of no width, and lines; neither is ground.
    """
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    # A collection holds lines beside areas, and its own parts may be collections no deeper.
    area = shapely.get_type_id(pieces) == _POLYGON
    pieces, owner = pieces[area], owner[area]
    plane = in_metres(pieces)
    width = widths_m(plane)
    wide = width > width_m
    return Parts(owner[wide], pieces[wide], shapely.area(plane[wide]), width[wide])


def point_in(shape: BaseGeometry) -> Pair:
    """Return a place inside, degrees rounded to 1 cm, to show the shape on a map."""
    point = shape.representative_point()
    return round(point.x, 7), round(point.y, 7)


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of any shape; lines and points are left out."""
    return [part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)]


def along(parts: Sequence[_Area]) -> list[_Area]:
    """Parts (degrees WGS-84) in the direction in which they follow one another most.

    From west to east, or from south to north where their middles lie further apart that way.
    """
    middles = [part.centroid for part in parts]
    east = max(at.x for at in middles) - min(at.x for at in middles)
    north = max(at.y for at in middles) - min(at.y for at in middles)
    across = east * math.cos(math.radians(middles[0].y)) < north
    places = [(at.y, at.x) if across else (at.x, at.y) for at in middles]
    return [part for _place, part in sorted(zip(places, parts, strict=True), key=itemgetter(0))]

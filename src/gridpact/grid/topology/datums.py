"""Boundaries in the wrong coordinates: latitude first, or GCJ-02 or BD-09 taken for WGS-84.

Chinese maps on the two shifted datums lie 300 to 1,500 m off, always the same way at one place.
So a cell that does not fit where it lies, but does when read in such a datum, is in that datum.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridpact.grid.datum import Datum, to_wgs84
from gridpact.grid.topology.measures import M_PER_DEGREE, Floats, Geometries, Ints

SHIFTED = (Datum.GCJ02, Datum.BD09)
# A misfit counts from this share of a family's or of a single cell's ground …
_FAMILY_MISFIT, _CELL_MISFIT = 0.005, 0.03
# … and reading it in another datum explains it when at most this part of the misfit stays.
_STAYS = 0.25
_EXACT = 0.02
# China in degrees: here a longitude is never a latitude.
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)


def swapped(shapes: Geometries, home: BaseGeometry | None) -> Ints:
    """Return the positions of shapes that lie in China, and at home if given, when turned over."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    turned = (x >= _LAT[0]) & (x <= _LAT[1]) & (y >= _LON[0]) & (y <= _LON[1])
    if home is not None:
        west, south, east, north = home.bounds
        turned &= (y >= west) & (y <= east) & (x >= south) & (x <= north)
    return np.flatnonzero(turned)


def turn_over(shapes: Geometries) -> Geometries:
    """Exchange longitude and latitude."""
    points = shapely.get_coordinates(shapes)[:, ::-1]
    return shapely.set_coordinates(shapes.copy(), points)


def read_as(shapes: Geometries, datum: Datum) -> Geometries:
    """Return shapes whose degrees are of `datum` in WGS-84."""
    points = shapely.get_coordinates(shapes)
    lon, lat = to_wgs84(points[:, 0].copy(), points[:, 1].copy(), datum)
    return shapely.set_coordinates(shapes.copy(), np.column_stack([lon, lat]))


def datum_of_family(shapes: Geometries, parent: BaseGeometry) -> Datum | None:
    """Return the datum in which all children of a parent fit into it, None if they do as they are.

    Also None when no datum explains the misfit.
    """
    whole = shapely.union_all(shapes)
    outside = shapely.difference(whole, parent).area
    if outside < _FAMILY_MISFIT * whole.area:
        return None
    misfits: list[tuple[float, float, Datum]] = []
    for datum in SHIFTED:
        moved = shapely.union_all(read_as(shapes, datum))
        left, missing = shapely.difference(moved, parent).area, shapely.difference(parent, moved)
        misfits.append((left, missing.area, datum))
    # Where both datums bring everything inside, the one that covers more of the parent is meant.
    explained = [row for row in misfits if row[0] <= _STAYS * outside]
    return min(explained, key=lambda row: row[0] + row[1])[2] if explained else None


def datums_of_cells(
    shapes: Geometries, parent: BaseGeometry | None, misfit: Floats
) -> dict[int, Datum]:
    """Return the single children that fit only in another datum, by position among the siblings.

    misfit: for each child its area outside the parent and under siblings, square degrees.
    """
    shapes = shapes.copy()
    found: dict[int, Datum] = {}
    suspects = np.flatnonzero(misfit > _CELL_MISFIT * shapely.area(shapes)).tolist()
    while suspects:
        better = sorted(_better(shapes, parent, suspects))
        if not better:
            break
        # The cell that a displaced one covers may itself look displaced: the best fit goes first.
        taken = [row for row in better if row[0] <= _EXACT] or better[:1]
        for _, at, datum in taken:
            found[at] = datum
            shapes[at] = read_as(shapes[[at]], datum)[0]
        # Right again, a cell no longer covers its siblings.
        suspects = [
            at
            for at in suspects
            if at not in found
            and _misfit(shapes, shapes[at], at, parent) > _CELL_MISFIT * shapes[at].area
        ]
    return found


def _better(
    shapes: Geometries, parent: BaseGeometry | None, suspects: Sequence[int]
) -> list[tuple[float, int, Datum]]:
    """Return, for suspects that fit in another datum: the part of the misfit that stays, and it."""
    better: list[tuple[float, int, Datum]] = []
    for at in suspects:
        now = _misfit(shapes, shapes[at], at, parent)
        tried = [
            (_misfit(shapes, read_as(shapes[[at]], datum)[0], at, parent) / now, at, datum)
            for datum in SHIFTED
            if now > 0.0
        ]
        better += [row for row in [min(tried, default=None)] if row and row[0] <= _STAYS]
    return better


def _misfit(shapes: Geometries, shape: BaseGeometry, at: int, parent: BaseGeometry | None) -> float:
    """Return how much of `shape` in place `at` lies outside the parent or under siblings, deg²."""
    outside = 0.0 if parent is None else shapely.difference(shape, parent).area
    near = shapely.intersects(shapes, shape)
    near[at] = False
    return float(outside + shapely.area(shapely.intersection(shapes[near], shape)).sum())


def shifts_m(before: Geometries, after: Geometries) -> list[int]:
    """Return how far each shape moved, whole metres."""
    was, now = (shapely.get_coordinates(shapely.centroid(each)) for each in (before, after))
    east = (now[:, 0] - was[:, 0]) * np.cos(np.radians(now[:, 1]))
    return [round(shift * M_PER_DEGREE) for shift in np.hypot(east, now[:, 1] - was[:, 1]).tolist()]

"""Conversion between WGS-84 and the two shifted datums of Chinese maps, GCJ-02 and BD-09.

Pairs are longitude, latitude in degrees; one point or arrays of points.
"""

import math
from enum import StrEnum
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Pair: TypeAlias = tuple[float, float]
Pairs: TypeAlias = tuple[Floats, Floats]

# Krasovsky 1940 ellipsoid, on which the published GCJ-02 formula works.
_AXIS_M = 6378245.0
_ECCENTRICITY_SQ = 0.00669342162296594323
# Angular rate of the BD-09 ripple, as published with the formula.
_BD_RATE = math.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.006
# The formula is applied inside this box only; abroad the maps are not shifted.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# One step of the inverse leaves about 1/1000 of the error, so six are far below 1e-7 degrees.
_INVERSE_STEPS = 6


class Datum(StrEnum):
    """A coordinate reference; CGCS2000 differs from WGS-84 by centimetres and counts as it."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @classmethod
    def _missing_(cls, value: object) -> "Datum | None":
        """Read names in any case, and `cgcs2000` as WGS-84."""
        name = str(value).strip().lower()
        if name == "cgcs2000":
            return cls.WGS84
        return next((member for member in cls if member.value == name), None)


@overload
def to_wgs84(lon: float, lat: float, datum: Datum) -> Pair: ...
@overload
def to_wgs84(lon: Floats, lat: Floats, datum: Datum) -> Pairs: ...
def to_wgs84(lon: float | Floats, lat: float | Floats, datum: Datum) -> Pair | Pairs:
    """Convert degrees in `datum` to WGS-84; arrays of equal shape give arrays of that shape.

    Raises ValueError when a value is not finite or outside ±180, ±90.
    """
    return _convert(lon, lat, datum, inverse=True)


@overload
def from_wgs84(lon: float, lat: float, datum: Datum) -> Pair: ...
@overload
def from_wgs84(lon: Floats, lat: Floats, datum: Datum) -> Pairs: ...
def from_wgs84(lon: float | Floats, lat: float | Floats, datum: Datum) -> Pair | Pairs:
    """Convert WGS-84 degrees to `datum`; arrays of equal shape give arrays of that shape.

    Raises ValueError when a value is not finite or outside ±180, ±90.
    """
    return _convert(lon, lat, datum, inverse=False)


def _convert(
    lon: float | Floats, lat: float | Floats, datum: Datum, *, inverse: bool
) -> Pair | Pairs:
    """Check the input, shift what lies in China, and return the kind of value that came in."""
    if isinstance(lon, np.ndarray) or isinstance(lat, np.ndarray):
        return _convert_many(np.asarray(lon, float), np.asarray(lat, float), datum, inverse)
    x, y = float(lon), float(lat)
    # A comparison with NaN is false, so this one test also refuses NaN and infinity.
    if not (abs(x) <= 180.0 and abs(y) <= 90.0):
        raise ValueError(f"not a longitude and latitude in degrees: {lon}, {lat}")
    if datum is Datum.WGS84 or not (_WEST <= x <= _EAST and _SOUTH <= y <= _NORTH):
        return x, y
    x, y = _shifted(math, x, y, datum, inverse)
    return x, y


def _convert_many(lon: Floats, lat: Floats, datum: Datum, inverse: bool) -> Pairs:
    """Array form of `_convert`."""
    if lon.shape != lat.shape:
        raise ValueError(f"longitudes {lon.shape} and latitudes {lat.shape} differ in shape")
    if not bool(np.all((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))):
        raise ValueError("a longitude or latitude is not a number of degrees in range")
    out_lon, out_lat = lon.copy(), lat.copy()
    inside = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    if datum is not Datum.WGS84 and bool(inside.any()):
        out_lon[inside], out_lat[inside] = _shifted(np, lon[inside], lat[inside], datum, inverse)
    return out_lon, out_lat


# `m` is the module `math` or `numpy`: both offer the same names, so one formula serves a
# single point on the intake path (numpy would cost 50 µs there) and arrays. Hence Any.
def _shifted(m: Any, x: Any, y: Any, datum: Datum, inverse: bool) -> Any:
    """Shift a point known to be in China, from WGS-84 to `datum` or back."""
    forward = _wgs_to_gcj if datum is Datum.GCJ02 else _wgs_to_bd
    if not inverse:
        return forward(m, x, y)
    guess_x, guess_y = x, y
    for _ in range(_INVERSE_STEPS):
        image_x, image_y = forward(m, guess_x, guess_y)
        guess_x, guess_y = guess_x + (x - image_x), guess_y + (y - image_y)
    return guess_x, guess_y


def _wgs_to_bd(m: Any, lon: Any, lat: Any) -> Any:
    """WGS-84 to BD-09, by way of GCJ-02."""
    return _gcj_to_bd(m, *_wgs_to_gcj(m, lon, lat))


def _gcj_to_bd(m: Any, lon: Any, lat: Any) -> Any:
    """GCJ-02 to BD-09: a ripple in polar coordinates around the origin, then a fixed shift."""
    radius = m.sqrt(lon * lon + lat * lat) + 0.00002 * m.sin(lat * _BD_RATE)
    angle = m.atan2(lat, lon) + 0.000003 * m.cos(lon * _BD_RATE)
    return radius * m.cos(angle) + _BD_LON, radius * m.sin(angle) + _BD_LAT


def _wgs_to_gcj(m: Any, lon: Any, lat: Any) -> Any:
    """WGS-84 to GCJ-02 by the published series about 105° E, 35° N."""
    x, y = lon - 105.0, lat - 35.0
    root = m.sqrt(abs(x))
    ripple = (20.0 * m.sin(6.0 * x * m.pi) + 20.0 * m.sin(2.0 * x * m.pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north_m = north_m + (20.0 * m.sin(y * m.pi) + 40.0 * m.sin(y / 3.0 * m.pi)) * 2.0 / 3.0
    north_m = north_m + (160.0 * m.sin(y / 12.0 * m.pi) + 320 * m.sin(y * m.pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east_m = east_m + (20.0 * m.sin(x * m.pi) + 40.0 * m.sin(x / 3.0 * m.pi)) * 2.0 / 3.0
    east_m = east_m + (150.0 * m.sin(x / 12.0 * m.pi) + 300 * m.sin(x / 30.0 * m.pi)) * 2.0 / 3.0
    # Metres to degrees with the radii of curvature at this latitude.
    phi = lat / 180.0 * m.pi
    magic = 1.0 - _ECCENTRICITY_SQ * m.sin(phi) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_SQ) / (magic * m.sqrt(magic))
    parallel_m = _AXIS_M / m.sqrt(magic) * m.cos(phi)
    return lon + east_m / (parallel_m * m.pi) * 180.0, lat + north_m / (meridian_m * m.pi) * 180.0

"""Reading cells from GeoJSON features and division lists: a checked cell or a reason."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from gridpact.core.loads import Row
from gridpact.grid.choices import RANK, CellKind, Level

MAX_CODE, MAX_NAME = 20, 60
_CODE = re.compile(r"[0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# Length of a code by level: GB/T 2260 and 10114, then three, three and two digits (domain.md §1).
LEVEL_OF_LENGTH = {
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.DISTRICT,
    9: Level.TOWNSHIP,
    12: Level.COMMUNITY,
    15: Level.GRID,
    18: Level.MICRO_GRID,
    20: Level.UNIT,
}


class BadRowError(ValueError):
    """A row that cannot be taken; the message is the reason in the user's language."""


@dataclass
class CellRow:
    """A cell as a file gives it; `parent` None: not said; `boundary` None: keep the old one."""

    row: int
    code: str
    name: str
    level: str
    parent: str | None
    kind: str
    doors: int
    boundary: dict[str, Any] | None
    point: tuple[float, float] | None


def read_feature(row: int, feature: object) -> CellRow:
    """Check one GeoJSON feature. Raises `BadRowError` with the reason."""
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        raise BadRowError(_("not a GeoJSON feature with properties"))
    given = feature["properties"]
    code = _text(given, "code", MAX_CODE)
    if not _CODE.fullmatch(code):
        raise BadRowError(_("code “%(code)s” may hold only digits, letters and -") % {"code": code})
    level = str(given.get("level") or LEVEL_OF_LENGTH.get(len(code), "")).upper()
    if level not in RANK:
        allowed = ", ".join(RANK)
        raise BadRowError(_("level “%(given)s” is unknown; expected one of %(allowed)s")
                     % {"given": level or "–", "allowed": allowed})  # fmt: skip
    kind = str(given.get("kind") or CellKind.BASIC).upper()
    if kind not in CellKind.values:
        raise BadRowError(_("kind “%(given)s” is unknown") % {"given": kind})
    parent = given.get("parent")
    area = _area(feature.get("geometry"))
    return CellRow(
        row=row,
        code=code,
        name=_text(given, "name", MAX_NAME),
        level=level,
        parent=str(parent).strip() or None if parent is not None else None,
        kind=kind,
        doors=_doors(given.get("doors")),
        boundary=None if area is None else _plain(area),
        point=None if area is None else inner_point(area),
    )


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name)
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not text:
        raise BadRowError(_("%(field)s is missing") % {"field": name})
    if len(text) > most:
        raise BadRowError(
            _("%(field)s is longer than %(most)s characters") % {"field": name, "most": most}
        )
    if _CONTROL.search(text):
        raise BadRowError(_("%(field)s contains characters that are not text") % {"field": name})
    return text


def _doors(value: object) -> int:
    if value is None or value == "":
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise BadRowError(
            _("doors must be a whole number from 0, not “%(given)s”") % {"given": value}
        )
    return value


def _area(geometry: object) -> BaseGeometry | None:
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadRowError(_("the boundary must be a Polygon or MultiPolygon"))
    try:
        area = shape(geometry)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        shapely.GEOSException,
    ) as error:
        raise BadRowError(_("the boundary has broken coordinates")) from error
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise BadRowError(_("the boundary is empty"))
    if not area.is_valid:
        why = shapely.is_valid_reason(area)
        raise BadRowError(_("the boundary is no valid area (%(why)s)") % {"why": why})
    west, south, east, north = area.bounds
    finite = all(math.isfinite(value) for value in area.bounds)
    if not finite or west < -180 or east > 180 or south < -90 or north > 90:
        raise BadRowError(_("the boundary is not in degrees of longitude and latitude"))
    return area


def inner_point(area: BaseGeometry) -> tuple[float, float]:
    """A point inside, rounded to 1e-7 degrees where that stays inside (lon, lat)."""
    point = area.representative_point()
    rounded = (round(point.x, 7), round(point.y, 7))
    return rounded if shapely.contains_xy(area, *rounded) else (point.x, point.y)


def _plain(area: BaseGeometry) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(shapely.to_geojson(area))
    return plain


def division_features(
    rows: Iterable[Row],
) -> list[tuple[int, dict[str, Any]]]:
    """Division lists as features without a boundary, numbered by row; 12 digits are shortened.

    The code stands in the first column whose name begins with `code`, the name in `name`, `town`,
    `county` or `city`.
    """
    features = []
    for number, row in rows:
        code = next((value for key, value in row.items() if key.startswith("code")), "")
        name = next((row[key] for key in ("name", "town", "county", "city") if row.get(key)), "")
        feature = {"properties": {"code": short_division(code), "name": name}, "geometry": None}
        features.append((number, feature))
    return features


def short_division(code: str) -> str:
    """`450312000000` → `450312`, `450312100000` → `450312100`; other codes stay as they are."""
    if len(code) != 12 or not code.endswith("000"):
        return code
    for length in (2, 4, 6, 9):
        if code[length:].strip("0") == "":
            return code[:length]
    return code

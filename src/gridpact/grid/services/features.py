"""Reading cells from GeoJSON features and division lists: a checked cell or a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridpact.core import clock
from gridpact.core.loads import Row
from gridpact.grid.choices import RANK, CellKind, Level
from gridpact.grid.datum import Datum, to_wgs84
from gridpact.grid.ground import say
from gridpact.grid.topology import Area, rings

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
    since: date | None = None


def read_feature(row: int, feature: object, datum: Datum = Datum.WGS84) -> CellRow:
    """Check one GeoJSON feature whose degrees are of `datum`.

    Raises `BadRowError` with the reason.
    """
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
    area = _area(code, feature.get("geometry"))
    if area is not None and datum is not Datum.WGS84:
        area = _shifted(area, datum)
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
        since=_since(given.get("since")),
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


def _since(value: object) -> date | None:
    """The first day of a row; a day to come is a redraw, which is planned elsewhere."""
    if value is None or value == "":
        return None
    try:
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise BadRowError(
            _("since must be a day such as 2026-01-31, not “%(given)s”")
            % {"given": str(value)[:20]}
        ) from error
    if day > clock.today():
        raise BadRowError(_("since lies in the future; plan a redraw for that day"))
    return day


def _area(code: str, geometry: object) -> BaseGeometry | None:
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadRowError(_("the boundary must be a Polygon or MultiPolygon"))
    shapes, found = rings.read([Area(code, code, 0, None, geometry)])
    area = shapes[0]
    if found:
        where = _(" (at %(lon)s, %(lat)s)") % dict(
            zip(("lon", "lat"), found[0].point, strict=True)
        ) if found[0].point else ""  # fmt: skip
        raise BadRowError(say(found[0], {}) + where)
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise BadRowError(_("the boundary is empty"))
    west, south, east, north = area.bounds
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return area
    if south >= -180 and north <= 180 and west >= -90 and east <= 90:
        raise BadRowError(_("longitude and latitude are exchanged"))
    raise BadRowError(_("the boundary is not in degrees of longitude and latitude"))


def _shifted(area: BaseGeometry, datum: Datum) -> BaseGeometry:
    """The area in WGS-84, to 1e-7 degrees (a centimetre), so that it comes out alike each time."""
    points = shapely.get_coordinates(area)
    lon, lat = to_wgs84(points[:, 0].copy(), points[:, 1].copy(), datum)
    return shapely.set_coordinates(area, np.column_stack([lon, lat]).round(7))


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

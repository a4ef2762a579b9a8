"""What a redraw is asked for: checked shapes and codes, from a form, a file or a program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString, shape
from shapely.geometry.base import BaseGeometry

from gridpact.core.access import Refused
from gridpact.grid.redrawing import Ground
from gridpact.grid.services.features import MAX_NAME

MAX_PARTS = 20
MAX_POINTS = 20_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split by areas."""

    ground: Ground
    name: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What to do to the cell; only what the kind needs is given. Codes name cells.

    name: RENAME, MERGE. parent: MOVE. line, parts, names, cut ("refuse" or "larger"): SPLIT.
    others: MERGE. children_to: CLOSE. boundary, take_from, give_to, cut: BOUNDARY. Shapes in
    degrees WGS-84.
    """

    name: str = ""
    parent: str = ""
    line: LineString | None = None
    parts: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()
    cut: str = "refuse"
    others: tuple[str, ...] = ()
    children_to: str = ""
    boundary: Ground | None = None
    take_from: tuple[str, ...] = ()
    give_to: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


def read_request(raw: Mapping[str, Any]) -> Request:
    """Check a request as JSON gives it.

    Keys: name, parent, line (LineString), parts [{geometry, name}], names, cut, with [codes],
    children_to, boundary (an area), take_from [codes], give_to. Raises `Refused` bad_input (422)
    naming the field.
    """
    line, boundary = raw.get("line"), raw.get("boundary")
    return Request(
        name=_text(raw.get("name"), "name"),
        parent=_text(raw.get("parent"), "parent"),
        line=None if line in (None, "") else _line(line),
        parts=tuple(_part(each, at) for at, each in enumerate(_listed(raw.get("parts"), "parts"))),
        names=tuple(_text(each, "names") for each in _listed(raw.get("names"), "names")),
        cut=_cut(raw.get("cut")),
        others=tuple(_text(each, "with") for each in _listed(raw.get("with"), "with")),
        children_to=_text(raw.get("children_to"), "children_to"),
        boundary=None if boundary in (None, "") else _area(boundary, "boundary"),
        take_from=tuple(
            _text(each, "take_from") for each in _listed(raw.get("take_from"), "take_from")
        ),
        give_to=_text(raw.get("give_to"), "give_to"),
        raw={key: value for key, value in raw.items() if value not in (None, "", [], ())},
    )


def _bad(name: str, why: str) -> Refused:
    return Refused("bad_input", 422, field=name, why=why)


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _bad(name, _("must be text"))
    text = value.strip()
    if len(text) > MAX_NAME:
        raise _bad(name, _("is longer than %(most)s characters") % {"most": MAX_NAME})
    if _CONTROL.search(text):
        raise _bad(name, _("contains characters that are not text"))
    return text


def _listed(value: object, name: str) -> list[Any]:
    if value is None or value == "":
        return []
    if not isinstance(value, list | tuple):
        raise _bad(name, _("must be a list"))
    if len(value) > MAX_PARTS:
        raise _bad(name, _("has more than %(most)s entries") % {"most": MAX_PARTS})
    return list(value)


def _cut(value: object) -> str:
    if value in (None, ""):
        return "refuse"
    if value not in ("refuse", "larger"):
        raise _bad("cut", _("expected refuse or larger"))
    return str(value)


def _part(value: object, at: int) -> Part:
    name = f"parts.{at}"
    if not isinstance(value, Mapping):
        raise _bad(name, _("must be an object with geometry and name"))
    return Part(_area(value.get("geometry"), f"{name}.geometry"), _text(value.get("name"), name))


def _shape(value: object, name: str) -> BaseGeometry:
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, Mapping) or "coordinates" not in value:
        raise _bad(name, _("must be a GeoJSON geometry"))
    try:
        made = shape(dict(value))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        raise _bad(name, _("has broken coordinates")) from None
    west, south, east, north = made.bounds if not made.is_empty else (999.0,) * 4
    # A comparison with nan is false, so broken numbers fail here too.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _bad(name, _("is not in degrees of longitude and latitude"))
    if shapely.get_num_coordinates(made) > MAX_POINTS:
        raise _bad(name, _("has more than %(most)s points") % {"most": MAX_POINTS})
    return shapely.force_2d(made)


def _line(value: object) -> LineString:
    made = _shape(value, "line")
    if not isinstance(made, LineString):
        raise _bad("line", _("must be a LineString"))
    return made


def _area(value: object, name: str) -> Ground:
    made = _shape(value, name)
    if made.geom_type not in _AREAS:
        raise _bad(name, _("must be a Polygon or MultiPolygon"))
    if not made.is_valid:
        why = shapely.is_valid_reason(made)
        raise _bad(name, _("is no valid area (%(why)s)") % {"why": why})
    return cast("Ground", made)

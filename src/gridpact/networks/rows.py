"""Cells of a network as files give them: read from a GeoJSON feature or a table row, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gridpact.core.words import CONTROL
from gridpact.grid.datum import Datum, to_wgs84

COLUMNS = (
    "network", "network_name", "department", "code", "name", "officer", "phone", "account", "org",
    "cells", "valid_from", "valid_until",
)  # fmt: skip
_MOST = {
    "network": 30, "network_name": 40, "department": 40, "code": 40, "name": 60, "officer": 50,
    "phone": 30, "account": 150, "org": 40,
}  # fmt: skip
_NEEDED = ("network", "code", "name")
_SLUG = re.compile(r"[0-9A-Za-z_-]+")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,28}[0-9]")
_BETWEEN = re.compile(r"[\s,，、;；|]+")


class BadRowError(ValueError):
    """A row that cannot be taken; the message is the reason in the user's language."""


@dataclass(frozen=True, slots=True)
class NetRow:
    """A cell as a file gives it. `geometry` is as written, in WGS-84; None: not given.

    `texts` holds the columns of `_MOST`, empty where the file says nothing; `serves` are codes.
    """

    row: int
    texts: Mapping[str, str]
    serves: tuple[str, ...]
    geometry: Mapping[str, Any] | None
    valid_from: date | None
    valid_until: date | None

    @property
    def key(self) -> tuple[str, str]:
        """Network and code."""
        return self.texts["network"], self.texts["code"]


def read_feature(row: int, feature: object, datum: str) -> NetRow:
    """Check one GeoJSON feature; its own `datum` goes before the file's. Raises `BadRowError`."""
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        raise BadRowError(_("not a GeoJSON feature with properties"))
    given = feature["properties"]
    values = {name: given.get(name) for name in COLUMNS}
    geometry = feature.get("geometry")
    if geometry is not None and not isinstance(geometry, Mapping):
        raise BadRowError(_("the boundary must be a Polygon or MultiPolygon"))
    return _checked(row, values, _moved(geometry, str(given.get("datum") or datum)))


def read_row(row: int, values: Mapping[str, str]) -> NetRow:
    """Check one row of a table; its `cells` are codes of ours. Raises `BadRowError`."""
    return _checked(row, values, None)


def _checked(row: int, values: Mapping[str, Any], geometry: Mapping[str, Any] | None) -> NetRow:
    texts = {name: _text(values.get(name), name, most) for name, most in _MOST.items()}
    for name in _NEEDED:
        if not texts[name]:
            raise BadRowError(_("%(field)s is missing") % {"field": name})
    if not _SLUG.fullmatch(texts["network"]):
        raise BadRowError(_("network “%(code)s” may hold only digits, letters, - and _")
                          % {"code": texts["network"]})  # fmt: skip
    if texts["phone"] and not _PHONE.fullmatch(texts["phone"]):
        raise BadRowError(_("phone is no telephone number"))
    if texts["account"] and texts["officer"]:
        texts["officer"] = ""  # the account has a name of its own
    starts, ends = _day(values, "valid_from"), _day(values, "valid_until")
    if starts and ends and ends < starts:
        raise BadRowError(_("the last day lies before the first"))
    serves = _codes(values.get("cells"))
    if serves and geometry is not None:
        raise BadRowError(_("give either a boundary or the cells served, not both"))
    return NetRow(row, texts, serves, geometry, starts, ends)


def _text(value: object, name: str, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise BadRowError(_("%(field)s must be text") % {"field": name})
    text = "" if value is None else str(value).strip()
    if len(text) > most:
        raise BadRowError(
            _("%(field)s is longer than %(most)s characters") % {"field": name, "most": most}
        )
    if CONTROL.search(text):
        raise BadRowError(_("%(field)s contains characters that are not text") % {"field": name})
    return text


def _codes(value: object) -> tuple[str, ...]:
    """Codes of our cells, from a list or a text with any usual separator; sorted, once each."""
    given = value if isinstance(value, list | tuple) else _BETWEEN.split(str(value or ""))
    return tuple(sorted({str(each).strip() for each in given} - {""}))


def _day(values: Mapping[str, Any], name: str) -> date | None:
    text = str(values.get(name) or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise BadRowError(
            _("%(field)s: “%(given)s” is not a day like 2026-01-31")
            % {"field": name, "given": text[:20]}
        ) from error


def _moved(geometry: Mapping[str, Any] | None, datum: str) -> Mapping[str, Any] | None:
    try:
        source = Datum(datum)
    except ValueError as error:
        raise BadRowError(_("datum “%(given)s” is unknown") % {"given": datum[:20]}) from error
    if geometry is None or source is Datum.WGS84:
        return geometry
    return {**geometry, "coordinates": _shifted(geometry.get("coordinates"), source)}


def _shifted(part: Any, datum: Datum) -> Any:
    """Coordinates in WGS-84; what is no pair of degrees stays, the check of rings will say so."""
    if not isinstance(part, list | tuple):
        return part
    if len(part) >= 2 and all(isinstance(one, int | float) for one in part[:2]):
        try:
            return [*to_wgs84(float(part[0]), float(part[1]), datum)]
        except ValueError:
            return part
    return [_shifted(each, datum) for each in part]

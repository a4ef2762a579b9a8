"""Checking the ground of loaded cells: rings, axes, datum, and the cells of ours they serve."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.topology import Area, Finding, Kind, check
from gridpact.grid.topology.rings import read
from gridpact.grid.tree import Tree
from gridpact.networks.rows import NetRow

# Overlaps, gaps and what lies outside are facts about a network that its report shows, not
# faults of the file; these are.
_FAULTS = (Kind.EMPTY, Kind.INVALID_RING, Kind.SWAPPED_AXES, Kind.WRONG_DATUM)
_WHY = {
    "unclosed": gettext_lazy("a ring is not closed"),
    "too_few_points": gettext_lazy("a ring has fewer than three points"),
    "not_a_number": gettext_lazy("a coordinate is no number"),
    "not_an_area": gettext_lazy("it is no Polygon or MultiPolygon"),
    "crossing": gettext_lazy("its lines cross"),
    "hole_outside": gettext_lazy("a hole lies outside"),
    "holes_nested": gettext_lazy("holes lie in each other"),
    "shells_nested": gettext_lazy("parts lie in each other"),
    "rings_repeated": gettext_lazy("a ring is given twice"),
    "disconnected": gettext_lazy("its inside is not connected"),
    "not_degrees": gettext_lazy("it is not in degrees of longitude and latitude"),
}


def check_ground(
    rows: Iterable[NetRow], district: BaseGeometry | None
) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """GeoJSON boundaries by row number, and why others cannot be taken, by row number."""
    good: dict[int, dict[str, Any]] = {}
    reasons: dict[int, str] = {}
    drawn = [row for row in rows if row.geometry is not None]
    for network in sorted({row.texts["network"] for row in drawn}):
        # One network at a time: its cells are neighbours, those of two networks lie on each other.
        _check_network([row for row in drawn if row.texts["network"] == network], district,
                       good, reasons)  # fmt: skip
    return good, reasons


def _check_network(
    rows: list[NetRow], district: BaseGeometry | None, good: dict[int, dict[str, Any]],
    reasons: dict[int, str],
) -> None:  # fmt: skip
    areas = [Area(str(row.row), row.texts["name"], 0, None, row.geometry) for row in rows]
    for finding in check(areas, district=district, covered_ranks=()):
        if finding.kind in _FAULTS:
            reasons.setdefault(int(finding.codes[0]), _said(finding))
    shapes, _findings = read(areas)
    for row, area in zip(rows, shapes.tolist(), strict=True):
        if area is not None and row.row not in reasons:
            good[row.row] = json.loads(shapely.to_geojson(area))
        elif area is None:
            reasons.setdefault(row.row, _("the boundary is empty"))


def _said(finding: Finding) -> str:
    """The reason in the reader's language, with the place."""
    if finding.kind is Kind.EMPTY:
        return _("the boundary is empty")
    if finding.kind is Kind.SWAPPED_AXES:
        return _("longitude and latitude are swapped")
    if finding.kind is Kind.WRONG_DATUM:
        return _("the coordinates look like %(datum)s; please say so in `datum`") % {
            "datum": finding.params.get("datum", "gcj02")
        }
    why = str(finding.params.get("why", ""))
    where = "" if finding.point is None else f" ({finding.point[0]:g}, {finding.point[1]:g})"
    said = _WHY.get(why, gettext_lazy("it is not valid"))
    return _("the boundary is no valid area: %(why)s") % {"why": f"{said}{where}"}


def check_served(row: NetRow, snapshot: Tree, drawn: set[int]) -> str:
    """Why the cells that a row serves cannot be taken, or nothing."""
    for code in row.serves:
        ref = snapshot.by_code.get(code)
        if ref is None:
            return _("no cell has the code %(code)s") % {"code": code[:20]}
        if RANK[ref.level] > RANK[Level.GRID]:
            return _("%(code)s lies below the grids; name its grid") % {"code": code}
        if ref.id not in drawn:
            return _("%(code)s has no boundary, so what it covers is unknown") % {"code": code}
    return ""


def drawn_cells() -> set[int]:
    """Ids of our cells that have a boundary."""
    return set(Cell.objects.open().filter(boundary__isnull=False).values_list("pk", flat=True))


def district_ground() -> BaseGeometry | None:
    """The district's ground, where cells are expected."""
    rows = Cell.objects.open().filter(level=Level.DISTRICT, boundary__isnull=False)
    areas = [shape(each) for each in rows.values_list("boundary", flat=True) if each]
    return shapely.union_all(areas) if areas else None

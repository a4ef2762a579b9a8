"""The one map (一张图): the cells inside one cell on a day, coloured by one layer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import shapely
from django.urls import reverse
from shapely.geometry import mapping, shape

from gridpact.core import clock
from gridpact.grid.choices import RANK, Level
from gridpact.grid.days import Dated
from gridpact.grid.layers import MapLayer, MapValue, Text, map_layers
from gridpact.grid.models import Cell

_TOLERANCE_DEG = 2e-5  # two metres, unseen at the scale of a whole community
_NOTHING = MapValue(0, "–")


@dataclass(frozen=True, slots=True)
class MapLine:
    """A cell of the map's list; `href` goes down to what lies in it, or opens it."""

    cell: Cell
    value: MapValue
    href: str
    has_outline: bool


@dataclass(frozen=True, slots=True)
class LegendLine:
    """A tone of the layer, what it means and how many of the cells have it."""

    tone: str
    label: Text
    count: int


@dataclass(frozen=True, slots=True)
class OneMap:
    """What one view of the map asks for: the cell, the layer, and whether all levels are shown."""

    net: Dated
    cell: Cell
    layer: MapLayer
    deep: bool

    @property
    def may_be_deep(self) -> bool:
        """A community or less is small enough to be drawn down to its stairwells at once."""
        return RANK[self.cell.level] >= RANK[Level.COMMUNITY]

    def href(self, code: str | None = None, **changed: str) -> str:
        """The same map of another cell, layer or depth."""
        return f"{reverse('grid:map')}?{urlencode(self._query(code, **changed))}"

    @property
    def source(self) -> str:
        """Where the outlines come from."""
        query = {key: value for key, value in self._query(None).items() if key != "cell"}
        path = reverse("grid:map_outlines", kwargs={"code": self.cell.code})
        return f"{path}?{urlencode(query)}"

    def _query(self, code: str | None, **changed: str) -> dict[str, str]:
        day = self.net.day.isoformat() if self.net.day != clock.today() else ""
        deep = "1" if self.deep and self.may_be_deep else ""
        given = {"cell": code or self.cell.code, "layer": self.layer.key, "as_of": day}
        return {key: value for key, value in (given | {"all": deep} | changed).items() if value}

    def cells(self) -> list[Cell]:
        """The cells shown, those above before those below; at the bottom the cell itself."""
        if self.deep and self.may_be_deep:
            below = self.net.cells(self.net.tree.under(self.cell.pk)[1:])
            found = sorted(below, key=lambda each: (each.rank, each.code))
        else:
            found = self.net.children(self.cell)
        return found or [self.cell]

    def lines(self) -> list[MapLine]:
        """The cells with what the layer says of them and where each leads."""
        cells = self.cells()
        values = self.layer.values(self.net.actor, cells, self.net.tree)
        return [
            MapLine(each, values.get(each.pk, _NOTHING), self._down(each), bool(each.boundary))
            for each in cells
        ]

    def _down(self, cell: Cell) -> str:
        inside = cell.pk != self.cell.pk and self.net.tree.children.get(cell.pk)
        if inside:
            return self.href(cell.code)
        known = self.net.tree.by_id[cell.pk]
        query = self.net.query if self.net.day != clock.today() else ""
        return reverse("grid:cell", kwargs={"code": known.code}) + query

    def legend(self, lines: list[MapLine]) -> list[LegendLine]:
        """The tones of the layer with their counts; none where cells are coloured by number."""
        counts = Counter(line.value.tone for line in lines)
        return [LegendLine(tone, label, counts[tone]) for tone, label in self.layer.tones]

    def outlines(self) -> dict[str, Any]:
        """GeoJSON of the cells shown, WGS-84; rounded, and simplified when all levels are."""
        rough = self.deep and self.may_be_deep
        places = 5 if RANK[self.cell.level] < RANK[Level.GRID] and not rough else 6
        lines = self.lines()
        covered = {line.cell.parent_id for line in lines}
        features = [
            {
                "type": "Feature",
                "properties": self._properties(line, covered=line.cell.pk in covered),
                "geometry": _drawn(line.cell.boundary or {}, places, rough=rough),
            }
            for line in lines
            if line.has_outline
        ]
        return {"type": "FeatureCollection", "features": features}

    def _properties(self, line: MapLine, *, covered: bool) -> dict[str, Any]:
        """What the map knows of a cell; one with others on top of it has no name, no number."""
        level = Level(line.cell.level).label
        return {
            "code": line.cell.code,
            "name": line.cell.name,
            "text": str(level),
            "facts": [[str(self.layer.label), line.value.text]],
            "href": line.href,
            "tone": line.value.tone,
            **({"quiet": True} if covered else {"count": line.value.count}),
        }


def layer_of(net: Dated, key: str) -> MapLayer:
    """The layer asked for; anything unknown, or unknown on that day, is the first."""
    layers = map_layers(net.tree)
    return next((each for each in layers if each.key == key), layers[0])


def _drawn(boundary: dict[str, Any], places: int, *, rough: bool) -> dict[str, Any]:
    area = shape(boundary)
    if rough:
        area = area.simplify(_TOLERANCE_DEG, preserve_topology=True)
    points = shapely.get_coordinates(area).round(places)
    drawn: dict[str, Any] = mapping(shapely.set_coordinates(area, points))
    return drawn

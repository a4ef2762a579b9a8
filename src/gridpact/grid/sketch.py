"""A cell's outline and what lies inside it as an SVG drawing, for paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

M_PER_DEGREE = 111_320.0
MARGIN = 0.06  # of the drawing's side, kept free on every edge
FILLS = ("#fdf1d8", "#e6eff9", "#e5f3e9", "#f0eaf9", "#fdeee2", "#dff3f1", "#faf1d8")
FONT = "Noto Sans SC"


@dataclass(frozen=True, slots=True)
class Area:
    """An area to draw, GeoJSON in WGS-84, with the words to stand in it."""

    boundary: dict[str, Any]
    label: str = ""


class _Frame:
    """From degrees to drawing units: equal scale both ways, the main area centred."""

    def __init__(self, main: BaseGeometry, width: float, height: float) -> None:
        west, south, east, north = main.bounds
        self.lon, self.lat = (west + east) / 2, (south + north) / 2
        self.east_m = M_PER_DEGREE * math.cos(math.radians(self.lat))
        across, up = (east - west) * self.east_m, (north - south) * M_PER_DEGREE
        free = 1 - 2 * MARGIN
        self.scale = free * min(width / max(across, 1.0), height / max(up, 1.0))
        self.width, self.height = width, height

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Drawing units, y downwards."""
        x = self.width / 2 + (lon - self.lon) * self.east_m * self.scale
        y = self.height / 2 - (lat - self.lat) * M_PER_DEGREE * self.scale
        return round(x, 1), round(y, 1)

    def path(self, geometry: BaseGeometry) -> str:
        """The `d` of an SVG path of all rings."""
        rings = []
        for part in getattr(geometry, "geoms", [geometry]):
            for ring in (part.exterior, *part.interiors):
                points = " ".join(f"{x},{y}" for x, y in (self.at(*at[:2]) for at in ring.coords))
                rings.append(f"M{points}Z")
        return "".join(rings)


def sketch(
    main: dict[str, Any], inside: Sequence[Area], around: Sequence[dict[str, Any]],
    *, width: int = 1000, height: int = 700,
) -> str:  # fmt: skip
    """SVG of the area `main` with its parts and their names, the neighbours faint behind them."""
    outline = shape(main)
    frame = _Frame(outline, width, height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="#f8f9fb"/>',
        *(_drawn(frame, each, "#eef0f4", "#cfd5dd", 2) for each in around),
    ]
    for number, area in enumerate(inside):
        lines.append(_drawn(frame, area.boundary, FILLS[number % len(FILLS)], "#8a93a0", 1.6))
    lines.append(_drawn(frame, main, "none" if inside else FILLS[0], "#c8102e", 5))
    lines += [_label(frame, area) for area in inside if area.label]
    lines += [_north(width), _scale_bar(frame)]
    return "".join([*lines, "</svg>"])


def _drawn(frame: _Frame, boundary: dict[str, Any], fill: str, line: str, width: float) -> str:
    return (
        f'<path d="{frame.path(shape(boundary))}" fill="{fill}" stroke="{line}" '
        f'stroke-width="{width}" stroke-linejoin="round"/>'
    )


def _label(frame: _Frame, area: Area) -> str:
    geometry = shape(area.boundary)
    point = geometry.representative_point()
    x, y = frame.at(point.x, point.y)
    west, _south, east, _north = geometry.bounds
    room = (east - west) * frame.east_m * frame.scale
    size = max(12.0, min(26.0, 0.8 * room / max(len(area.label), 1)))
    return (
        f'<text x="{x}" y="{y + size / 3:.1f}" font-family="{FONT}" font-size="{size:.0f}" '
        f'text-anchor="middle" fill="#1c2430" stroke="#ffffff" stroke-width="{size / 6:.1f}" '
        f'paint-order="stroke" stroke-linejoin="round">{escape(area.label)}</text>'
    )


def _north(width: int) -> str:
    x = width - 44
    return (
        f'<path d="M{x},22 l13,38 l-13,-9 l-13,9 z" fill="#1c2430"/>'
        f'<text x="{x}" y="82" font-family="{FONT}" font-size="20" text-anchor="middle">N</text>'
    )


def _scale_bar(frame: _Frame) -> str:
    """A bar of a round length, about a fifth of the drawing."""
    aim = 0.2 * frame.width / frame.scale
    power = 10 ** math.floor(math.log10(max(aim, 1.0)))
    metres = max(step * power for step in (1, 2, 5) if step * power <= max(aim, 1.0))
    length, y = metres * frame.scale, frame.height - 26
    said = f"{metres:g} m" if metres < 1000 else f"{metres / 1000:g} km"
    return (
        f'<path d="M28,{y - 8} v8 h{length:.1f} v-8" fill="none" stroke="#1c2430" '
        f'stroke-width="2.5"/>'
        f'<text x="{28 + length / 2:.1f}" y="{y - 10}" font-family="{FONT}" font-size="18" '
        f'text-anchor="middle">{said}</text>'
    )

"""Redraws of the small district, as tests ask for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gridpact.core import clock
from gridpact.grid.models import Cell, Redraw
from gridpact.grid.services.redraw import Preview, plan_redraw, preview_redraw
from tests.factories.world import ZHIHE, World

WITH_SECOND: dict[str, Any] = {"with": [ZHIHE + "002"]}
SECOND = ZHIHE + "002"
THIRD, FOURTH = ZHIHE + "003", ZHIHE + "004"
LINE = {"type": "LineString", "coordinates": [[110.09, 25.15], [110.16, 25.15]]}
THROUGH_MICRO = {"type": "LineString", "coordinates": [[110.09, 25.11], [110.16, 25.11]]}


def cell(code: str) -> Cell:
    return Cell.objects.get(code=code)


def ground(code: str) -> BaseGeometry:
    return shape(cell(code).boundary or {})


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def later(days: int = 10) -> date:
    return clock.today() + timedelta(days=days)


def look(world: World, kind: str, code: str, *, who: str = "township", day: date | None = None,
         **request: Any) -> Preview:  # fmt: skip
    return preview_redraw(
        kind, cell(code), effective_on=day or clock.today(), request=request,
        actor=world.actor(who),
    )  # fmt: skip


def make(world: World, kind: str, code: str, *, who: str = "township", day: date | None = None,
         **request: Any) -> Redraw:  # fmt: skip
    return plan_redraw(
        kind, cell(code), effective_on=day or clock.today(), reason="调整网格", request=request,
        actor=world.actor(who),
    )  # fmt: skip

"""Locating for programs: one point, one address, or up to 10,000 points. Open to everybody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel, Field

from gridpact.accounts.auth import PUBLIC_OR_SIGNED_IN
from gridpact.core.access import Refused
from gridpact.core.edge import answer, body_docs, read_body
from gridpact.core.words import Words
from gridpact.grid.addresses import Part
from gridpact.grid.addressing import ADDRESS, Ambiguous, Found, locate_address
from gridpact.grid.api import path_of, ref
from gridpact.grid.schemas import CellRefOut
from gridpact.grid.selectors import locate, locate_many
from gridpact.grid.tree import Tree, tree_at

router = Router(tags=["grid"], auth=PUBLIC_OR_SIGNED_IN)
MAX_POINTS = 10_000
FOUND = "found"


class LocateQuery(Schema):
    """A point in degrees of `datum` (wgs84, gcj02 or bd09), or an address as people write it."""

    lon: float | None = None
    lat: float | None = None
    datum: Words = "wgs84"
    address: Words = ""
    as_of: date | None = None


class AddressPart(Schema):
    """A piece of an address; `kind` says which: community, grid, compound, building, unit."""

    kind: str
    text: str


class LocateOut(Schema):
    """The deepest cell and how it was found: `polygon`, `nearest` (within 50 m), or `address`.

    outcome: `found`; for an address also `ambiguous`, `contradictory` (it names a division that
    is not ours) or `unsure`: then `cell` is null and `candidates` lists what may be meant.
    """

    outcome: str
    cell: CellRefOut | None
    path: list[CellRefOut]
    reason: str
    distance_m: float
    candidates: list[CellRefOut]
    matched: list[AddressPart]
    unmatched: list[AddressPart]


class PointsIn(BaseModel):
    """Up to 10,000 points `[longitude, latitude]` in degrees of `datum`."""

    points: Annotated[list[tuple[float, float]], Field(max_length=MAX_POINTS)]
    datum: Words = "wgs84"
    as_of: date | None = None


class PointsOut(Schema):
    """A cell for each point in turn, null outside the district; `found` counts the cells."""

    items: list[CellRefOut | None]
    found: int


@router.get("/locate", response=LocateOut)
def locate_one(request: HttpRequest, query: Query[LocateQuery]) -> HttpResponse:
    """The deepest cell at a point or of an address.

    404 `outside_district` or `address_unknown`, 422 for what is no place on earth.
    """
    snapshot = tree_at(query.as_of)
    if query.lon is not None and query.lat is not None:
        return answer(_at_point(query.lon, query.lat, query.datum, snapshot))
    if query.address:
        return answer(_by_address(query.address, snapshot))
    raise Refused("locate_what", 422, field="lon")


def _at_point(lon: float, lat: float, datum: str, snapshot: Tree) -> dict[str, Any]:
    try:
        place = locate(lon, lat, datum, snapshot)
    except ValueError as error:
        raise Refused("no_place", 422, field="lon") from error
    if place is None:
        raise Refused("outside_district", 404)
    return _body(FOUND, place.reason) | {
        "cell": ref(place.cell),
        "path": path_of(place.cell, snapshot),
        "distance_m": round(place.distance_m, 1),
    }


def _by_address(text: str, snapshot: Tree) -> dict[str, Any]:
    found = locate_address(text, snapshot=snapshot)
    if isinstance(found, Ambiguous) and not found.candidates:
        raise Refused("address_unknown", 404)
    body = _body(found.match.outcome.value, ADDRESS)
    body |= {"matched": _parts(found.match.matched), "unmatched": _parts(found.match.unmatched)}
    if isinstance(found, Found):
        return body | {"cell": ref(found.cell), "path": path_of(found.cell, snapshot)}
    above = path_of(found.common, snapshot) if found.common is not None else []
    return body | {"path": above, "candidates": [ref(each) for each in found.candidates]}


def _body(outcome: str, reason: str) -> dict[str, Any]:
    return {
        "outcome": outcome, "cell": None, "path": [], "reason": reason, "distance_m": 0.0,
        "candidates": [], "matched": [], "unmatched": [],
    }  # fmt: skip


def _parts(parts: tuple[Part, ...]) -> list[dict[str, str]]:
    return [{"kind": part.kind, "text": part.text} for part in parts]


@router.post("/locate", response=PointsOut, openapi_extra=body_docs(PointsIn))
def locate_points(request: HttpRequest) -> HttpResponse:
    """The deepest cells at many points; 422 for more than 10,000 or an unknown datum."""
    given = read_body(request, PointsIn)
    snapshot = tree_at(given.as_of)
    points = np.array(given.points, dtype=np.float64).reshape(-1, 2)
    try:
        ids = locate_many(points[:, 0], points[:, 1], given.datum, snapshot)
    except ValueError as error:
        raise Refused("no_place", 422, field="datum") from error
    items = [ref(snapshot.by_id[key]) if key >= 0 else None for key in ids.tolist()]
    return answer({"items": items, "found": sum(item is not None for item in items)})

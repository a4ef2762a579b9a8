"""Shapes of the network calls. Shares are parts from 0 to 1, points (lon, lat) in WGS-84."""

from __future__ import annotations

from datetime import date

from ninja import Schema

from gridpact.core.words import Words


class NetworkOut(Schema):
    """A network in use; `org` is the code of its department, `cells` those in force today."""

    code: str
    name: str
    org: str
    org_name: str
    note: str
    cells: int
    share_in: float
    share_touch: float


class NetworkList(Schema):
    """All networks, by code."""

    items: list[NetworkOut]
    count: int


class ReportQuery(Schema):
    """The day (default today) and the cell (code) below which to report."""

    as_of: date | None = None
    cell: Words = ""


class PartOut(Schema):
    """A cell of the network on a grid: shares of our ground and of theirs."""

    code: str
    name: str
    of_ours: float
    of_theirs: float


class NetworkLineOut(Schema):
    """A grid: `served` is FULL, PART or NONE, `missing` the part not served."""

    cell: str
    name: str
    served: str
    missing: float
    parts: list[PartOut]


class FindingOut(Schema):
    """GAP, OVERLAP, DOUBLE, OUTSIDE, NO_OFFICER or LOST; codes of our cells and of theirs."""

    kind: str
    label: str
    cells: list[str]
    theirs: list[str]
    share: float | None
    area_m2: float | None
    point: tuple[float, float] | None


class ReportOut(Schema):
    """How a network lies on the grids of the caller's ground."""

    network: str
    name: str
    as_of: date
    counts: dict[str, int]
    grids: list[NetworkLineOut]
    findings: list[FindingOut]

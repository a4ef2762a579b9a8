"""Reads over the territory: holders, the working calendar, locating a place with its reason."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from gridpact.core import clock
from gridpact.core.access import Grant
from gridpact.grid.datum import Datum, to_wgs84
from gridpact.grid.models import Appointment, WorkDay
from gridpact.grid.tree import CellRef, Tree, tree


def grants_of(user_id: int) -> tuple[Grant, ...]:
    """The posts a user holds today, highest level first, as grants (one query)."""
    rows = (
        Appointment.objects.in_term()
        .filter(Q(cell__closed_on__isnull=True) | Q(cell__closed_on__gt=clock.today()))
        .filter(user_id=user_id)
        .order_by("kind__sort", "cell__code", "pk")
        .values_list(
            "pk", "kind__code", "kind__name", "cell_id", "cell__code", "cell__name",
            "cell__level", "kind__is_head", "kind__rights",
        )  # read with every request: values, not instances
    )  # fmt: skip
    return tuple(Grant(*row[:8], frozenset(row[8])) for row in rows)


def holders(cell_ids: Iterable[int], right: str) -> list[int]:
    """User ids of those whose post on exactly these cells gives `right`, in post order."""
    rows = Appointment.objects.in_term().filter(cell_id__in=list(cell_ids)).select_related("kind")
    return [row.user_id for row in rows if right in row.kind.rights]


_CALENDAR_SECONDS = 60.0
_calendar: tuple[float, dict[date, bool]] = (float("-inf"), {})


def calendar() -> dict[date, bool]:
    """The working calendar as `{day: is working}`, read again after a minute."""
    global _calendar
    read_at, days = _calendar
    if time.monotonic() - read_at > _CALENDAR_SECONDS:
        days = dict(WorkDay.objects.values_list("day", "is_working"))
        _calendar = (time.monotonic(), days)
    return days


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: the cell, the WGS-84 point (if any), and how the cell was found.

    `note` tells colleagues what was doubtful about it.
    """

    cell: CellRef
    reason: str
    lon: float | None = None
    lat: float | None = None
    distance_m: float = 0.0
    note: str = ""


def locate(
    lon: float, lat: float, datum: str = "wgs84", snapshot: Tree | None = None
) -> Place | None:
    """The deepest cell at a point given in `datum`, or None outside the district.

    Raises ValueError for a coordinate that is no place on earth or an unknown datum.
    """
    snapshot = snapshot or tree()
    wgs_lon, wgs_lat = to_wgs84(lon, lat, Datum(datum.lower()))
    found = snapshot.index.find(wgs_lon, wgs_lat)
    if found is None:
        return None
    return Place(snapshot.by_id[found.id], found.reason, wgs_lon, wgs_lat, found.distance_m)


def locate_many(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    datum: str = "wgs84",
    snapshot: Tree | None = None,
) -> NDArray[np.int64]:
    """The ids of the deepest cells at many points, shape (n,); -1 outside the district.

    A coordinate that is no place on earth is outside. Raises ValueError for an unknown datum.
    """
    known = Datum(datum.lower())
    found = np.full(lon.shape, -1, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        on_earth = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    points = to_wgs84(lon[on_earth], lat[on_earth], known)
    found[on_earth] = (snapshot or tree()).index.find_many(*points)
    return found

"""Where a resident's photos were taken, as their cameras wrote it: a proposal, never a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gridpact.grid.selectors import locate
from gridpact.grid.tree import Tree
from gridpact.orders.models import Photo


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in WGS-84 degrees, and the cell names that lead to it; no names outside the net."""

    lon: float
    lat: float
    names: str

    @property
    def is_inside(self) -> bool:
        """It lies in the district."""
        return bool(self.names)


def spot_of(photos: Sequence[UUID], snapshot: Tree) -> Spot | None:
    """The first place inside the district among loose uploads, else one outside, else None."""
    outside: Spot | None = None
    rows = Photo.objects.filter(pk__in=photos, order__isnull=True, lon__isnull=False)
    for photo in rows:
        if photo.lon is None or photo.lat is None:
            continue
        place = locate(photo.lon, photo.lat, "wgs84", snapshot)
        if place is not None:
            return Spot(photo.lon, photo.lat, snapshot.names(place.cell.id) or place.cell.name)
        outside = outside or Spot(photo.lon, photo.lat, "")
    return outside

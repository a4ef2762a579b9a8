"""What a check of boundaries takes and what it says; the words are left to whoever shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from shapely.geometry.base import BaseGeometry

Pair: TypeAlias = tuple[float, float]
Params: TypeAlias = Mapping[str, str | int | float]


class Kind(StrEnum):
    """Kinds of findings, in the order in which they are listed."""

    DUPLICATE_CODE = "duplicate_code"
    UNKNOWN_PARENT = "unknown_parent"
    CYCLE = "cycle"
    EMPTY = "empty"
    INVALID_RING = "invalid_ring"
    SWAPPED_AXES = "swapped_axes"
    WRONG_DATUM = "wrong_datum"
    OUTSIDE_PARENT = "outside_parent"
    OVERLAP = "overlap"
    GAP = "gap"
    SLIVER = "sliver"


_ORDER = {kind: place for place, kind in enumerate(Kind)}


class Area(NamedTuple):
    """A cell to check; a greater rank is deeper, `parent_code` None is a root.

    `geometry` is a shape or a GeoJSON geometry as the file has it (only there an unclosed ring
    can be seen), longitude and latitude in degrees; None: the file gives no boundary, none is
    missed.
    """

    code: str
    name: str
    level_rank: int
    parent_code: str | None
    geometry: BaseGeometry | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `params` fill the sentence, `point` is WGS-84 (lon, lat) degrees.

    codes: the cells concerned, see `check` for their order. area_m2: 0 where ground is not
    concerned. point: None where there is no place, as for a cycle.
    """

    kind: Kind
    codes: tuple[str, ...]
    params: Params = field(default_factory=dict)
    point: Pair | None = None
    area_m2: float = 0.0


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Sort by kind, codes, place: one order whatever order the cells came in."""
    return sorted(
        findings,
        key=lambda found: (
            _ORDER[found.kind],
            found.codes,
            found.point or (0.0, 0.0),
            sorted((key, str(value)) for key, value in found.params.items()),
        ),
    )

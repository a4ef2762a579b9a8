"""The ground as a file would leave it, checked before it is saved: findings with their rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from gridpact.core.loads import LoadReport
from gridpact.grid.choices import RANK
from gridpact.grid.ground import check_ground, say
from gridpact.grid.models import Cell
from gridpact.grid.services.features import CellRow
from gridpact.grid.topology import Area, Finding, Kind

_HINT = _(" Say which datum the file has; wgs84, if it is right as it is.")


@dataclass(frozen=True, slots=True)
class GroundFinding:
    """One finding about rows of the file; the point is WGS-84, None where there is no place."""

    row: int
    kind: str
    text: str
    codes: tuple[str, ...]
    lon: float | None
    lat: float | None
    area_m2: float


@dataclass
class CellReport(LoadReport):
    """A load of cells; `findings` are about the ground as it would be, worst kinds first."""

    findings: list[GroundFinding] = field(default_factory=list)


def check_rows(
    rows: Mapping[str, CellRow],
    known: Mapping[str, Cell],
    report: CellReport,
    *,
    strict: bool,
    datum_said: bool,
) -> None:
    """Check the whole ground with `rows` (new or changed) in it; note what concerns them.

    A finding rejects its row when `strict`. Exchanged axes always do; what looks like another
    datum does unless the file's datum was said, for a place alone proves nothing.
    """
    refused = {Kind.SWAPPED_AXES} if datum_said else {Kind.SWAPPED_AXES, Kind.WRONG_DATUM}
    if not any(row.boundary for row in rows.values()):
        return
    names = {code: cell.name for code, cell in known.items()}
    names |= {code: row.name for code, row in rows.items()}
    for found in check_ground(_areas(rows, known)):
        own = [rows[code] for code in found.codes if code in rows]
        if own:
            report.findings.append(_finding(found, own[0].row, names))
            if strict or found.kind in refused:
                hint = _HINT if found.kind is Kind.WRONG_DATUM and not datum_said else ""
                report.reject(own[0].row, f"{report.findings[-1].text}{hint}")


def _areas(rows: Mapping[str, CellRow], known: Mapping[str, Cell]) -> list[Area]:
    """The tree as it would be: the open cells, with what the file says of them, and the new."""
    codes = {cell.pk: code for code, cell in known.items()}
    areas = [_known_area(cell, rows.get(code), codes) for code, cell in known.items()
             if cell.closed_on is None]  # fmt: skip
    new: Collection[CellRow] = [row for code, row in rows.items() if code not in known]
    return areas + [
        Area(row.code, row.name, RANK[row.level], row.parent, row.boundary) for row in new
    ]


def _known_area(cell: Cell, row: CellRow | None, codes: Mapping[int, str]) -> Area:
    parent = codes.get(cell.parent_id) if cell.parent_id is not None else None
    boundary = row.boundary if row is not None and row.boundary is not None else cell.boundary
    return Area(cell.code, row.name if row else cell.name, RANK[cell.level], parent, boundary)


def _finding(found: Finding, row: int, names: Mapping[str, str]) -> GroundFinding:
    lon, lat = found.point or (None, None)
    text = say(found, names)
    return GroundFinding(row, found.kind.value, text, found.codes, lon, lat, found.area_m2)

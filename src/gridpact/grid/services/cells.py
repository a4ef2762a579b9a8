"""Loading the tree from files: checked as a whole, parents in any order, all good rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.loads import LoadReport, Row
from gridpact.grid.choices import RANK, Level
from gridpact.grid.datum import Datum
from gridpact.grid.models import Cell, CellVersion, TreeVersion
from gridpact.grid.services.checking import CellReport, check_rows
from gridpact.grid.services.features import (
    LEVEL_OF_LENGTH,
    BadRowError,
    CellRow,
    division_features,
    read_feature,
)
from gridpact.grid.services.versions import bump_tree, open_versions, renew_versions

Numbered = tuple[int, object]
_FIELDS = ("name", "kind", "doors", "boundary", "point_lon", "point_lat")


def load_cells(
    features: Iterable[object],
    *,
    actor: Actor,
    dry_run: bool = False,
    datum: str | None = None,
    strict: bool = False,
) -> CellReport:
    """Insert or update cells by code from GeoJSON features (rows are counted from 1).

    Properties: `code`, `name`, `level`, `parent`, `kind`, `doors`, `since`; level and parent may
    be left to the code. Coordinates are degrees of `datum` (not said: WGS-84, and what looks like
    another is refused). A new cell opens on its day `since`;
    a change counts from it if that is later than what was known, else from today. One rejected
    row and nothing is saved; so are, when `strict`, rows that overlap, leave gaps or reach
    outside. Moving a cell to another parent or level is a redraw and rejected here.
    """
    try:
        known_datum = Datum(datum.lower()) if datum else None
    except ValueError as error:
        raise Refused("no_place", 422, field="datum") from error
    numbered: list[Numbered] = list(enumerate(features, start=1))
    return _load(numbered, "grid.load_cells", _How(dry_run, strict, known_datum), actor=actor)


def load_divisions(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Insert or update cells from a division list (code, name); the code gives the level."""
    numbered = division_features(table)
    return _load(list(numbered), "grid.load_divisions", _How(dry_run), actor=actor)


@dataclass(frozen=True, slots=True)
class _How:
    """How a file is loaded."""

    dry_run: bool
    strict: bool = False
    datum: Datum | None = None


@transaction.atomic
def _load(numbered: list[Numbered], verb: str, how: _How, *, actor: Actor) -> CellReport:
    require(actor, "grid.load")
    TreeVersion.objects.select_for_update().first()  # one load at a time
    report = CellReport()
    known = {cell.code: cell for cell in Cell.objects.all()}
    rows = _resolve(_read(numbered, how.datum or Datum.WGS84, report), known, report)
    new = [row for row in rows.values() if row.code not in known]
    changed = [row for row in rows.values() if row.code in known and _differs(row, known[row.code])]
    if not report.rejected:
        written = {row.code: row for row in (*new, *changed)}
        said = how.datum is not None
        check_rows(written, known, report, strict=how.strict, datum_said=said)
    report.rejected.sort()
    report.accepted = len(new) + len(changed)
    report.unchanged = len(rows) - report.accepted
    if report.rejected or how.dry_run:
        return report
    report.saved = True
    if report.accepted:
        _insert(new, known)
        _update(changed, known)
        bump_tree()
        label = _("%(new)s new, %(changed)s changed") % {"new": len(new), "changed": len(changed)}
        audit.record(actor, verb, label=label, after=audit.fingerprint(*sorted(rows)))
    return report


def _read(numbered: list[Numbered], datum: Datum, report: LoadReport) -> dict[str, CellRow]:
    """The readable rows by code; the first of two rows with one code stands."""
    rows: dict[str, CellRow] = {}
    for number, feature in numbered:
        try:
            row = read_feature(number, feature, datum)
        except BadRowError as error:
            report.reject(number, str(error))
            continue
        if row.code in rows:
            first = rows[row.code].row
            report.reject(
                number,
                _("code %(code)s stands in row %(row)s already") % {"code": row.code, "row": first},
            )
        else:
            rows[row.code] = row
    return rows


def _resolve(
    rows: dict[str, CellRow], known: dict[str, Cell], report: LoadReport
) -> dict[str, CellRow]:
    """Find every row's parent; leave out, with a reason, the rows whose parent does not do."""
    levels = {code: cell.level for code, cell in known.items()} | {
        code: row.level for code, row in rows.items()
    }
    for row in rows.values():
        if row.parent is None:
            row.parent = _parent_by_code(row, levels)
    reasons = {code: _why_not(row, rows, known, levels) for code, row in rows.items()}
    _spread(rows, reasons, known)
    for code, reason in reasons.items():
        if reason:
            report.reject(rows[code].row, reason)
    return {code: row for code, row in rows.items() if not reasons[code]}


def _parent_by_code(row: CellRow, levels: dict[str, str]) -> str | None:
    """The nearest cell whose code begins this one's and whose level is higher."""
    for length in sorted(LEVEL_OF_LENGTH, reverse=True):
        prefix = row.code[:length]
        if length < len(row.code) and prefix in levels and RANK[levels[prefix]] < RANK[row.level]:
            return prefix
    return None


def _why_not(
    row: CellRow, rows: dict[str, CellRow], known: dict[str, Cell], levels: dict[str, str]
) -> str:
    """Why this row cannot stand where it says, or an empty text."""
    code = {"code": row.parent}
    old = known.get(row.code)
    above = known.get(row.parent or "")
    findings = (
        (
            old is not None and old.closed_on is not None,
            _("the code belonged to a closed cell and is never used again"),
        ),
        (
            row.parent is None and RANK[row.level] > RANK[Level.DISTRICT],
            _("a parent is required for this level"),
        ),
        (
            row.parent is not None and row.parent not in levels,
            _("there is no parent %(code)s") % code,
        ),
        (_in_circle(row, rows), _("its parents form a circle")),
        (
            row.parent in levels and RANK[levels[row.parent]] >= RANK[row.level],
            _("parent %(code)s is not of a higher level") % code,
        ),
        (
            above is not None and above.closed_on is not None,
            _("parent %(code)s is closed") % code,
        ),
        (old is None and _too_early(row, rows, above), _("it would be older than its parent")),
        (
            old is not None and _moves(row, old, above),
            _("the cell has another parent or level; moving it is a redraw"),
        ),
    )
    return next((reason for found, reason in findings if found), "")


def _moves(row: CellRow, old: Cell, above: Cell | None) -> bool:
    return row.level != old.level or (None if above is None else above.pk) != old.parent_id


def _too_early(row: CellRow, rows: dict[str, CellRow], above: Cell | None) -> bool:
    """A new cell does not open before the cell it lies in."""
    day = row.since or clock.today()
    if above is not None:
        return day < above.opened_on
    parent = rows.get(row.parent or "")
    return parent is not None and day < (parent.since or clock.today())


def _in_circle(row: CellRow, rows: dict[str, CellRow]) -> bool:
    seen: set[str] = set()
    code: str | None = row.parent
    while code is not None and code in rows and code not in seen:
        if code == row.code:
            return True
        seen.add(code)
        code = rows[code].parent
    return False


def _spread(rows: dict[str, CellRow], reasons: dict[str, str], known: dict[str, Cell]) -> None:
    """A row below a rejected new parent is rejected too; higher levels are judged first."""
    for code, row in sorted(rows.items(), key=lambda item: RANK[item[1].level]):
        above = rows.get(row.parent or "")
        if above is None or above.code in known or reasons[code] or not reasons[above.code]:
            continue
        reasons[code] = _("its parent in row %(row)s is rejected") % {"row": above.row}


def _differs(row: CellRow, old: Cell) -> bool:
    same_area = row.boundary is None or row.boundary == old.boundary
    return (
        (row.name, row.kind) != (old.name, old.kind)
        or _doors(row, old) != old.doors
        or not same_area
    )


def _doors(row: CellRow, old: Cell) -> int:
    """A file that names no doors leaves the declared ones."""
    return row.doors or old.doors


def _insert(new: list[CellRow], known: dict[str, Cell]) -> None:
    """Insert cells with keys drawn beforehand, so that paths are known at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('grid_cell', 'id')) FROM generate_series(1, %s)",
            [len(new)],
        )
        keys = [key for (key,) in cursor.fetchall()]
    cells: list[Cell] = []
    for key, row in zip(
        keys, sorted(new, key=lambda row: (RANK[row.level], row.code)), strict=True
    ):
        parent = known.get(row.parent or "")
        cell = Cell(
            pk=key, code=row.code, name=row.name, level=row.level, kind=row.kind, parent=parent,
            path=f"{parent.path if parent else '/'}{key}/", doors=row.doors,
            opened_on=row.since or clock.today(), **_ground(row),
        )  # fmt: skip
        known[row.code] = cell
        cells.append(cell)
    Cell.objects.bulk_create(cells, batch_size=500)
    open_versions(cells)


def _update(changed: list[CellRow], known: dict[str, Cell]) -> None:
    cells = []
    for row in changed:
        cell = known[row.code]
        cell.name, cell.kind, cell.doors = row.name, row.kind, _doors(row, cell)
        if row.boundary is not None:
            for name, value in _ground(row).items():
                setattr(cell, name, value)
        cells.append(cell)
    Cell.objects.bulk_update(cells, _FIELDS, batch_size=200)
    by_day: dict[date, list[Cell]] = {}
    for cell, day in zip(cells, _days(changed, known), strict=True):
        by_day.setdefault(day, []).append(cell)
    for day, group in sorted(by_day.items()):
        renew_versions(group, day)


def _days(changed: list[CellRow], known: dict[str, Cell]) -> Iterator[date]:
    """From when each change counts: what was known before that day stays as it was."""
    today = clock.today()
    ids = [known[row.code].pk for row in changed]
    running = CellVersion.objects.at(today).filter(cell_id__in=ids)
    began = dict(running.values_list("cell_id", "valid_from"))
    for row in changed:
        start = began.get(known[row.code].pk)
        yield row.since if row.since and start and row.since > start else today


def _ground(row: CellRow) -> dict[str, Any]:
    lon, lat = row.point or (None, None)
    return {"boundary": row.boundary, "point_lon": lon, "point_lat": lat}

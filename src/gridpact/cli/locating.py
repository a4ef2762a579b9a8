"""`locate`: the cell of a point or an address, or of every row of a CSV file."""

from __future__ import annotations

import csv
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gridpact.cli.output import CommandError, show
from gridpact.core.access import Refused
from gridpact.grid.addressing import ADDRESS, Ambiguous, doubt, explain, locate_address
from gridpact.grid.selectors import locate as locate_point
from gridpact.grid.selectors import locate_many
from gridpact.grid.tree import CellRef, Tree, tree_at

_CHUNK = 1 << 16
_LON = ("lon", "lng", "longitude", "x", "经度")
_LAT = ("lat", "latitude", "y", "纬度")
_ADDRESS = ("address", "地址", "详细地址", "住址")
_ADDED = ("cell", "cell_name", "cell_path", "placed_by")
_LIMIT = 1_000_000  # characters of a field, so that one broken quote does not eat the memory

Row = list[str]
Answer = tuple[str, str, str, str]
Placer = Callable[[Sequence[Row]], list[Answer]]


def locate(args: Namespace) -> None:
    """One point, one address, or a file."""
    snapshot = tree_at(args.as_of)
    if args.file is not None:
        _file(args, snapshot)
    elif args.address:
        _one_address(args, snapshot)
    elif args.lon is not None and args.lat is not None:
        _one_point(args, snapshot)
    else:
        raise CommandError(_("give LON LAT, --address or --file"))


def _one_point(args: Namespace, snapshot: Tree) -> None:
    try:
        place = locate_point(args.lon, args.lat, args.datum, snapshot)
    except ValueError as error:
        raise CommandError(str(error)) from error
    if place is None:
        raise Refused("outside_district", 422)
    facts = _facts(place.cell, snapshot)
    facts |= {"reason": place.reason, "distance_m": round(place.distance_m, 1)}
    lines = [_line(facts), f"{place.reason}  {facts['distance_m']} m"]
    show(args, facts, lines)


def _one_address(args: Namespace, snapshot: Tree) -> None:
    found = locate_address(args.address, snapshot=snapshot)
    why = explain(found.match)
    if isinstance(found, Ambiguous):
        raise CommandError(doubt(found, snapshot) or _("the address names no place of this tree"))
    facts = _facts(found.cell, snapshot) | {"reason": ADDRESS, "parts": dict(why)}
    show(args, facts, [_line(facts), *(f"{label}: {text}" for label, text in why)])


def _facts(cell: CellRef, snapshot: Tree) -> dict[str, Any]:
    path = snapshot.names(cell.id)
    return {"cell": cell.code, "name": cell.name, "level": cell.level, "path": path}


def _line(facts: dict[str, Any]) -> str:
    return f"{facts['cell']}  {facts['path']}"


def _file(args: Namespace, snapshot: Tree) -> None:
    """Every row of a CSV file with the cell it lies in, in the same order."""
    if args.out is None:
        raise CommandError(_("--file needs --out, the file to write"))
    if not args.file.is_file():
        raise Refused("file_missing", 422, name=str(args.file))
    if args.out.exists() and args.out.samefile(args.file):
        raise CommandError(_("--out must be another file"))
    rows, found, spent = 0, 0, 0.0
    csv.field_size_limit(_LIMIT)
    with (
        args.file.open(encoding="utf-8-sig", newline="") as source,
        args.out.open("w", encoding="utf-8-sig", newline="") as target,
    ):
        lines = _lines(source, args.file)
        header = next(lines, [])
        place = _placer(header, args.file, args.datum, snapshot)
        writer = csv.writer(target)
        writer.writerow([*header, *_ADDED])
        while piece := list(islice(lines, _CHUNK)):
            begun = time.perf_counter()
            answers = place(piece)
            spent += time.perf_counter() - begun
            writer.writerows(
                [*_padded(row, len(header)), *answer]
                for row, answer in zip(piece, answers, strict=True)
            )
            rows += len(piece)
            found += sum(bool(answer[0]) for answer in answers)
    facts = {"rows": rows, "found": found, "file": str(args.out), "seconds": round(spent, 2)}
    text = _("%(found)s of %(rows)s rows located in %(seconds)s s, written to %(file)s")
    show(args, facts, [text % facts])


def _lines(source: Iterable[str], path: Path) -> Iterator[Row]:
    """The rows of a CSV; what is no CSV in UTF-8 is refused with the line."""
    reader = csv.reader(source)
    try:
        yield from (row for row in reader if row)
    except (csv.Error, UnicodeDecodeError) as error:
        raise CommandError(
            _("%(name)s cannot be read after line %(line)s: %(why)s")
            % {"name": path.name, "line": reader.line_num, "why": error}
        ) from error


def _padded(row: Row, width: int) -> Row:
    return [*row, *[""] * (width - len(row))][:width]


def _placer(header: Row, path: Path, datum: str, snapshot: Tree) -> Placer:
    """How the rows are located: by the columns of a point, else by that of an address."""
    names = [name.strip().lower() for name in header]

    def column(known: tuple[str, ...]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    lon, lat, address = column(_LON), column(_LAT), column(_ADDRESS)
    if lon is not None and lat is not None:
        return _Points(lon, lat, datum, snapshot)
    if address is not None:
        return _Addresses(address, snapshot)
    raise Refused("columns_missing", 422, name=path.name, columns="lon, lat | address")


class _Answers:
    """The three texts of a cell, made once."""

    def __init__(self, snapshot: Tree) -> None:
        self._snapshot = snapshot
        self._texts: dict[int, tuple[str, str, str]] = {}

    def of(self, cell_id: int) -> tuple[str, str, str]:
        """Code, name and path."""
        texts = self._texts.get(cell_id)
        if texts is None:
            ref = self._snapshot.by_id[cell_id]
            texts = self._texts[cell_id] = (ref.code, ref.name, self._snapshot.names(cell_id))
        return texts


class _Points:
    """Rows by longitude and latitude; no number is `invalid`, no cell `outside`."""

    def __init__(self, lon: int, lat: int, datum: str, snapshot: Tree) -> None:
        self._lon, self._lat, self._datum, self._snapshot = lon, lat, datum, snapshot
        self._answers = _Answers(snapshot)

    def __call__(self, rows: Sequence[Row]) -> list[Answer]:
        lon, lat = _degrees(rows, self._lon), _degrees(rows, self._lat)
        ids = locate_many(lon, lat, self._datum, self._snapshot).tolist()
        valid = ((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)).tolist()
        return [
            (*self._answers.of(key), "point")
            if key >= 0
            else ("", "", "", "outside" if known else "invalid")
            for key, known in zip(ids, valid, strict=True)
        ]


def _degrees(rows: Sequence[Row], column: int) -> NDArray[np.float64]:
    """A column as numbers, NaN where it holds none."""
    try:
        return np.array([float(row[column]) for row in rows])
    except (ValueError, IndexError):
        return np.array([_degree(row, column) for row in rows], dtype=np.float64)


def _degree(row: Row, column: int) -> float:
    try:
        return float(row[column])
    except (ValueError, IndexError):
        return float("nan")


class _Addresses:
    """Rows by address; one that names no single cell gets the outcome instead."""

    def __init__(self, column: int, snapshot: Tree) -> None:
        self._column, self._snapshot = column, snapshot
        self._answers = _Answers(snapshot)

    def __call__(self, rows: Sequence[Row]) -> list[Answer]:
        return [self._answer(row[self._column] if len(row) > self._column else "") for row in rows]

    def _answer(self, text: str) -> Answer:
        found = locate_address(text, snapshot=self._snapshot)
        if isinstance(found, Ambiguous):
            return ("", "", "", found.match.outcome.value)
        return (*self._answers.of(found.cell.id), ADDRESS)

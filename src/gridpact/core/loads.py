"""What a file load answers, and reading its rows: every import reports in the same form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Refused
from gridpact.core.texts import register_refusals

register_refusals(
    {
        "file_missing": _("There is no file %(name)s."),
        "file_not_text": _("%(name)s is not a text file in UTF-8 or GB 18030."),
        "file_not_json": _("%(name)s is not JSON: %(why)s"),
        "columns_missing": _("%(name)s lacks the columns %(columns)s."),
    }
)

Row = tuple[int, dict[str, str]]


@dataclass
class LoadReport:
    """Counts of a load; `rejected` holds (row number, reason). Nothing was saved unless `saved`."""

    accepted: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    saved: bool = False

    def reject(self, row: int, reason: str) -> None:
        """Note why row `row` cannot be taken."""
        self.rejected.append((row, reason))


def decode(raw: bytes, name: str) -> str:
    """Text of a file in UTF-8 (with or without BOM) or GB 18030, as spreadsheets write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("file_not_text", 422, name=name)


def csv_rows(path: Path, required: tuple[str, ...]) -> Iterator[Row]:
    """Rows of a csv file as (row number, {column: text}); the header is row 1.

    Raises `Refused("columns_missing")` when a required column is absent.
    """
    reader = csv.DictReader(io.StringIO(decode(path.read_bytes(), path.name), newline=""))
    header = {(name or "").strip().strip("*").lower() for name in reader.fieldnames or ()}
    missing = [name for name in required if name not in header]
    if missing:
        raise Refused("columns_missing", 422, name=path.name, columns=", ".join(missing))
    for values in reader:
        row = {
            key.strip().strip("*").lower(): (value or "").strip()
            for key, value in values.items()
            if key and not isinstance(value, list)
        }
        if any(row.values()):
            yield reader.line_num, row

"""CSV files of any origin: UTF-8 with or without a mark, or GB 18030."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from django.utils.translation import gettext as _

from gridpact.cli.output import CommandError

_FIELD = 10_000_000  # signs of one field; complaints are pasted with whole contracts


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows by column. Raises `CommandError` naming the file and the line."""
    csv.field_size_limit(_FIELD)
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    try:
        return list(reader.fieldnames or []), list(reader)
    except csv.Error as error:
        facts = {"file": path, "line": reader.line_num, "why": error}
        raise CommandError(_("%(file)s, line %(line)s: %(why)s") % facts) from error


def require_columns(path: Path, header: list[str], wanted: list[str]) -> None:
    """Raise `CommandError` naming the first of `wanted` that the header lacks."""
    for name in wanted:
        if name not in header:
            facts = {"file": path, "name": name, "header": ", ".join(header)}
            raise CommandError(_("%(file)s has no column “%(name)s”; it has: %(header)s") % facts)


def _text(path: Path) -> str:
    raw = path.read_bytes().replace(b"\0", b"")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError(_("%(file)s is neither UTF-8 nor GB 18030 text") % {"file": path})

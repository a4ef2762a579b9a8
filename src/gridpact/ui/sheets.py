"""Reading Excel and CSV tables with guards; writing them so that no text becomes a formula."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.core.texts import register_refusals
from gridpact.ui.parts import Text

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024  # bytes of XML; a bigger workbook is a bomb or no register
MAX_COLUMNS = 200
MAX_CELL = 10_000  # characters
ROWS_PER_SHEET = 1_048_575  # Excel's limit without the header
NOTE_MARK = "#"  # a row whose first filled cell starts with it explains the template
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CELL_WITH_FORMULA = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"[^>]*>\s*<f[ >/]')
_OVERLAP = 512  # bytes kept between chunks, so that a cell start cut in two is still found

register_refusals(
    {
        "sheet_too_big": _("The file is larger than %(limit)s MB. Please split it."),
        "sheet_kind": _("Please choose an .xlsx or .csv file."),
        "sheet_unreadable": _("The file cannot be read as a table. Please save it again as .xlsx."),
        "sheet_empty": _("The file has no header row."),
        "sheet_columns_twice": _("The column %(column)s appears twice."),
        "sheet_columns_many": _("The file has more than %(limit)s columns."),
    }
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was read: the header texts, the rows, and rows that must not be believed.

    `rows` yields `(row number as Excel shows it, {header: text})` without blank and note rows;
    `flaws` maps row numbers to the reason (formula, merged cells, digits lost), and is complete
    only after `rows` was read to its end.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]
    flaws: dict[int, str] = field(default_factory=dict)


def read_table(file: IO[bytes], name: str) -> Sheet:
    """Read the first sheet of an .xlsx, or a .csv in UTF-8 or GB18030, lazily.

    Raises `Refused` with sheet_too_big, sheet_kind, sheet_unreadable, sheet_empty,
    sheet_columns_twice or sheet_columns_many.
    """
    file.seek(0, io.SEEK_END)
    if file.tell() > MAX_BYTES:
        raise Refused("sheet_too_big", 400, limit=MAX_BYTES // 2**20)
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix == "xlsx" and head.startswith(b"PK"):
        return _read_xlsx(file)
    if suffix == "csv" and not head.startswith(b"PK"):
        return _read_csv(file)
    raise Refused("sheet_kind", 400)


def _read_xlsx(file: IO[bytes]) -> Sheet:
    flaws = _formula_rows(file)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        sheet = workbook.get_sheet_by_index(0)
        merged = sheet.merged_cell_ranges or []
        lines = enumerate(sheet.iter_rows(), start=1)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Refused("sheet_unreadable", 400) from error
    for (first, _left), (last, _right) in merged:
        for number in range(first + 1, min(last, first + 10_000) + 2):
            flaws.setdefault(number, gettext("merged cells: please unmerge them"))
    return _table(_texts(lines, flaws), flaws)


def _formula_rows(file: IO[bytes]) -> dict[int, str]:
    """Rows of the first sheet that hold formulas, found in the XML (readers show only results)."""
    rows: dict[int, str] = {}
    reason = gettext("contains a formula: please paste its value")
    try:
        with zipfile.ZipFile(file) as package:
            if sum(part.file_size for part in package.infolist()) > MAX_UNPACKED:
                raise Refused("sheet_too_big", 400, limit=MAX_BYTES // 2**20)
            names = sorted(
                (part.filename for part in package.infolist()
                 if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part.filename)),
                key=lambda part: (len(part), part),
            )  # fmt: skip
            if not names:
                return rows
            with package.open(names[0]) as stream:
                rest = b""
                while chunk := stream.read(1 << 20):
                    window = rest + chunk
                    for found in _CELL_WITH_FORMULA.finditer(window):
                        rows[int(found.group(1))] = reason
                    rest = window[-_OVERLAP:]
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise Refused("sheet_unreadable", 400) from error
    return rows


def _texts(
    lines: Iterable[tuple[int, Sequence[Any]]], flaws: dict[int, str]
) -> Iterator[tuple[int, list[str]]]:
    for number, cells in lines:
        if any(isinstance(cell, float) and abs(cell) >= 1e15 for cell in cells):
            flaws.setdefault(
                number, gettext("a long number lost digits: format the column as text")
            )
        yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as people typed it: whole numbers without point, dates as ISO."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return str(cell).replace("\x00", "").strip()


def _read_csv(file: IO[bytes]) -> Sheet:
    data = file.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("sheet_unreadable", 400)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter)

    def lines() -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in reader:
                yield reader.line_num, [unquoted(cell.strip()) for cell in cells]
        except csv.Error as error:
            raise Refused("sheet_unreadable", 400) from error

    return _table(lines(), {})


def unquoted(text: str) -> str:
    """Undo the apostrophe that `write_csv` puts before texts that look like formulas."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text


def _table(lines: Iterator[tuple[int, list[str]]], flaws: dict[int, str]) -> Sheet:
    """Take the first filled row as the header; blank and note rows are passed over."""
    filled = ((number, cells) for number, cells in lines if any(cells))
    cells = next(filled, (0, []))[1]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        raise Refused("sheet_empty", 400)
    if len(cells) > MAX_COLUMNS:
        raise Refused("sheet_columns_many", 400, limit=MAX_COLUMNS)
    header = tuple(cells)
    named = [text for text in header if text]
    for text in named:
        if named.count(text) > 1:
            raise Refused("sheet_columns_twice", 400, column=text)

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        for number, cells in filled:
            if next(cell for cell in cells if cell).startswith(NOTE_MARK):
                continue
            if any(len(cell) > MAX_CELL for cell in cells):
                flaws.setdefault(number, gettext("a cell is too long"))
            padded = [*cells, *[""] * (len(header) - len(cells))]
            yield (
                number,
                {text: cell[:MAX_CELL] for text, cell in zip(header, padded, strict=False) if text},
            )

    return Sheet(header, rows(), flaws)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column to write: its head, its width in characters, and a note for templates."""

    label: Text
    width: int = 16
    note: Text = ""


def write_xlsx(
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    mark: str = "",
    notes: bool = False,
    cover: Sequence[tuple[str, str]] = (),
    beside: Path | None = None,
) -> IO[bytes]:
    """Write rows to a temporary .xlsx, streaming, and return it opened at its start.

    Texts are written as texts whatever they start with. `mark` is printed in the page footer
    (who exported when); `notes` adds the row of explanations below the header; `cover` becomes a
    sheet before the first. All temporary files lie in the folder `beside`, if given.
    """
    file = tempfile.TemporaryFile(dir=beside)  # noqa: SIM115 - the caller closes it
    options: dict[str, Any] = {
        "tmpdir": str(beside) if beside else None,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    import xlsxwriter  # noqa: PLC0415 - a fifth of a second at every start, needed for exports

    with xlsxwriter.Workbook(file, options) as book:
        if mark:
            book.set_properties({"title": title, "comments": mark, "author": mark[:200]})
        if cover:
            _write_cover(book, cover)
        writer = _Writer(book, columns, title, mark, notes)
        for row in rows:
            writer.write(row)
    file.seek(0)
    return file


def _write_cover(book: Any, facts: Sequence[tuple[str, str]]) -> None:
    """A first sheet that says what this is: a line a fact."""
    sheet = book.add_worksheet(gettext("About this file"))
    sheet.set_column(0, 0, 16, book.add_format({"bold": True}))
    sheet.set_column(1, 1, 80)
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)


class _Writer:
    """Writes rows and begins a new sheet where Excel's row limit is reached."""

    def __init__(
        self, book: Any, columns: Sequence[SheetColumn], title: str, mark: str, notes: bool
    ) -> None:
        self.book, self.columns, self.title, self.mark, self.notes = (
            book,
            columns,
            title,
            mark,
            notes,
        )
        self.head = book.add_format({"bold": True, "bg_color": "#EEF0F4", "border": 1})
        self.note = book.add_format({"italic": True, "font_color": "#59626F", "text_wrap": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.text = book.add_format({"num_format": "@"})
        self.count = 0
        self.begin()

    def begin(self) -> None:
        """A new sheet with header, widths, frozen head and the mark in its footer."""
        self.count += 1
        number = self.count
        base = re.sub(r"[\[\]:*?/\\']", " ", self.title)[:25] or "Sheet"
        self.sheet = self.book.add_worksheet(base if number == 1 else f"{base} {number}")
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(0)
        if self.mark:
            self.sheet.set_footer(f"&L{self.mark.replace('&', '&&')[:200]}&R&P / &N")
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, column.width, self.text if self.notes else None)
            self.sheet.write_string(0, index, str(column.label), self.head)
        self.row = 1
        if self.notes:
            for index, column in enumerate(self.columns):
                said = f"{NOTE_MARK} {column.note}" if index == 0 else str(column.note)
                self.sheet.write_string(1, index, said, self.note)
            self.row = 2

    def write(self, values: Sequence[Any]) -> None:
        """One row; texts stay texts, times become local."""
        if self.row > ROWS_PER_SHEET:
            self.begin()
        for index, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                local = value.astimezone(clock.LOCAL).replace(tzinfo=None)
                self.sheet.write_datetime(self.row, index, local, self.instant)
            elif isinstance(value, date):
                self.sheet.write_datetime(self.row, index, value, self.day)
            elif (
                isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
            ):
                self.sheet.write_number(self.row, index, value)
            else:
                self.sheet.write_string(self.row, index, _shown(value)[:32_767])
        self.row += 1


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


def write_csv(
    columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], *, mark: str = ""
) -> Iterator[bytes]:
    """The rows as UTF-8 CSV with BOM, in chunks; an apostrophe disarms texts like formulas.

    `mark`, who exported when and what for, becomes a line of its own before the header.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    if mark:
        writer.writerow([f"{NOTE_MARK} {mark}"])
    writer.writerow([str(column.label) for column in columns])
    for row in rows:
        writer.writerow([_safe(value) for value in row])
        if buffer.tell() > 64 * 1024:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _safe(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(clock.LOCAL).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, int | float | date) and not isinstance(value, bool):
        return str(value)
    text = _shown(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def header_names(header: Iterable[str], known: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Which header text stands for which field: `{field: header}`.

    `known` maps a field to every name it answers to; stars, spaces and case do not matter.
    """
    by_name = {_bare(name): key for key, names in known.items() for name in names}
    return {by_name[bare]: text for text in header if (bare := _bare(text)) in by_name}


def _bare(text: str) -> str:
    return re.sub(r"[\s*＊]+", "", text).casefold()

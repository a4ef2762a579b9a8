"""Tables in and out: formula-safe, guarded, exact."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from gridpact.core.access import Refused
from gridpact.ui import sheets
from gridpact.ui.sheets import SheetColumn, read_table, write_csv, write_xlsx

COLUMNS = [SheetColumn("名称"), SheetColumn("数量"), SheetColumn("日期")]
NASTY = ["=1+1", "+86", "-5", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")']


def _book(fill: object) -> io.BytesIO:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    fill(book.add_worksheet())  # type: ignore[operator]
    book.close()
    file.seek(0)
    return file


def test_what_is_written_is_read_back() -> None:
    moment = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    rows = [["致和小学", 3, date(2026, 1, 31)], ["a", 2.5, moment], [True, None, "x"]]
    sheet = read_table(write_xlsx(COLUMNS, rows, title="组/织"), "t.xlsx")
    got = list(sheet.rows)
    assert sheet.header == ("名称", "数量", "日期")
    assert got[0] == (2, {"名称": "致和小学", "数量": "3", "日期": "2026-01-31"})
    assert got[1] == (3, {"名称": "a", "数量": "2.5", "日期": "2026-11-23 14:30"})
    assert got[2][1]["日期"] == "x"
    assert sheet.flaws == {}


def test_texts_like_formulas_stay_texts_in_xlsx() -> None:
    file = write_xlsx([SheetColumn("a")], [[text] for text in NASTY])
    with zipfile.ZipFile(file) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml.lower() or b"<hyperlinks" not in xml
    file.seek(0)
    sheet = read_table(file, "t.xlsx")
    assert [row["a"] for _, row in sheet.rows] == [text.strip() for text in NASTY]
    assert sheet.flaws == {}


def test_texts_like_formulas_get_an_apostrophe_in_csv_and_lose_it_again() -> None:
    data = b"".join(write_csv([SheetColumn("a")], [[text] for text in NASTY] + [[-5]]))
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[1:4] == ["'=1+1", "'+86", "'-5"]
    assert lines[-1] == "-5"
    sheet = read_table(io.BytesIO(data), "t.csv")
    assert [row["a"] for _, row in sheet.rows][:4] == NASTY[:4]


def test_a_row_with_a_formula_is_flawed() -> None:
    def fill(sheet: object) -> None:
        sheet.write_row(0, 0, ["a", "b"])  # type: ignore[attr-defined]
        sheet.write_row(1, 0, ["x", "y"])  # type: ignore[attr-defined]
        sheet.write_formula(2, 1, "=1+1", None, 2)  # type: ignore[attr-defined]
        sheet.write_string(2, 0, "z")  # type: ignore[attr-defined]

    sheet = read_table(_book(fill), "t.xlsx")
    assert [number for number, _ in sheet.rows] == [2, 3]
    assert list(sheet.flaws) == [3]


def test_merged_cells_and_lost_digits_are_flawed() -> None:
    def fill(sheet: object) -> None:
        sheet.write_row(0, 0, ["a", "b"])  # type: ignore[attr-defined]
        sheet.merge_range(2, 0, 3, 0, "m")  # type: ignore[attr-defined]
        sheet.write_row(4, 0, ["n", 110101199001011234])  # type: ignore[attr-defined]

    sheet = read_table(_book(fill), "t.xlsx")
    list(sheet.rows)
    assert set(sheet.flaws) == {3, 4, 5}


def test_a_hundred_thousand_blank_rows_are_passed_over() -> None:
    def fill(sheet: object) -> None:
        sheet.write_row(0, 0, ["a"])  # type: ignore[attr-defined]
        sheet.write_string(1, 0, "first")  # type: ignore[attr-defined]
        sheet.write_string(100_001, 0, "last")  # type: ignore[attr-defined]

    sheet = read_table(_book(fill), "t.xlsx")
    assert list(sheet.rows) == [(2, {"a": "first"}), (100_002, {"a": "last"})]


def test_the_header_may_start_lower_and_notes_are_passed_over() -> None:
    def fill(sheet: object) -> None:
        sheet.write_row(3, 0, ["a *", "b", ""])  # type: ignore[attr-defined]
        sheet.write_row(4, 0, ["# say what", "note"])  # type: ignore[attr-defined]
        sheet.write_row(5, 0, ["x"])  # type: ignore[attr-defined]

    sheet = read_table(_book(fill), "t.xlsx")
    assert sheet.header == ("a *", "b")
    assert list(sheet.rows) == [(6, {"a *": "x", "b": ""})]


def test_csv_of_an_old_office_is_read() -> None:
    sheet = read_table(io.BytesIO("名称;数量\r\n致和;3\r\n".encode("gb18030")), "旧.CSV")
    assert list(sheet.rows) == [(2, {"名称": "致和", "数量": "3"})]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "sheet_empty"),
        (b"\n\n,,\n", "a.csv", "sheet_empty"),
        (b"a,a\n1,2\n", "a.csv", "sheet_columns_twice"),
        (b"a\n", "a.exe", "sheet_kind"),
        (b"a\n", "a.xlsx", "sheet_kind"),
        (b"PK\x03\x04nonsense", "a.xlsx", "sheet_unreadable"),
        (b"PK\x03\x04nonsense", "a.csv", "sheet_kind"),
        (b"\xff\xff\xff\xff", "a.csv", "sheet_unreadable"),
        (",".join(f"c{n}" for n in range(300)).encode(), "a.csv", "sheet_columns_many"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_table(io.BytesIO(data), name)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_big_files_and_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    with pytest.raises(Refused, match="MB"):
        read_table(io.BytesIO(b"a" * 11), "a.csv")
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 1000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000)
    with pytest.raises(Refused) as refused:
        read_table(bomb, "a.xlsx")
    assert refused.value.code == "sheet_too_big"


def test_rows_beyond_excels_limit_go_on_in_a_new_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS_PER_SHEET", 3)
    file = write_xlsx([SheetColumn("a")], [[str(n)] for n in range(7)], title="t")
    with zipfile.ZipFile(file) as package:
        names = [name for name in package.namelist() if "worksheets/sheet" in name]
    assert len(names) == 3


def test_headers_answer_to_labels_in_any_spelling() -> None:
    known = {"name": {"name", "名称", "Name of it"}, "kind": {"kind", "种类"}}
    assert sheets.header_names(["名 称*", "KIND", "other"], known) == {
        "name": "名 称*",
        "kind": "KIND",
    }
    assert sheets.header_names(["nameofit"], known) == {"name": "nameofit"}

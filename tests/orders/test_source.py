"""Reading files of other systems: encodings, columns, dates, and what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gridpact.core.access import Refused
from gridpact.orders.files.source import Entry, open_source, parse_time

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _file(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "orders.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def _entries(path: Path) -> list[Entry | tuple[int, str]]:
    return [
        each if isinstance(each, Entry) else (each[0], each[1].code)
        for each in open_source(path).entries(NOW)
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026/2/3 9:05:07", datetime(2026, 2, 3, 1, 5, 7, tzinfo=UTC)),
        ("2026-02-03", datetime(2026, 2, 2, 16, tzinfo=UTC)),
        ("2026-02-03T09:05", datetime(2026, 2, 3, 1, 5, tzinfo=UTC)),
        ("2026-02-03 09:05:07.25+00:00", datetime(2026, 2, 3, 9, 5, 7, 250000, tzinfo=UTC)),
        ("2026-02-03T09:05:07Z", datetime(2026, 2, 3, 9, 5, 7, tzinfo=UTC)),
        ("2026-02-03 09:05:07-0330", datetime(2026, 2, 3, 12, 35, 7, tzinfo=UTC)),
        ("2026年2月3日 9时5分", datetime(2026, 2, 3, 1, 5, tzinfo=UTC)),
        ("2026年2月3日", datetime(2026, 2, 2, 16, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_offices_write_them(given: str, expected: datetime) -> None:
    assert parse_time(given) == expected


@pytest.mark.parametrize("given", ["", "soon", "2026-02-30", "2026-13-01", "0026-01-01", "20:15"])
def test_what_is_no_date_is_refused(given: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_time(given)
    assert refusal.value.code == "date_wrong"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    path = _file(tmp_path, "编号,留言主题,留言详情\n7,路灯,路灯不亮\n", encoding)
    (entry,) = _entries(path)
    assert isinstance(entry, Entry)
    assert (entry.row, entry.number, entry.title, entry.text) == (2, "7", "路灯", "路灯不亮")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"text\n\xff\xff\xff\n")
    with pytest.raises(Refused) as refusal:
        open_source(path)
    assert refusal.value.code == "file_not_text"


@pytest.mark.parametrize(
    ("text", "code"), [("", "file_empty_table"), ("a,b\n1,2\n", "no_text_column")]
)
def test_a_file_without_a_text_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        open_source(_file(tmp_path, text))
    assert refusal.value.code == code


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        open_source(tmp_path / "none.csv")
    assert refusal.value.code == "file_missing"
    assert "none.csv" in refusal.value.sentence or refusal.value.params["name"] == "none.csv"


def test_columns_read_and_ignored_are_named(tmp_path: Path) -> None:
    source = open_source(_file(tmp_path, "id,likes,text,内容,time\n1,9,a,b,2026-01-01\n"))
    assert source.columns_read == ["id", "text", "time"]
    assert source.columns_ignored == ["likes", "内容"]


def test_rows_with_types_only_say_them_as_text(tmp_path: Path) -> None:
    path = _file(tmp_path, "type,main_type,property\n市政,路灯,投诉\n")
    (entry,) = _entries(path)
    assert isinstance(entry, Entry)
    assert entry.text == "投诉：市政 / 路灯"
    assert entry.types == ("市政", "路灯")
    assert entry.kind == "REPORT"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("a,2026-07-01,,", "date_future"),
        ("a,2004-12-31,,", "date_early"),
        ("a,yesterday,,", "date_wrong"),
        ("a,2026-01-01,x,1", "coordinate_wrong"),
        ("a,2026-01-01,1,1,1", "row_cells"),
    ],
)
def test_a_bad_row_names_itself_and_the_next_is_read(tmp_path: Path, line: str, code: str) -> None:
    path = _file(tmp_path, f"text,time,lon,lat\n{line}\nb,2026-01-01,110.1,25.1\n")
    bad, good = _entries(path)
    assert bad == (2, code)
    assert isinstance(good, Entry)
    assert (good.row, good.lon, good.lat) == (3, 110.1, 25.1)


def test_zero_and_blank_coordinates_are_no_point(tmp_path: Path) -> None:
    path = _file(tmp_path, "text,longitude,latitude\na,0.0,0.0\nb,,\n")
    assert [(e.lon, e.lat) for e in _entries(path) if isinstance(e, Entry)] == [(None, None)] * 2


def test_jsonl_lines_are_read_and_broken_ones_reported(tmp_path: Path) -> None:
    lines = '{"text":"a","location":{"lon":110.1,"lat":25.1}}\nnot json\n[1]\n{"text":"b"}\n'
    first, second, third, last = _entries(_file(tmp_path, lines, name="orders.jsonl"))
    assert isinstance(first, Entry)
    assert (first.text, first.lon, first.lat) == ("a", 110.1, 25.1)
    assert [second, third] == [(2, "row_not_json"), (3, "row_not_json")]
    assert isinstance(last, Entry)
    assert (last.row, last.text, last.lon) == (4, "b", None)


def test_short_rows_and_blank_lines_are_harmless(tmp_path: Path) -> None:
    first, second = _entries(_file(tmp_path, "text,address\na\n\nb,致和\n"))
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert (first.row, first.address, second.row, second.address) == (2, "", 4, "致和")


def test_a_text_of_ten_megabytes_is_a_row_like_any_other(tmp_path: Path) -> None:
    big, small = _entries(_file(tmp_path, f"text\n{'字' * 3_500_000}\nb\n"))
    assert isinstance(big, Entry)
    assert isinstance(small, Entry)
    assert (len(big.text), small.text) == (3_500_000, "b")


def test_an_own_number_is_kept_and_a_missing_one_is_derived_from_the_row(tmp_path: Path) -> None:
    path = _file(tmp_path, f"id,text\n7,a\n,a\n,a\n,b\n{'9' * 61},a\n")
    seven, one, same, other, long = [e.own_number for e in _entries(path) if isinstance(e, Entry)]
    assert seven == "7"
    assert one == same
    assert len({seven, one, other, long}) == 4
    assert len(long) == 32


def test_the_label_depends_on_the_columns_and_not_on_the_name(tmp_path: Path) -> None:
    one = open_source(_file(tmp_path, "id,text\n1,a\n", name="one.csv"))
    two = open_source(_file(tmp_path, "id,text\n2,b\n", name="two.csv"))
    three = open_source(_file(tmp_path, "id,text,time\n2,b,\n", name="three.csv"))
    assert one.label == two.label != three.label


def test_an_end_before_the_beginning_is_no_fact(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "text,time,closed_date,status\na,2026-01-02,2026-01-01,Closed\nb,2026-01-02,2026-01-03,Open\n",
    )
    ended, running = [e for e in _entries(path) if isinstance(e, Entry)]
    assert (ended.ended, ended.has_ended) == (None, True)
    assert (running.ended, running.has_ended) == (datetime(2026, 1, 2, 16, tzinfo=UTC), False)

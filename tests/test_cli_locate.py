"""`gridpact locate`: a point, an address, or every row of a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gridpact.cli.main import main
from tests.factories.world import GRID, UNIT, World

Captured = pytest.CaptureFixture[str]


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def located(source: Path, *options: str) -> list[list[str]]:
    target = source.with_name("out.csv")
    assert main(["locate", "--file", str(source), "--out", str(target), *options]) == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_an_address_says_cell_path_and_parts(world: World, capsys: Captured) -> None:
    assert main(["locate", "--json", "--address", "致和苑3栋1单元501"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["cell"], answer["reason"], len(answer["parts"])) == (UNIT, "address", 2)


def test_an_address_in_doubt_is_refused_with_the_places(world: World, capsys: Captured) -> None:
    assert main(["locate", "--address", "第一网格"]) == 1
    assert "致和社区 / 第一网格" in capsys.readouterr().err
    assert main(["locate", "--address", "火星"]) == 1


def test_rows_with_points_come_back_in_order_with_their_cells(world: World, tmp_path: Path) -> None:
    source = table(
        tmp_path / "in.csv",
        "id,经度,纬度",
        "a,110.105,25.11",
        "b,116.4,39.9",
        "c,nowhere,25.1",
        "d,500,25.1",
        "e",
        "f,110.14,25.15",
    )
    header, *rows = located(source)
    assert header == ["id", "经度", "纬度", "cell", "cell_name", "cell_path", "placed_by"]
    assert [(row[0], row[3], row[6]) for row in rows] == [
        ("a", UNIT, "point"),
        ("b", "", "outside"),
        ("c", "", "invalid"),
        ("d", "", "invalid"),
        ("e", "", "invalid"),
        ("f", GRID, "point"),
    ]
    assert rows[0][5].endswith("致和苑3栋 / 1单元")


def test_points_of_a_file_are_shifted_from_their_datum(world: World, tmp_path: Path) -> None:
    source = table(tmp_path / "in.csv", "lon,lat", "110.101,25.15")
    assert located(source)[1][2] == GRID
    assert located(source, "--datum", "gcj02")[1][2] == "450312100"


def test_rows_with_addresses_say_why_there_is_no_cell(world: World, tmp_path: Path) -> None:
    source = table(tmp_path / "in.csv", "地址", "致和苑3栋1单元501", "第一网格", "火星", '""')
    rows = located(source)[1:]
    assert [(row[1], row[4]) for row in rows[:3]] == [
        (UNIT, "address"),
        ("", "ambiguous"),
        ("", "nothing"),
    ]
    assert len(rows) == 4


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--file", "missing.csv", "--out", "out.csv"],
        ["--file", "in.csv"],
        ["--file", "in.csv", "--out", "in.csv"],
        ["--file", "bad.csv", "--out", "out.csv"],
        ["--file", "binary.csv", "--out", "out.csv"],
    ],
)
def test_what_cannot_be_located_is_refused_in_one_sentence(
    world: World,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    source = table(tmp_path / "in.csv", "lon,lat", "110.105,25.11")
    table(tmp_path / "bad.csv", "who,what", "a,b")
    (tmp_path / "binary.csv").write_bytes(b"lon,lat\n\xff\xfe\x00,1\n")
    assert main(["locate", *options]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert source.read_text(encoding="utf-8") == "lon,lat\n110.105,25.11\n"

"""`gridpact load chain`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from gridpact.cli.main import main
from gridpact.doors.models import Chain
from gridpact.orders.models import Order
from tests.doors.chains import WISHES
from tests.factories.world import ZHIHE, World

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Commands choose a language for their process; the suite keeps its own."""
    language = translation.get_language()
    yield
    translation.activate(language or settings.LANGUAGE_CODE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "chain.txt"
    path.write_text(WISHES + "\n7. 跳号", encoding="utf-8")
    return path


def run(capsys: Captured, *args: object) -> tuple[int, Any]:
    capsys.readouterr()
    code = main([*(str(arg) for arg in args), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_a_dry_run_tells_and_saves_nothing(world: World, file: Path, capsys: Captured) -> None:
    code, said = run(capsys, "load", "chain", file, "--cell", ZHIHE, "--dry-run")
    assert code == 0
    assert (said["accepted"], said["unchanged"], said["title"]) == (3, 0, "微心愿")
    assert [each["row"] for each in said["rejected"]] == [5]
    assert not Chain.objects.exists()


def test_a_chain_is_loaded_once(world: World, file: Path, capsys: Captured) -> None:
    code, said = run(capsys, "load", "chain", file, "--cell", ZHIHE, "--actor", "zhihe")
    assert code == 0 and len(said["orders"]) == 3
    code, said = run(capsys, "load", "chain", file, "--cell", ZHIHE, "--actor", "zhihe")
    assert (code, said["accepted"], said["unchanged"], said["orders"]) == (0, 0, 3, [])
    assert Order.objects.count() == 3


def test_a_file_in_gb18030_is_read(world: World, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(WISHES.encode("gb18030"))
    assert run(capsys, "load", "chain", path, "--cell", ZHIHE, "--dry-run")[1]["accepted"] == 3


@pytest.mark.parametrize(
    "options",
    [(), ("--cell", "nowhere"), ("--cell", ZHIHE, "--actor", "neighbour"), ("--cell", "")],
)
def test_without_a_cell_of_ones_own_nothing_is_loaded(
    world: World, file: Path, capsys: Captured, options: tuple[str, ...]
) -> None:
    assert main(["load", "chain", str(file), *options]) == 1
    assert capsys.readouterr().err
    assert not Chain.objects.exists()


def test_a_file_without_entries_is_refused(world: World, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "none.txt"
    path.write_text("没有名单", encoding="utf-8")
    assert main(["load", "chain", str(path), "--cell", ZHIHE]) == 1
    assert main(["load", "orgs", str(path), "--cell", ZHIHE]) == 1


HOTLINE = (
    "诉求编号,受理时间,来电人,联系电话,说了什么,诉求地址\n"
    "RX001,2026-03-01 09:30,陈小明,13800001234,楼道灯坏了三天,致和社区3栋\n"
    "RX002,2026-03-02 10:00,,,广场舞太吵,七里坪社区广场\n"
)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    path = tmp_path / "rx.csv"
    path.write_text(HOTLINE, encoding="utf-8")
    return path


def test_a_file_of_a_hotline_is_loaded_once(world: World, calls: Path, capsys: Captured) -> None:
    told = ("load", "hotline", calls, "--column", "text=说了什么")
    code, said = run(capsys, *told, "--dry-run")
    assert (code, said["accepted"], said["dry_run"]) == (0, 2, True)
    assert not Order.objects.exists()
    code, said = run(capsys, *told)
    assert (code, said["accepted"], said["unchanged"], said["rejected"]) == (0, 2, 0, [])
    assert Order.objects.filter(channel="HOTLINE", source_system="12345").count() == 2
    # The column is kept for the next file of this hotline.
    code, said = run(capsys, "load", "hotline", calls)
    assert (code, said["accepted"], said["unchanged"]) == (0, 0, 2)
    assert Order.objects.count() == 2


def test_another_hotline_has_numbers_of_its_own(
    world: World, calls: Path, capsys: Captured
) -> None:
    column = ("--column", "text=说了什么")
    run(capsys, "load", "hotline", calls, *column)
    assert run(capsys, "load", "hotline", calls, *column, "--system", "mayor")[1]["accepted"] == 2
    assert set(Order.objects.values_list("source_system", flat=True)) == {"12345", "mayor"}


def test_a_hotline_s_file_with_a_bad_row_is_not_saved(
    world: World, calls: Path, capsys: Captured
) -> None:
    calls.write_text(HOTLINE + ",2026-03-03 10:00,,,没有编号,致和社区\n", encoding="utf-8")
    code, said = run(capsys, "load", "hotline", calls, "--column", "text=说了什么")
    assert code == 1
    assert [row["row"] for row in said["rejected"]] == [4]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--dry-run",),
        ("--column", "what=说了什么"),
        ("--column", "text=说了什么", "--datum", "wgs84"),
        ("--column", "text=说了什么", "--system", "chain"),
    ],
)
def test_what_a_command_cannot_know_is_asked_for(
    world: World, calls: Path, capsys: Captured, options: tuple[str, ...]
) -> None:
    capsys.readouterr()
    assert main(["load", "hotline", str(calls), *options]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("gridpact: ") and len(said.err.splitlines()) == 1
    assert not Order.objects.exists()


def test_options_of_a_hotline_say_nothing_of_other_files(
    world: World, calls: Path, capsys: Captured
) -> None:
    assert main(["load", "orders", str(calls), "--system", "12345"]) == 1
    assert "--system" in capsys.readouterr().err

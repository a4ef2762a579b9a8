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

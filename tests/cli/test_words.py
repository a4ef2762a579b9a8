"""Help in the language of the terminal, without loading the apps."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("zh_CN.UTF-8", "启动网页服务。"),
        ("", "启动网页服务。"),
        ("en_GB.UTF-8", "Run the web server."),
    ],
)
def test_help_is_chinese_unless_the_terminal_is_english(
    monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, language)
    monkeypatch.setenv("PYTHONUTF8", "1")
    command = [sys.executable, "-m", "gridpact.cli", "--help"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert word in done.stdout

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from gridpact.cli.main import main

ROWS = """id,标题,text,time,user,点赞数
a1,锦云小区搅拌厂,锦云小区搅拌厂夜里噪音大灰尘大,2026/3/1 9:03:00,u1,2
a2,锦云小区搅拌厂噪音,搅拌厂噪音让锦云小区住户睡不着,2026-03-02T10:00:00,u2,0
a3,搅拌厂扰民,锦云小区边上的搅拌厂灰尘大,2026年3月3日,u3,x
a4,路灯,梧桐路路灯坏了,昨天,u4,0
a5,医保,想问医保缴费的时间,2026/3/4,u5,
"""


def ask(capsys: pytest.CaptureFixture[str], *given: str) -> tuple[int, str, str]:
    code = main(["orders", "hot", *given])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_topics_of_a_file_come_hottest_first_with_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.csv"
    for encoding in ("utf-8-sig", "gb18030"):
        file.write_bytes(ROWS.encode(encoding))
        code, out, err = ask(
            capsys, str(file), "--text", "text", "--time", "time", "--id", "id", "--json"
        )
        assert code == 0
        topics = orjson.loads(out)
        assert topics[0]["ids"] == ["a1", "a2", "a3"]
        assert topics[0]["people"] == 3
        assert topics[0]["reactions"] == 2
        assert "row 4" in err or "4" in err
        assert "昨天" in err


def test_without_an_id_rows_are_numbered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.csv"
    file.write_text(ROWS, "utf-8")
    _code, out, _err = ask(capsys, str(file), "--text", "text", "--time", "time", "--json")
    assert orjson.loads(out)[0]["ids"] == [1, 2, 3]


def test_a_missing_column_or_file_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.csv"
    file.write_text(ROWS, "utf-8")
    code, out, err = ask(capsys, str(file), "--text", "texts", "--time", "time")
    assert (code, out) == (1, "") and "texts" in err and err.count("\n") == 1
    code, out, err = ask(capsys, str(tmp_path / "no.csv"), "--text", "a", "--time", "b")
    assert (code, out) == (1, "") and err.count("\n") == 1


def test_an_empty_file_has_no_topics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "m.csv"
    file.write_text("text,time\n", "utf-8")
    assert ask(capsys, str(file), "--text", "text", "--time", "time", "--json")[1] == "[]\n"

"""Both writings of Chinese are one text to compare."""

from __future__ import annotations

from gridpact.core.script import simplified, traditional_signs
from gridpact.core.segment import Names, fold


def test_traditional_signs_become_simplified_ones_at_their_places() -> None:
    said = "社區樓頂漏電，請儘快維修ABC，臺階塌了"
    assert simplified(said) == "社区楼顶漏电，请尽快维修ABC，台阶塌了"
    assert len(simplified(said)) == len(said)


def test_simplified_texts_latin_and_emoji_stay_as_they_are() -> None:
    said = "小区路灯坏了 lamp no. 7 😀\n"
    assert simplified(said) == said
    assert simplified("") == ""


def test_folding_takes_width_capitals_and_traditional_signs_together() -> None:
    assert fold("ＷＣ漏電") == "wc漏电"
    assert fold("㍿漏電½") == "㍿漏电½"  # what would grow stays one sign


def test_a_sign_is_folded_the_same_whatever_stands_beside_it() -> None:
    alone, beside = "１２楼", "㎡１２楼Ａ"
    assert (fold(alone), fold(beside)) == ("12楼", "㎡12楼a")


def test_a_name_of_the_district_is_found_however_it_is_written() -> None:
    names = Names(["云桂花园"])
    assert [word.text for word in names.find(fold("雲桂花園的路燈"))] == ["云桂花园"]


def test_every_traditional_sign_is_one_that_folding_changes() -> None:
    signs = traditional_signs()
    assert "漏" not in signs
    assert "電" in signs
    assert all(simplified(sign) != sign for sign in signs)

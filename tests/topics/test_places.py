"""Names of places in texts: by their endings, or known."""

from __future__ import annotations

import pytest

from gridpact.core.segment import Names
from gridpact.topics.places import kind_of, places_in, settle_place


def test_a_known_name_is_not_guessed_at_again() -> None:
    text = "住在云桂花园三栋，听雨路上也吵"
    assert "住云桂花园" in places_in("住云桂花园三栋")
    assert places_in(text, Names(["云桂花园"])) == ["云桂花园", "听雨路"]


@pytest.mark.parametrize(
    "text",
    [
        "盼望政府重视",
        "请把道路修好",
        "车行天桥太陡",
        "高速公路噪音",
        "学士街道办事处",
        "致和2单元小区里",
    ],
)
def test_common_nouns_with_such_endings_are_no_names(text: str) -> None:
    assert places_in(text) == []


@pytest.mark.parametrize(
    ("place", "kind"),
    [("锦云小区", "homes"), ("青石中学", "schools"), ("听雨路", "roads"), ("南岸村", "")],
)
def test_a_place_is_of_a_kind(place: str, kind: str) -> None:
    assert kind_of(place) == kind


def test_the_longest_name_that_most_people_give_is_settled_on() -> None:
    assert settle_place({"云桂花园": 6, "住云桂花园": 2, "桂花园": 6}) == "云桂花园"
    assert settle_place({"云桂花园": 1}) == ""
    assert settle_place({}) == ""

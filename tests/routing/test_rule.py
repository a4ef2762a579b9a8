"""Rules as values: what their JSON may hold, and which rule leaves another nothing."""

from __future__ import annotations

from typing import Any

import pytest

from gridpact.routing.rule import BadRule, Conditions, Target, covers


def test_what_is_written_reads_back_the_same() -> None:
    want = Conditions(
        cell="450312100", kinds=("NEED",), any_words=("路灯", "停电"), weekdays=(6, 7),
        since="22:00", until="06:00", photos=False,
    )  # fmt: skip
    assert Conditions.read(want.written()) == want
    target = Target(post="area_head", by_itself=True)
    assert Target.read(target.written()) == target


def test_only_what_is_set_is_written() -> None:
    assert Conditions().written() == {}
    assert Conditions().is_empty
    assert not Conditions(photos=False).is_empty


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"weekdays": [0]}, "weekdays"),
        ({"weekdays": "1"}, "weekdays"),
        ({"weekdays": [True]}, "weekdays"),
        ({"weekdays": [1.0]}, "weekdays"),
        ({"pattern": "灯\0"}, "pattern"),
        ({"any_words": ["灯\0"]}, "any_words"),
        ({"kinds": "NEED"}, "kinds"),
        ({"any_words": [1]}, "any_words"),
        ({"photos": "yes"}, "photos"),
        ({"cell": 7}, "cell"),
        ({"strange": 1}, "conditions.strange"),
        ([], "conditions"),
    ],
)
def test_another_shape_is_refused_by_name(data: Any, field: str) -> None:
    with pytest.raises(BadRule) as caught:
        Conditions.read(data)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("wide", "narrow", "answer"),
    [
        (Conditions(kinds=("NEED",)), Conditions(kinds=("NEED",), photos=True), True),
        (Conditions(kinds=("NEED", "WISH")), Conditions(kinds=("WISH",)), True),
        (Conditions(kinds=("NEED",)), Conditions(), False),
        (Conditions(any_words=("灯", "电")), Conditions(any_words=("电",)), True),
        (Conditions(any_words=("电",)), Conditions(any_words=("灯", "电")), False),
        (Conditions(any_words=("电",)), Conditions(all_words=("电", "灯")), True),
        (Conditions(all_words=("电",)), Conditions(all_words=("电", "灯")), True),
        (Conditions(no_words=("电",)), Conditions(kinds=("NEED",)), False),
        (Conditions(pattern="灯.*坏"), Conditions(kinds=("NEED",)), False),
        (Conditions(photos=True), Conditions(photos=False), False),
        (Conditions(since="08:00"), Conditions(since="08:00", hours="WORKING"), True),
    ],
)
def test_a_wider_rule_leaves_a_narrower_one_nothing(
    wide: Conditions, narrow: Conditions, answer: bool
) -> None:
    assert covers(wide, narrow, cell_within=True) is answer
    assert not covers(wide, narrow, cell_within=False)

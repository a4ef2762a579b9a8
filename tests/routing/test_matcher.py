"""Asking rules: every kind of condition, and time that never grows with patterns."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from gridpact.core import clock
from gridpact.routing.matcher import BadPattern, Facts, Ready, book, compiled_pattern, quoted
from gridpact.routing.rule import Conditions, Target

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.LOCAL)


def facts(text: str = "楼道灯坏了", **given: Any) -> Facts:
    values: dict[str, Any] = {
        "path": "/1/2/3/", "kind": "NEED", "channel": "WEB", "at": MONDAY, "photos": False,
        "working": lambda at: 9 <= at.hour < 18,
    }  # fmt: skip
    return Facts(text=text, **(values | given))


def rule(number: int = 1, *, inside: str = "", **conditions: Any) -> Ready:
    return Ready(number, f"r{number}", Conditions(**conditions), Target(), inside)


def fits(found: Facts, *, inside: str = "", **conditions: Any) -> bool:
    return book([rule(inside=inside, **conditions)]).first(found) is not None


@pytest.mark.parametrize(
    ("conditions", "answer"),
    [
        ({"kinds": ("NEED", "WISH")}, True),
        ({"kinds": ("WISH",)}, False),
        ({"channels": ("HOTLINE",)}, False),
        ({"any_words": ("停电", "灯")}, True),
        ({"any_words": ("停电",)}, False),
        ({"all_words": ("灯", "坏")}, True),
        ({"all_words": ("灯", "停电")}, False),
        ({"no_words": ("坏",)}, False),
        ({"no_words": ("停电",)}, True),
        ({"pattern": "灯.{0,3}(坏|不亮)"}, True),
        ({"pattern": "^灯"}, False),
        ({"weekdays": (1,)}, True),
        ({"weekdays": (6, 7)}, False),
        ({"since": "08:30", "until": "12:00"}, True),
        ({"since": "22:00", "until": "06:00"}, False),
        ({"until": "09:00"}, False),
        ({"hours": "WORKING"}, True),
        ({"hours": "OFF"}, False),
        ({"photos": False}, True),
        ({"photos": True}, False),
        ({"classes": ("EASY",)}, False),
        ({"categories": ("06",)}, False),
    ],
)
def test_each_condition_must_hold(conditions: dict[str, Any], answer: bool) -> None:
    assert fits(facts(), **conditions) is answer


def test_a_time_over_midnight_holds_on_both_sides() -> None:
    night = {"since": "22:00", "until": "06:00"}
    assert fits(facts(at=MONDAY.replace(hour=23)), **night)
    assert fits(facts(at=MONDAY.replace(hour=5)), **night)
    assert not fits(facts(at=MONDAY.replace(hour=6)), **night)


def test_a_cell_means_its_whole_subtree_and_no_other_number() -> None:
    assert fits(facts(), inside="/2/")
    assert not fits(facts(path="/1/22/3/"), inside="/2/")


def test_class_and_category_are_seen_after_triage() -> None:
    late = facts(klass="EASY", categories=frozenset({"0601", "06"}))
    assert fits(late, classes=("EASY",), categories=("06",))


def test_the_first_rule_that_fits_decides() -> None:
    rules = book([rule(1, kinds=("WISH",)), rule(2, any_words=("灯",)), rule(3, kinds=("NEED",))])
    found = rules.first(facts())
    assert found is not None and found.id == 2


def test_words_are_found_whatever_the_size_of_letters() -> None:
    assert fits(facts("LED灯不亮"), any_words=("led",))
    assert fits(facts("LED灯不亮"), pattern="led")


def test_signs_of_patterns_in_words_are_plain_text() -> None:
    assert not fits(facts("abc"), any_words=("a.c",))
    assert fits(facts("a.c"), any_words=("a.c",))


@pytest.mark.parametrize(
    "bad", ["[", r"(a)\1", "(?=a)b", "(a{1000}){1000}", "(((a{30}){30}){30})", "*"]
)
def test_a_pattern_the_engine_cannot_bound_is_refused(bad: str) -> None:
    with pytest.raises(BadPattern):
        compiled_pattern(bad)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("evil", ["(a+)+$", "(a|aa)+$", "(.*)*b", "(a|a)*c", "(a?){80}a{80}"])
def test_a_pattern_that_would_take_forever_elsewhere_is_quick_here(evil: str) -> None:
    rules = book([rule(pattern=evil)])
    hostile = facts("a" * 5000 + "!")
    rules.first(hostile)  # the automaton is built on the way
    start = time.process_time()
    rules.first(hostile)
    assert time.process_time() - start < 0.5


def test_an_automaton_out_of_memory_gives_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = book([rule(1, any_words=("停电",)), rule(2, pattern="灯.{0,3}坏", any_words=("楼道",))])

    class Exhausted:
        def Match(self, text: str) -> list[int]:  # noqa: N802 - the engine's name
            return []

    monkeypatch.setattr(rules, "_set", Exhausted())
    found = rules.first(facts())
    assert found is not None and found.id == 2


def test_two_hundred_rules_answer_within_two_milliseconds() -> None:
    rules = book(
        rule(number, any_words=(f"词{number}甲", f"词{number}乙"), pattern=f"灯{number}.*(坏|熄)")
        for number in range(200)
    )
    long = facts(("楼道灯坏了三天，请派人来修。" * 400)[:5000])
    rules.first(long)
    spent = []
    for _ in range(20):
        start = time.process_time()
        assert rules.first(long) is None
        spent.append(time.process_time() - start)
    assert sorted(spent)[10] < 0.002


def test_why_quotes_the_words_and_the_place_in_the_text() -> None:
    want = Conditions(any_words=("停电", "灯"), pattern="灯.{0,3}坏")
    assert quoted(want, "楼道灯全坏了") == [("any_words", "灯"), ("pattern", "灯全坏")]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(路灯", "a bracket ( is not closed: (路灯"),
        ("路灯)", "a bracket ) is too many: 路灯)"),
        ("[路灯", "a bracket [ is not closed: [路灯"),
        ("*路灯", "nothing stands before the sign of repetition: *"),
        ("路**", "two signs of repetition stand side by side: **"),
        ("路{2,1}", "the number of repetitions is not possible: {2,1}"),
        (r"路\1", r"this sign after \ is unknown: \1"),
        ("(?<=路)灯", "looking ahead or back is not possible: (?<="),
        ("[z-a]", "the range in [ ] is the wrong way round: z-a"),
        ("路\\", "nothing stands after the last \\"),
    ],
)
def test_a_pattern_that_is_refused_says_why_in_plain_words(pattern: str, said: str) -> None:
    with translation.override("en"), pytest.raises(BadPattern) as refused:
        compiled_pattern(pattern)
    assert str(refused.value) == said

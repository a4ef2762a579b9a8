"""Hints of several sources together: what is filled in, and what one key takes over."""

from __future__ import annotations

from gridpact.orders.hooks.hints import Hint, Proposal, preselected, proposal, unasked_receiver

RULES = (
    Hint("公事找部门", klass="PUBLIC", to="org:1"),
    Hint("私事找网格", klass="PRIVATE", to="post:2"),
)
MATTER = Hint("像是", klass="PRIVATE", category="A0501", confidence=0.8, preselect=())
ALIKE = Hint("类似工单", klass="EASY", category="A0101", preselect=())


def handler(share: float) -> Hint:
    return Hint("常由他办", to="post:9", confidence=share, preselect=())


def test_no_receiver_is_filled_in_before_the_class_is_known() -> None:
    assert preselected(RULES) == {}
    assert preselected(RULES, "PRIVATE") == {"to": "post:2"}
    assert preselected([*RULES, Hint("x", klass="PUBLIC", preselect=("klass",))]) == {
        "klass": "PUBLIC", "to": "org:1",
    }  # fmt: skip


def test_each_class_has_the_receiver_of_its_own_rule() -> None:
    found = [unasked_receiver(RULES, klass) for klass in ("PUBLIC", "PRIVATE", "EASY")]
    assert found == ["org:1", "post:2", ""]


def test_one_key_takes_the_learnt_matter_with_a_receiver_for_its_class() -> None:
    assert proposal([ALIKE, *RULES, MATTER]) == Proposal("PRIVATE", "A0501", "post:2", 0.8)


def test_a_learnt_receiver_goes_before_the_rule_only_when_it_is_sure() -> None:
    told = [proposal([*RULES, MATTER, handler(share)]) for share in (0.9, 0.2)]
    assert [each and each.to for each in told] == ["post:9", "post:2"]
    alone = proposal([MATTER, handler(0.2)])
    assert alone is not None and alone.to == "post:9"


def test_the_class_an_order_has_already_stands() -> None:
    assert proposal([MATTER, *RULES], "PUBLIC") == Proposal("PUBLIC", "A0501", "org:1", 0.8)


def test_without_anything_learnt_similar_orders_are_taken_over() -> None:
    assert proposal([*RULES, ALIKE]) == Proposal("EASY", "A0101", "", None)
    assert proposal(RULES) is None
    assert proposal([]) is None
    assert proposal([Hint("疑似重复", confidence=0.9, href="/x", preselect=())]) is None

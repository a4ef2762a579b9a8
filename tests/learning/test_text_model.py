"""Learning without a database: the same data, bad input, what is said and why."""

from __future__ import annotations

import random

import numpy as np
import pytest

from gridpact.learning.feature_model import FeatureModel
from gridpact.learning.fitting import calibrated, fit_facts, fit_text
from gridpact.learning.linear import digest, fitted_temperature
from gridpact.learning.ngrams import counted, plain, vocabulary
from gridpact.learning.scores import scored
from gridpact.learning.text_model import TextModel

ROWS = [
    *((f"路灯第{n}盏不亮，晚上很黑", "灯") for n in range(30)),
    *((f"楼道里第{n}袋垃圾很臭", "脏") for n in range(30)),
    *((f"邻居第{n}回半夜吵架", "吵") for n in range(30)),
]


def labels(model: TextModel, text: str) -> list[str]:
    return [guess.label for guess in model.guess(text)]


def test_the_same_data_in_any_order_give_the_same_bytes() -> None:
    mixed = list(ROWS)
    random.Random(1).shuffle(mixed)
    assert digest(fit_text(ROWS).to_bytes()) == digest(fit_text(mixed).to_bytes())


def test_other_data_give_other_bytes() -> None:
    assert fit_text(ROWS).to_bytes() != fit_text(ROWS[:-1]).to_bytes()


def test_a_kept_model_answers_as_the_one_that_was_kept() -> None:
    model = fit_text(ROWS)
    again = TextModel.from_bytes(model.to_bytes())
    text = "三号楼垃圾没人清"
    assert again.guess(text) == model.guess(text)
    assert labels(again, text)[0] == "脏"


def test_confidence_adds_up_and_the_words_that_speak_are_named() -> None:
    model = fit_text(ROWS)
    guesses = model.guess("门口路灯又不亮", 3)
    assert guesses[0].label == "灯"
    assert sum(guess.confidence for guess in guesses) == pytest.approx(1, abs=1e-6)
    assert "路灯" in model.words("门口路灯又不亮", "灯")


def test_a_text_copied_a_hundred_times_weighs_once() -> None:
    copied = [*ROWS, *[("路灯第1盏不亮，晚上很黑", "灯")] * 100]
    assert fit_text(copied).to_bytes() == fit_text(ROWS).to_bytes()


@pytest.mark.parametrize("text", ["", " \n\t", "😀", "🏳️‍🌈🏳️‍🌈", "zzzqqq", "\ud800"])
def test_a_text_without_a_known_sign_gets_no_answer(text: str) -> None:
    assert fit_text([row for row in ROWS if row[1] != "x"]).guess(text) == []


@pytest.mark.parametrize("text", ["灯", "路灯" * 50_000, "灯\t|\t灯\n" * 3000, "LED路灯 broken"])
def test_short_long_and_pasted_texts_are_answered(text: str) -> None:
    model = fit_text(ROWS)
    assert labels(model, text)[0] == "灯"
    assert len(plain(text)) <= 2000
    assert model.words(text, "灯") is not None


def test_traditional_full_width_and_capital_signs_count_as_the_plain_ones() -> None:
    assert plain("路燈壞了，樓道ＬＥＤ") == plain("路灯坏了,楼道led")


def test_a_text_that_names_the_answer_is_just_text() -> None:
    model = fit_text(ROWS)
    assert labels(model, "请归类为脏，标签：脏。路灯不亮，晚上很黑，路灯")[0] == "灯"


def test_a_class_with_one_example_does_no_harm() -> None:
    model = fit_text([*ROWS, ("电梯困人了快来", "梯")])
    assert set(model.linear.classes) == {"灯", "脏", "吵", "梯"}
    assert labels(model, "楼道垃圾臭")[0] == "脏"


def test_one_class_alone_and_two_classes_are_learnt() -> None:
    assert labels(fit_text([("路灯", "灯")]), "路灯") == ["灯"]
    two = fit_text([row for row in ROWS if row[1] != "吵"])
    assert labels(two, "垃圾臭")[0] == "脏"
    assert labels(two, "路灯黑")[0] == "灯"


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(ValueError, match="nothing"):
        fit_text([])
    with pytest.raises(ValueError, match="nothing"):
        fit_facts([])


def test_of_too_many_runs_of_signs_the_commonest_stay() -> None:
    keys, held = vocabulary(["abc", "abd", "xbz"], least=1, most=2)
    assert held.tolist() == [2, 3]
    assert chr(int(keys[1])) == "b" or chr(int(keys[0])) == "b"


def test_counts_of_a_text_are_those_of_its_runs() -> None:
    keys, times = counted("aab")
    assert len(keys) == 5  # a, b, aa, ab, aab
    assert times.sum() == 6


def handlers() -> list[tuple[dict[str, str], str]]:
    places = {"一街": "甲局", "二街": "乙局"}
    return [
        ({"kind": kind, "street": street}, "丙局" if kind == "水" else office)
        for street, office in places.items()
        for kind in ("路", "水", "树")
        for _again in range(10)
    ]


def test_a_handler_follows_from_the_matter_and_the_place() -> None:
    model = fit_facts(handlers())
    assert model.guess({"kind": "路", "street": "一街"})[0].label == "甲局"
    assert model.guess({"kind": "水", "street": "二街"})[0].label == "丙局"
    assert model.reasons({"kind": "水", "street": "二街"}, "丙局")[0].startswith("kind=水")
    again = FeatureModel.from_bytes(model.to_bytes())
    assert again.guess({"kind": "树"}) == model.guess({"kind": "树"})
    assert model.guess({"kind": "火"}) == []


def test_handlers_in_any_order_give_the_same_bytes() -> None:
    assert fit_facts(handlers()).to_bytes() == fit_facts(handlers()[::-1]).to_bytes()


def test_a_model_that_is_too_sure_is_made_modest() -> None:
    scores = np.array([[4.0, 0.0]] * 10)
    half = np.array([0, 1] * 5)
    assert fitted_temperature(scores, half) == pytest.approx(5.0)
    assert fitted_temperature(scores, np.zeros(10, np.int64)) < 0.1
    assert fitted_temperature(np.empty((0, 2)), np.empty(0, np.int64)) == 1.0


def test_calibration_leaves_out_labels_the_model_never_saw() -> None:
    model = fit_text(ROWS)
    assert calibrated(model.scores, model.linear.classes, [("电梯", "梯")]) == 1.0


def test_scores_are_those_of_the_textbook() -> None:
    score = scored([["a", "b"], ["a"], ["b", "a"], []], ["a", "b", "b", "c"])
    assert score.accuracy == 0.5
    assert score.top3 == 0.5
    assert score.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert scored([], []).accuracy is None

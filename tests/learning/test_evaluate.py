"""`gridpact orders evaluate`, and what learning reaches on labelled data where it is at hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from gridpact.cli.arguments import parser
from gridpact.cli.learning import evaluate
from gridpact.cli.output import CommandError
from gridpact.learning.fitting import fit_facts, fit_text
from gridpact.learning.scores import scored

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LAMP, DIRT = "路灯坏了晚上很黑", "垃圾没人清很臭"
ROWS = [(f"{LAMP}{n}", "灯") for n in range(8)] + [(f"{DIRT}{n}", "脏") for n in range(8)]


def table(path: Path, rows: list[tuple[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


def run(train: Path, test: Path, capsys: Any, *extra: str) -> Any:
    columns = extra or ("--text", "text", "--label", "label")
    given = ["orders", "evaluate", "--train", str(train), "--test", str(test), *columns, "--json"]
    evaluate(parser().parse_args(given))
    return json.loads(capsys.readouterr().out)


def test_it_prints_accuracy_and_macro_f1(tmp_path: Path, capsys: Any) -> None:
    train = table(tmp_path / "a.csv", ROWS, "utf-8-sig")
    test = table(tmp_path / "b.csv", [(LAMP, "灯"), (DIRT, "脏")], "gb18030")
    found = run(train, test, capsys)
    assert found == {
        "accuracy": 1.0, "macro_f1": 1.0, "top3": 1.0, "rows_train": 16, "rows_test": 2,
        "classes": 2,
    }  # fmt: skip


def test_empty_texts_are_answered_and_unknown_labels_count_as_wrong(
    tmp_path: Path, capsys: Any
) -> None:
    train = table(tmp_path / "a.csv", [*ROWS, ("没有标签", "")])
    test = table(tmp_path / "b.csv", [(LAMP, "灯"), ("", "脏"), ("x" * 100_000, "新")])
    found = run(train, test, capsys)
    assert found["rows_train"] == 16 and found["rows_test"] == 3
    assert found["accuracy"] < 1


def test_columns_with_few_values_are_learnt_too(tmp_path: Path, capsys: Any) -> None:
    rows = [("路", "甲局"), ("水", "乙局")] * 5
    path = table(tmp_path / "a.csv", rows)
    found = run(path, path, capsys, "--column", "text", "--label", "label")
    assert found["accuracy"] == 1.0


@pytest.mark.parametrize("wrong", ["titel", "Label"])
def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path, wrong: str) -> None:
    path = table(tmp_path / "a.csv", ROWS)
    args = parser().parse_args(
        ["orders", "evaluate", "--train", str(path), "--test", str(path), "--text", wrong,
         "--label", "label"]
    )  # fmt: skip
    with pytest.raises(CommandError) as error:
        evaluate(args)
    assert wrong in str(error.value) and "text, label" in str(error.value)


def test_files_without_a_label_are_refused(tmp_path: Path, capsys: Any) -> None:
    full, empty = table(tmp_path / "a.csv", ROWS), table(tmp_path / "b.csv", [])
    for train, test in ((full, empty), (empty, full)):
        with pytest.raises(CommandError, match=r"b\.csv"):
            run(train, test, capsys)


def read(name: str) -> list[dict[str, str]]:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"the labelled data {name} are not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def folds(texts: list[str], labels: list[str], used: int) -> float:
    """Macro-F1 over the first `used` of five folds, rows dealt out in turn within each label."""
    order = sorted(range(len(labels)), key=lambda at: (labels[at], at))
    fold = {at: turn % 5 for turn, at in enumerate(order)}
    answers, truth = [], []
    for each in range(used):
        held = [at for at in fold if fold[at] == each]
        model = fit_text([(texts[at], labels[at]) for at in fold if fold[at] != each])
        answers += [[g.label for g in model.linear.best(model.scores(texts[at]), 3)] for at in held]
        truth += [labels[at] for at in held]
    found = scored(answers, truth).macro_f1
    assert found is not None
    return found


def test_real_messages_are_told_apart() -> None:
    rows = read("tipdm2020c/dev/labelled_raw.csv")
    texts = [f"{row['title']}\n{row['text']}" for row in rows]
    assert folds(texts, [row["label"] for row in rows], used=5) >= 0.80


def test_segmented_messages_are_told_apart() -> None:
    rows = read("tipdm2020c/dev/labelled_segmented_1.csv")
    rows += read("tipdm2020c/dev/labelled_segmented_2.csv")
    found = folds([row["tokens"] for row in rows], [row["label"] for row in rows], used=2)
    assert found >= 0.91


def test_the_right_unit_is_named_first_or_within_three() -> None:
    rows = read("pingshan2018/dev/orders.csv")
    rows.sort(key=lambda row: (row["create_date"], int(row["rec_id"])))
    names = ("sub_type", "main_type", "type", "community", "street", "property", "source")
    told = [({name: row[name] for name in names}, row["dispose_unit"]) for row in rows]
    cut = round(len(told) * 0.7)
    model = fit_facts(told[:cut])
    answers = [
        [g.label for g in model.linear.best(model.scores(given), 3)] for given, _ in told[cut:]
    ]
    score = scored(answers, [unit for _given, unit in told[cut:]])
    assert score.accuracy is not None and score.accuracy >= 0.60
    assert score.top3 is not None and score.top3 >= 0.80

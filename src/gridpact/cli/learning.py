"""`gridpact orders evaluate`: learn on one labelled file, print how well another is answered."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gridpact.cli.output import CommandError, show
from gridpact.cli.tables import read_table, require_columns
from gridpact.learning.fitting import fit_facts, fit_text
from gridpact.learning.scores import Score, scored
from gridpact.learning.text_model import joined

Rows = list[dict[str, str]]


def evaluate(args: Namespace) -> None:
    """Print accuracy and macro-F1; an empty text is answered, an unknown label counts as wrong."""
    wanted = [*(args.text or args.column), args.label]
    train, test = _rows(args.train, wanted), _rows(args.test, wanted)
    known = [row for row in train if row[args.label]]
    if not known:
        raise CommandError(_("%(file)s has no labelled row") % {"file": args.train})
    truth = [row for row in test if row[args.label]]
    if not truth:
        raise CommandError(_("%(file)s has no labelled row") % {"file": args.test})
    answers, classes = _answers(args, known, truth)
    score = scored(answers, [row[args.label] for row in truth])
    _show(args, score, len(known), classes)


def _answers(args: Namespace, train: Rows, test: Rows) -> tuple[list[list[str]], int]:
    """The three likeliest labels of each test row, and how many labels were learnt."""
    if args.text:
        texts = fit_text([(joined([row[c] for c in args.text]), row[args.label]) for row in train])
        scores = (texts.scores(joined([row[c] for c in args.text])) for row in test)
        linear = texts.linear
    else:
        facts = fit_facts([({c: row[c] for c in args.column}, row[args.label]) for row in train])
        scores = (facts.scores({c: row[c] for c in args.column}) for row in test)
        linear = facts.linear
    answers = [[guess.label for guess in linear.best(each, 3)] for each in scores]
    return answers, len(linear.classes)


def _show(args: Namespace, score: Score, rows_train: int, classes: int) -> None:
    value: dict[str, Any] = {
        "accuracy": _four(score.accuracy),
        "macro_f1": _four(score.macro_f1),
        "top3": _four(score.top3),
        "rows_train": rows_train,
        "rows_test": score.rows,
        "classes": classes,
    }
    show(args, value, [f"{name:12}{number}" for name, number in value.items()])


def _four(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _rows(path: Path, wanted: list[str]) -> Rows:
    """The wanted columns, without blanks around them."""
    header, rows = read_table(path)
    require_columns(path, header, wanted)
    return [{name: (row[name] or "").strip() for name in wanted} for row in rows]

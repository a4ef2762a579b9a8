"""`gridpact orders evaluate`: learn on one labelled file, print how well another is answered."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gridpact.cli.output import CommandError, show
from gridpact.learning.fitting import fit_facts, fit_text
from gridpact.learning.scores import Score, scored
from gridpact.learning.text_model import joined

_FIELD = 10_000_000  # signs of one field; complaints are pasted with whole contracts
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


def _rows(path: Path, wanted: Sequence[str]) -> Rows:
    """The wanted columns of a .csv in UTF-8 or GB 18030, without blanks around them."""
    csv.field_size_limit(_FIELD)
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    header = reader.fieldnames or []
    for name in wanted:
        if name not in header:
            facts = {"file": path, "name": name, "header": ", ".join(header)}
            raise CommandError(_("%(file)s has no column “%(name)s”; it has: %(header)s") % facts)
    try:
        return [{name: (row[name] or "").strip() for name in wanted} for row in reader]
    except csv.Error as error:
        facts = {"file": path, "line": reader.line_num, "why": error}
        raise CommandError(_("%(file)s, line %(line)s: %(why)s") % facts) from error


def _text(path: Path) -> str:
    raw = path.read_bytes().replace(b"\0", b"")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError(_("%(file)s is neither UTF-8 nor GB 18030 text") % {"file": path})

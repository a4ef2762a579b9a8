"""How good answers were: accuracy, macro-F1, within three, and by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: how many rows have it, how many were named it, how many of these rightly."""

    label: str
    rows: int
    named: int
    right: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 to 1."""
        total = self.rows + self.named
        return 2 * self.right / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """What held-back rows say; shares are None without rows."""

    rows: int
    accuracy: float | None
    macro_f1: float | None
    top3: float | None
    by_class: list[ClassScore] = field(default_factory=list)


def scored(answers: Sequence[Sequence[str]], truth: Sequence[str]) -> Score:
    """Each row's answers, the likeliest first, against what was right.

    Macro-F1 is over the classes that occur as truth or as first answer, as usual.
    """
    if not truth:
        return Score(0, None, None, None)
    first = [row[0] if row else "" for row in answers]
    rows, named = Counter(truth), Counter(filter(None, first))
    right = Counter(label for label, answer in zip(truth, first, strict=True) if label == answer)
    labels = sorted(rows | named)
    found = [ClassScore(each, rows[each], named[each], right[each]) for each in labels]
    three = sum(label in row[:3] for label, row in zip(truth, answers, strict=True))
    return Score(
        len(truth),
        right.total() / len(truth),
        sum(each.f1 for each in found) / len(found),
        three / len(truth),
        found,
    )

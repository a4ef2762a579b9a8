"""Which label a text most likely has, how sure that is, and which of its words say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gridpact.learning.linear import Guess, Linear, as_bytes, from_bytes
from gridpact.learning.ngrams import Keys, grams, placed, plain, weighed

MAX_WORDS = 5


@dataclass(frozen=True, slots=True)
class TextModel:
    """N-grams in order of their numbers, how rare each is, and a linear model over them."""

    keys: Keys
    idf: NDArray[np.float32]
    linear: Linear

    def scores(self, text: str) -> NDArray[np.float32]:
        """The score of each class of `linear.classes`."""
        return self.linear.scores(*weighed(plain(text), self.keys, self.idf))

    def guess(self, text: str, most: int = 3) -> list[Guess]:
        """The likeliest labels; none for a text without a sign the model has ever seen."""
        where, values = weighed(plain(text), self.keys, self.idf)
        if not len(where):
            return []
        return self.linear.best(self.linear.scores(where, values), most)

    def words(self, text: str, label: str, most: int = MAX_WORDS) -> list[str]:
        """The words of the text that speak most for `label`, the strongest first.

        What each n-gram adds to the score is shared out among its signs, then summed by word.
        """
        told = plain(text)
        if not told or label not in self.linear.classes:
            return []
        power = self._by_sign(told, self.linear.classes.index(label))
        found: dict[str, float] = {}
        start = 0
        for word in _cut(told):
            end = start + len(word)
            if len(word) > 1 and word.isalpha():
                found[word] = max(found.get(word, 0.0), float(power[start:end].sum()))
            start = end
        ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        return [word for word, strength in ranked[:most] if strength > 0]

    def _by_sign(self, told: str, column: int) -> NDArray[np.float64]:
        """What each sign of a plain text adds to the score of one class."""
        where, values = weighed(told, self.keys, self.idf)
        power = np.zeros(len(self.keys), np.float32)
        power[where] = values * self.linear.weights[where, column].astype(np.float32)
        signs = np.zeros(len(told))
        for extra, found in enumerate(grams(told)):
            places, known = placed(self.keys, found)
            strength = np.where(known, power[places] if len(power) else 0.0, 0.0) / (extra + 1)
            for offset in range(extra + 1):
                signs[offset : offset + len(found)] += strength
        return signs

    def to_bytes(self) -> bytes:
        """The model as one file; the same model gives the same bytes."""
        return as_bytes({"keys": self.keys, "idf": self.idf, **self.linear.arrays()})

    @classmethod
    def from_bytes(cls, blob: bytes) -> Self:
        """The model of `to_bytes`."""
        arrays = from_bytes(blob)
        return cls(arrays["keys"], arrays["idf"], Linear.of(arrays))


def joined(parts: Sequence[str]) -> str:
    """Title and text as one text."""
    return "\n".join(filter(None, (part.strip() for part in parts)))


@cache
def _cutter() -> Any:
    # Its dictionary takes tens of megabytes: only processes that explain load it.
    import rjieba  # noqa: PLC0415

    return rjieba


def _cut(text: str) -> list[str]:
    words: list[str] = _cutter().cut(text)
    return words

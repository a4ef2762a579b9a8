"""Texts as counts of their character n-grams: one 64-bit number for each run of 1 to 3 signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gridpact.core.script import simplified

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]

MAX_SIGNS = 2000  # of one text; what follows is not read
MAX_FEATURES = 1 << 17
_SHIFT = np.uint64(21)  # a code point has 21 bits, so three of them are exact
_CHUNK = 4000  # texts whose n-grams are held at once
_BLANK = re.compile(r"\s+")


def plain(text: str) -> str:
    """The text as it is counted: one form of each sign, small letters, single blanks, cut."""
    cut = unicodedata.normalize("NFKC", text[: 2 * MAX_SIGNS]).lower()
    return _BLANK.sub(" ", simplified(cut)).strip()[:MAX_SIGNS]


def grams(text: str) -> list[Keys]:
    """The 1-, 2- and 3-grams of a plain text, each in the order of its signs."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    pairs = (codes[:-1] << _SHIFT) | codes[1:]
    triples = (pairs[:-1] << _SHIFT) | codes[2:] if len(codes) > 2 else pairs[:0]
    return [codes, pairs, triples]


def counted(text: str) -> tuple[Keys, NDArray[np.int64]]:
    """The distinct n-grams of a plain text and how often each stands in it."""
    return np.unique(np.concatenate(grams(text)), return_counts=True)


def vocabulary(
    texts: Sequence[str], *, least: int = 2, most: int = MAX_FEATURES
) -> tuple[Keys, Counts]:
    """N-grams that stand in at least `least` of the plain texts, and in how many; sorted.

    Of more than `most` the commonest stay, of equally common ones those with smaller numbers.
    """
    keys, held = np.empty(0, np.uint64), np.empty(0, np.int64)
    for start in range(0, len(texts), _CHUNK):
        found = [counted(text)[0] for text in texts[start : start + _CHUNK]]
        fresh, times = np.unique(np.concatenate(found), return_counts=True)
        keys, held = _merged(keys, held, fresh, times)
    often = held >= least
    keys, held = keys[often], held[often]
    if len(keys) > most:
        kept = np.sort(np.lexsort((keys, -held))[:most])
        keys, held = keys[kept], held[kept]
    return keys, held


def _merged(
    keys: Keys, held: NDArray[np.int64], fresh: Keys, times: NDArray[np.int64]
) -> tuple[Keys, NDArray[np.int64]]:
    both, where = np.unique(np.concatenate([keys, fresh]), return_inverse=True)
    total = np.zeros(len(both), np.int64)
    np.add.at(total, where, np.concatenate([held, times]))
    return both, total


def placed(keys: Keys, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of `wanted` stands in the sorted `keys`, and whether it stands there at all."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    where = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return where, keys[where] == wanted


def weighed(text: str, keys: Keys, idf: NDArray[np.float32]) -> tuple[Counts, NDArray[np.float32]]:
    """Features of a plain text: their places in `keys`, and their weights of length 1 together.

    A weight is (1 + ln count) times how rare the n-gram is.
    """
    found, times = counted(text)
    where, known = placed(keys, found)
    where = where[known]
    values = ((1 + np.log(times[known])) * idf[where]).astype(np.float32)
    length = float(np.sqrt(np.sum(values * values)))
    return where, values / length if length else values


def rarity(held: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    """The smoothed inverse share of texts that hold an n-gram."""
    return (np.log((1 + texts) / (1 + held)) + 1).astype(np.float32)


def once(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Every (text, label) once, sorted: a copied text weighs no more than one."""
    return sorted(set(rows))

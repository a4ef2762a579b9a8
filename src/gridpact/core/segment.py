"""Chinese texts as words with their places, for the index of words and for questions to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from gridpact.core.script import simplified

LONGEST_WORD = 40  # signs of one word
# Words that say nothing by themselves: in no index, and left out of questions.
_EMPTY = """
的 了 着 过 吗 呢 吧 啊 呀 嘛 和 与 及 或 而 但 就 都 也 还 又 很 太 更 最
在 是 有 这 那 之 其 把 被 让 给 对 向 从 到 于 以 为 个 请
我 你 您 他 她 它 们 我们 你们 他们 这个 那个 一个 什么 怎么 可以 已经 以及
a an the of to in is and or
"""
STOP = frozenset(_EMPTY.split())


class Word(NamedTuple):
    """A word and where it begins in the folded text, in signs."""

    text: str
    at: int


class _Folded(dict[int, str]):
    """Signs as they are compared, each worked out when it is first met."""

    def __missing__(self, sign: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(sign)).lower()
        folded = simplified(plain if len(plain) == 1 else chr(sign))
        if len(self) < _SIGNS_KEPT:  # whoever writes in all signs there are shall not fill memory
            self[sign] = folded
        return folded


_SIGNS_KEPT = 50_000
_FOLDED = _Folded()


def fold(text: str) -> str:
    """Full-width signs to plain ones, capitals to small, traditional to simplified.

    Each sign stays at its place, and becomes the same whatever stands beside it.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDED)


class Names:
    """Names of the district (places, organisations, people), found longest first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = {}
        for name in sorted({fold(each.strip()) for each in names}, key=len, reverse=True):
            if 2 <= len(name) <= LONGEST_WORD and name.isalnum():
                self._by_head.setdefault(name[:2], []).append(name)

    def find(self, text: str) -> Iterator[Word]:
        """Names in a folded text, from left to right, none inside another."""
        at = 0
        while at < len(text) - 1:
            name = next(
                (n for n in self._by_head.get(text[at : at + 2], ()) if text.startswith(n, at)), ""
            )
            if name:
                yield Word(name, at)
            at += len(name) or 1


NO_NAMES = Names(())


def all_words(text: str, names: Names = NO_NAMES) -> Iterator[Word]:
    """Every word of the dictionary and every single sign in a folded text, and the names in it.

    So a word of a question is found wherever it stands, however the sentence around it is cut.
    """
    yield from names.find(text)
    at, here = 0, set[str]()
    for part in _jieba().cut_all(text):
        found = text.find(part, at + 1 if part in here else at)
        if found < 0:
            continue
        if found != at:
            at, here = found, set()
        here.add(part)
        if part.isalnum() and part not in STOP:
            yield Word(part[:LONGEST_WORD], at)


def cut(text: str) -> list[Word]:
    """The words of a folded text one after the other, signs that mean nothing left out.

    Without guesses at unknown words: the same words come out whatever stands around them.
    """
    words, at = [], 0
    for part in _jieba().cut(text, hmm=False):
        if part.isalnum():
            words.append(Word(part[:LONGEST_WORD], at))
        at += len(part)
    return words


def parts_of(word: str) -> list[str]:
    """The words of two signs and more within a long word, and the word itself."""
    parts = _jieba().cut_for_search(word, hmm=False)
    return [part for part in parts if len(part) > 1 and part.isalnum()]


def people_in(text: str) -> list[str]:
    """What reads like names of people, longest first."""
    found = {part for part, kind in _jieba().tag(text) if kind == "nr" and 2 <= len(part) <= 4}
    return sorted(found, key=lambda name: (-len(name), name))


@cache
def _jieba() -> Any:
    """The dictionary: some 45 MB, so only processes that search or index load it."""
    import rjieba  # noqa: PLC0415  # its import alone loads the dictionary

    return rjieba

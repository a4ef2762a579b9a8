"""Orders as lists of words, and questions in words: both sides of the index speak alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gridpact.core.segment import NO_NAMES, STOP, Names, Word, all_words, cut, fold, parts_of

MOST_SIGNS = 12_000  # of one order; what follows is not searched
MOST_TERMS = 12  # of one question
LAST_PLACE = 16_383  # tsvector counts no further
_GAP = 20  # places between two texts, so that no phrase spans them
_QUOTED = re.compile(r"[\"“”「]([^\"“”「」]+)[\"“”」]")

# Marks in the index beside the words: no text can contain them, since words hold no such sign.
SOLVED_MARK, OFFERED_MARK, BOARD_MARK = "@z", "@f", "@p"


BATCH_BITS = 14  # orders of one batch mark: 16,384 numbers one after the other


def batch_mark(order_id: int) -> str:
    """Placed about the same time: the newest of a common word are found by the newest batches."""
    return f"@b{order_id >> BATCH_BITS}"


def cell_mark(cell_id: int) -> str:
    """Lies in or under this cell."""
    return f"@c{cell_id}"


def quoted(lexeme: str) -> str:
    """A word or mark as tsquery and tsvector read it; words hold letters and digits only."""
    return f"'{lexeme}'"


@dataclass(frozen=True, slots=True)
class Part:
    """A text of an order and its weight: A title, B text, C place and category, D the answer."""

    text: str
    weight: str


def vector(parts: Iterable[Part], marks: Iterable[str], names: Names = NO_NAMES) -> str:
    """The tsvector of an order as text. A place is the sign's number, so phrases are exact."""
    places: dict[str, list[str]] = {}
    start = 1
    for part in parts:
        text = fold(part.text[: max(MOST_SIGNS - start, 0)])
        for word in all_words(text, names):
            places.setdefault(word.text, []).append(f"{start + word.at}{part.weight}")
        start += len(text) + _GAP
    words = [f"{quoted(word)}:{','.join(at[:50])}" for word, at in places.items()]
    return " ".join([*words, *map(quoted, marks)])


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: as tsquery, less strictly, and as the text to be marked in results."""

    query: str
    surface: str
    loose: str = ""


@dataclass(frozen=True)
class Asked:
    """A question in words; `typed` is how it was written, sign by sign as long as the folded."""

    terms: tuple[Term, ...]
    typed: str = ""

    @cached_property
    def every(self) -> str:
        """All of the words."""
        return " & ".join(f"({term.query})" for term in self.terms)

    @cached_property
    def any(self) -> str:
        """One of the words at least; the signs of an unknown word may stand apart."""
        return " | ".join(f"({term.loose or term.query})" for term in self.terms)

    @property
    def surfaces(self) -> list[str]:
        """What to mark, longest first."""
        return sorted({term.surface for term in self.terms}, key=lambda text: (-len(text), text))

    @property
    def says_nothing(self) -> bool:
        """Only words that are in every text and therefore in no index, such as 的 and 请."""
        words = [word.text for term in self.terms for word in cut(term.surface)]
        return bool(words) and all(word in STOP for word in words)

    def writings(self, term: Term) -> set[str]:
        """A term as it is indexed and as it was typed, which may be in traditional signs."""
        at = fold(self.typed).find(term.surface)
        return {term.surface, self.typed[max(at, 0) :][: len(term.surface)] or term.surface}


def asked_in(question: str, names: Names = NO_NAMES) -> Asked:
    """The words of a question; what stands in quotes is looked for word by word in that order."""
    terms: list[Term] = []
    folded = fold(question.replace("\x00", " "))
    rest = folded
    for found in _QUOTED.finditer(folded):
        terms += _phrase(found[1])
        rest = rest.replace(found[0], " ")
    terms += _loose(rest, names)
    telling = [term for term in terms if term.surface not in STOP]
    return Asked(tuple(dict.fromkeys(telling or terms))[:MOST_TERMS], question)


def says_nothing(question: str) -> bool:
    """A question of words that are in no index: nothing can be found, and the page says why."""
    return bool(question.strip()) and asked_in(question[:200]).says_nothing


def either(lexemes: Iterable[str]) -> str:
    """One of these words or marks."""
    return " | ".join(map(quoted, lexemes))


def _phrase(text: str) -> list[Term]:
    words = cut(text)
    if not words:
        return []
    return [Term(_in_order(words), text[words[0].at : words[-1].at + len(words[-1].text)])]


def _in_order(words: Sequence[Word]) -> str:
    """The words at exactly these distances; stop words are in no index and only count as room."""
    told = [word for word in words if word.text not in STOP] or list(words)
    query, before = quoted(told[0].text), told[0].at
    for word in told[1:]:
        query += f" <{word.at - before}> {quoted(word.text)}"
        before = word.at
    return query


def _loose(text: str, names: Names) -> Iterator[Term]:
    """Names of the district, words, and runs of single signs, which are names nobody listed."""
    for name in names.find(text):
        whole = _phrase(name.text)
        yield Term(f"{quoted(name.text)} | ({whole[0].query})", name.text)
        text = text.replace(name.text, " " * len(name.text), 1)
    run: list[Word] = []
    for word in [*cut(text), None]:
        single = word is not None and len(word.text) == 1 and not word.text.isascii()
        if word is not None and single and (not run or word.at == run[-1].at + 1):
            run.append(word)
            continue
        if run:
            yield from _run(run)
            run = [word] if word is not None and single else []
        if word is not None and not single:
            yield Term(quoted(word.text), word.text, _parts_of(word.text))


def _parts_of(word: str) -> str:
    """The words that a long word is made of, all of them; empty where there are none."""
    parts = [part for part in parts_of(word) if part != word] if len(word) > 3 else []
    return " & ".join(map(quoted, parts))


def _run(run: Sequence[Word]) -> Iterator[Term]:
    """Single signs side by side, without the stop words at either end."""
    while len(run) > 1 and run[0].text in STOP:
        run = run[1:]
    while len(run) > 1 and run[-1].text in STOP:
        run = run[:-1]
    loose = " & ".join(quoted(word.text) for word in run)
    yield Term(_in_order(run), "".join(word.text for word in run), loose)

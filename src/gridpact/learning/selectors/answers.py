"""What the models in use, or else the words of the code table, say about an order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as filled
from typing import Any, Self

from gridpact.grid.tree import Tree, tree
from gridpact.learning.choices import Field
from gridpact.learning.linear import Guess
from gridpact.learning.loaded import TEXT_FIELDS, active_versions, handler_model, text_model
from gridpact.learning.models import Learnt
from gridpact.learning.ngrams import plain
from gridpact.learning.selectors.examples import areas, facts_of, usable
from gridpact.learning.text_model import joined
from gridpact.orders.models import Category

_PIECES = re.compile(r"[、与和及/（）()，, ]+")
_LOOKED_AT = 8  # likeliest values of which those of today's code table are kept
_OTHERS = 2
MOST_SURE = 0.99  # no text is ever certain


@dataclass(frozen=True, slots=True)
class Answer:
    """One field: the value, how sure, the next likeliest, the words that say so."""

    field: Field
    value: str = ""
    confidence: float | None = None
    others: list[tuple[str, float]] = filled(default_factory=list)
    evidence: list[str] = filled(default_factory=list)
    learnt: int | None = None


@dataclass(frozen=True, slots=True)
class Answerer:
    """Everything needed to answer for any number of orders, read once."""

    on: Collection[Field]
    active: Mapping[str, Learnt]
    usable: Mapping[Field, Collection[str]]
    names: Mapping[str, str]  # pieces of names of categories → code
    areas: Mapping[str, str]
    tree: Tree

    @classmethod
    def ready(cls, on: Collection[Field]) -> Self:
        """The models in use and today's code tables."""
        return cls(
            on,
            active_versions(),
            {field: usable(field) for field in TEXT_FIELDS},
            _names(),
            areas(),
            tree(),
        )

    def answers(self, row: Mapping[str, Any]) -> Iterator[Answer]:
        """One answer for each field that is switched on, empty where there is nothing to say."""
        text = joined((row["title"], row["text"]))
        found = {each: self._of_text(each, text) for each in TEXT_FIELDS if each in self.on}
        yield from found.values()
        if Field.HANDLER in self.on:
            yield self._handler(row, {each: answer.value for each, answer in found.items()})

    def _of_text(self, field: Field, text: str) -> Answer:
        learnt = self.active.get(field)
        if learnt is None:
            return self._by_words(field, text)
        model = text_model(learnt.pk)
        known = [one for one in model.guess(text, _LOOKED_AT) if one.label in self.usable[field]]
        if not known:
            return Answer(field, learnt=learnt.pk)
        return _answer(field, known, model.words(text, known[0].label), learnt)

    def _handler(self, row: Mapping[str, Any], told: Mapping[Field, str]) -> Answer:
        """Learnt only; the words of the code table name nobody. The rules of routing do."""
        learnt = self.active.get(Field.HANDLER)
        if learnt is None:
            return Answer(Field.HANDLER)
        given = dict(row)
        given["klass"] = row["klass"] or told.get(Field.KLASS, "")
        given["category__code"] = row["category__code"] or told.get(Field.CATEGORY, "")
        facts = facts_of(given, self.tree, self.areas)
        model = handler_model(learnt.pk)
        guesses = model.guess(facts)
        if not guesses:
            return Answer(Field.HANDLER, learnt=learnt.pk)
        why = model.reasons(facts, guesses[0].label)
        return _answer(Field.HANDLER, guesses, why, learnt)

    def _by_words(self, field: Field, text: str) -> Answer:
        """The category whose name stands in the text, the longest piece of a name first."""
        told = plain(text)
        piece = next((each for each in self.names if each in told), "")
        if not piece or field is Field.KLASS:
            return Answer(field)
        code = self.names[piece]
        value = self.areas[code] if field is Field.AREA else code
        return Answer(field, value, evidence=[piece])


def _answer(field: Field, guesses: list[Guess], evidence: list[str], learnt: Learnt) -> Answer:
    first, *others = guesses
    return Answer(
        field,
        first.label,
        round(min(first.confidence, MOST_SURE), 3),
        [(one.label, round(one.confidence, 3)) for one in others[:_OTHERS]],
        evidence,
        learnt.pk,
    )


def _names() -> dict[str, str]:
    """Pieces of two signs or more of the names of categories in use, the longest first."""
    found: dict[str, str] = {}
    rows = Category.objects.filter(is_active=True, parent__isnull=False).order_by("code")
    for code, name in rows.values_list("code", "name"):
        for piece in _PIECES.split(plain(name)):
            if len(piece) > 1:
                found.setdefault(piece, code)
    return dict(sorted(found.items(), key=lambda each: (-len(each[0]), each[0])))

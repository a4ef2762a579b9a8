"""Asking all rules about one order: one pass over the text, without backtracking.

All words and patterns of a version stand in one automaton (RE2), so the time does not grow with
their number, and no pattern can take forever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import re2
from django.utils.translation import gettext_lazy as _

from gridpact.routing.choices import Hours
from gridpact.routing.rule import Conditions, Target

_MEMORY = 1 << 20  # bytes one pattern may take; more is refused on save
_SET_MEMORY = 64 << 20
_SHOWN = 40  # signs of a text that a "why" quotes


class BadPattern(ValueError):
    """A pattern the engine does not take, with its reason in the reader's language."""


# What the engine says, and how a person says it; the part it stumbled over follows.
_REASONS = {
    "missing )": _("a bracket ( is not closed"),
    "unexpected )": _("a bracket ) is too many"),
    "missing ]": _("a bracket [ is not closed"),
    "no argument for repetition operator": _("nothing stands before the sign of repetition"),
    "bad repetition operator": _("two signs of repetition stand side by side"),
    "invalid repetition size": _("the number of repetitions is not possible"),
    "invalid escape sequence": _("this sign after \\ is unknown"),
    "invalid perl operator": _("looking ahead or back is not possible"),
    "invalid character class range": _("the range in [ ] is the wrong way round"),
    "trailing \\": _("nothing stands after the last \\"),
}


def _in_words(reason: str) -> str:
    """The engine's reason as people say it; one that is not listed stays as it is."""
    said, _sign, part = reason.partition(": ")
    known = _REASONS.get(said)
    return reason if known is None else ": ".join(filter(None, (str(known), part)))


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = memory
    return options


def compiled_pattern(pattern: str) -> Any:
    """The pattern for one search. Raises `BadPattern`: bad syntax, back references, too large."""
    try:
        return re2.compile(pattern, _options(_MEMORY))
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise BadPattern(_in_words(text)) from error


@dataclass(slots=True)
class Facts:
    """What rules may know of an order. `path` is the cell's, `at` the local time of placing."""

    path: str
    kind: str
    channel: str
    text: str
    at: datetime
    photos: bool
    working: Callable[[datetime], bool]
    klass: str = ""
    categories: frozenset[str] = frozenset()


@dataclass(slots=True)
class Ready:
    """A rule ready to be asked: the same checks as its conditions, as quick as they can be."""

    id: int
    name: str
    conditions: Conditions
    target: Target
    inside: str = ""  # "/12/": a part of the path of every cell under the rule's cell
    minutes: tuple[int, int] | None = None
    any_of: frozenset[int] = frozenset()
    all_of: frozenset[int] = frozenset()
    none_of: frozenset[int] = frozenset()

    def fits(self, facts: Facts, heard: Callable[[], frozenset[int]]) -> bool:
        """All conditions hold; the text is looked at last."""
        return self._fits_order(facts) and self._fits_time(facts) and self._fits_text(heard)

    def _fits_order(self, facts: Facts) -> bool:
        want = self.conditions
        return (
            self.inside in facts.path
            and (not want.kinds or facts.kind in want.kinds)
            and (not want.channels or facts.channel in want.channels)
            and (not want.classes or facts.klass in want.classes)
            and (not want.categories or not facts.categories.isdisjoint(want.categories))
            and (want.photos is None or want.photos == facts.photos)
        )

    def _fits_time(self, facts: Facts) -> bool:
        want = self.conditions
        if want.weekdays and facts.at.isoweekday() not in want.weekdays:
            return False
        if self.minutes is not None:
            first, last = self.minutes
            now = facts.at.hour * 60 + facts.at.minute
            if not (first <= now < last if first < last else now >= first or now < last):
                return False
        return not want.hours or facts.working(facts.at) == (want.hours == Hours.WORKING)

    def _fits_text(self, heard: Callable[[], frozenset[int]]) -> bool:
        if not (self.any_of or self.all_of or self.none_of):
            return True
        found = heard()
        return (
            (not self.any_of or not self.any_of.isdisjoint(found))
            and self.all_of <= found
            and self.none_of.isdisjoint(found)
        )


@dataclass(slots=True)
class RuleBook:
    """The rules of one stage, in order, over one automaton."""

    rules: list[Ready] = field(default_factory=list)
    _marks: dict[tuple[str, bool], int] = field(default_factory=dict)
    _set: Any = None

    def add(self, rule: Ready) -> None:
        """Add the next rule; its pattern must have passed `compiled_pattern`."""
        want = rule.conditions
        rule.any_of = frozenset(self._mark(word) for word in want.any_words)
        needed = {self._mark(word) for word in want.all_words}
        if want.pattern:
            needed.add(self._mark(want.pattern, is_pattern=True))
        rule.all_of = frozenset(needed)
        rule.none_of = frozenset(self._mark(word) for word in want.no_words)
        rule.minutes = minutes_of(want)
        self.rules.append(rule)

    def _mark(self, text: str, *, is_pattern: bool = False) -> int:
        # Mark 0 is the empty pattern: it is always found, unless the engine gave up.
        return self._marks.setdefault((text, is_pattern), len(self._marks) + 1)

    def close(self) -> None:
        """Build the automaton; call once after the last rule."""
        self._set = re2.Set.SearchSet(_options(_SET_MEMORY))
        self._set.Add("")
        for text, is_pattern in self._marks:
            self._set.Add(text if is_pattern else re2.escape(text))
        self._set.Compile()

    def first(self, facts: Facts) -> Ready | None:
        """The first rule that fits."""
        kept: list[frozenset[int]] = []

        def heard() -> frozenset[int]:
            if not kept:
                kept.append(self._heard(facts.text))
            return kept[0]

        return next((rule for rule in self.rules if rule.fits(facts, heard)), None)

    def _heard(self, text: str) -> frozenset[int]:
        """The marks of words and patterns that stand in the text."""
        found = frozenset(self._set.Match(text))
        if 0 in found:
            return found
        lower = text.lower()  # the automaton ran out of memory: one by one, slower, same answer
        return frozenset(
            mark
            for (word, is_pattern), mark in self._marks.items()
            if (compiled_pattern(word).search(text) if is_pattern else word.lower() in lower)
        )


def minutes_of(want: Conditions) -> tuple[int, int] | None:
    """Minutes of the day from `since` to `until` (excluded); None when neither is set.

    Raises ValueError for what is no time of day.
    """
    if not (want.since or want.until):
        return None
    first = time.fromisoformat(want.since or "00:00")
    last = time.fromisoformat(want.until) if want.until else None
    end = 24 * 60 if last is None else last.hour * 60 + last.minute
    return first.hour * 60 + first.minute, end


def quoted(want: Conditions, text: str) -> list[tuple[str, str]]:
    """What the text conditions found, for "why": (field, words as they stand in the text)."""
    lower = text.lower()
    lines = []
    for name in ("any_words", "all_words"):
        found = [word for word in getattr(want, name) if word.lower() in lower]
        if found:
            lines.append((name, "、".join(found)))
    if want.pattern:
        found_at = compiled_pattern(want.pattern).search(text)
        lines.append(("pattern", found_at.group(0)[:_SHOWN] if found_at else ""))
    return lines


def book(rules: Iterable[Ready]) -> RuleBook:
    """A book of these rules, ready to be asked."""
    made = RuleBook()
    for rule in rules:
        made.add(rule)
    made.close()
    return made

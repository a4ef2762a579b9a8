"""Cuts a pasted text into title, example, entries and tail by the numbering of its lines."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace

from gridpact.doors.chain.entry import Entry, read_entry
from gridpact.doors.chain.text import MARK, normal_title, normalise

_EXAMPLE = re.compile(r"(?:示例|例如|例|Example)\s*(?:[:：]|\d|(?=\s)|$)", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:\(\s?(\d{1,5})\s?\)|(\d{1,5})\s?([.．。、,，:：)）])|(\d{1,5}) (?=\D))\s*"
)
_AFTER_SIGN = re.compile(
    r"\d{1,3}\s?(?:栋|幢|座|号楼|#|单元)|\d{1,3}[-－—–]\d{1,4}[-－—–]\d|1[3-9]\d{9}(?!\d)"
)
_UNIT = re.compile(r"(?:月\s?\d|年\s?\d|日\s|点|时\s?\d|分钟|米|元|%|℃)")


@dataclass(frozen=True, slots=True)
class Unread:
    """A line (1-based) that was not understood: empty, number_inside, between, other_chain."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as it was read. `rest` is the text of further chains of the same paste."""

    title: str
    example: tuple[str, ...]
    entries: tuple[Entry, ...]
    tail: tuple[str, ...]
    unread: tuple[Unread, ...]
    marked: bool
    digest: str
    rest: str = ""

    @property
    def key(self) -> str:
        """What makes pastes of one group and day the same chain."""
        return normal_title(self.title)


def parse_chain(text: str) -> Chain:
    """The chain of a paste: of several copies of one chain the last, of different ones the first.

    The others are then in `unread`, and as text in `rest`. Time grows with the length of the text.
    """
    chains = parse_chains(text)
    first, *others = [each for each in chains if each.entries] or chains[:1]
    if not others:
        return first
    if all(each.key == first.key for each in others):
        return others[-1]
    rest = others[0].rest
    lines = [Unread(_line_of(each), each.title, "other_chain") for each in others]
    return replace(first, unread=(*first.unread, *lines), rest=rest)


def _line_of(chain: Chain) -> int:
    return chain.entries[0].line if chain.entries else 0


def parse_chains(text: str) -> list[Chain]:
    """Every chain of a paste, at least one (perhaps without entries).

    `digest` is the SHA-256 of the text as it was pasted; `rest` of a chain is the text from it on.
    """
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    lines = normalise(text).split("\n")
    starts = _starts(lines)
    chains: list[Chain] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        chain = _Reader(start).read(lines[start:end], digest)
        chains.append(replace(chain, rest="\n".join(lines[start:]) if start else ""))
    return chains


def _starts(lines: list[str]) -> list[int]:
    """The lines at which chains begin: a mark behind entries begins the next one."""
    starts, expected = [0], 1
    for index, line in enumerate(lines):
        if MARK.search(line) and _opened(line, expected) is None:
            if expected > 1:
                starts.append(_title_above(lines, index, starts[-1]))
                expected = 1
        elif _opened(line, expected) is not None:
            expected += 1
    return starts


def _title_above(lines: list[str], mark: int, start: int) -> int:
    """Where a chain with its mark in line `mark` begins: at its title, if that stands above."""
    if MARK.sub("", lines[mark]).strip() or not lines[mark - 1]:
        return mark
    below = lines[mark + 1] if mark + 1 < len(lines) else ""
    if below and _opened(below, 1) is None and _EXAMPLE.match(below) is None:
        return mark
    above = mark - 1
    while above > start and lines[above]:
        above -= 1
    # Only a paragraph of its own; otherwise these lines continue the last entry.
    return mark if lines[above] or _opened(lines[above + 1], 1) else above + 1


def _opened(line: str, expected: int) -> re.Match[str] | None:
    """The opening of an entry with the expected number, or None."""
    found = _OPENING.match(line)
    if found is None or int(found[1] or found[2] or found[4]) != expected:
        return None
    rest = line[found.end() :]
    if found[4] is not None:
        return None if _UNIT.match(rest) else found
    sign = found[3] or ")"
    if sign in ")）" or not rest[:1].isdigit() or line[found.end() - 1] == " ":
        return found
    # `1.5米`, `12:30`, `1,000` are numbers; `2.3-1-101` and `1、5栋` are entries.
    return found if _AFTER_SIGN.match(rest) else None


def _looks_opened(line: str) -> bool:
    """An entry by its look, though its number is not the one expected."""
    found = _OPENING.match(line)
    return (
        found is not None
        and found[4] is None
        and (found[3] or ")") in ".．、)）"
        and not line[found.end() :][:1].isdigit()
    )


@dataclass(slots=True)
class _Open:
    """An entry that is being collected."""

    number: int
    line: int
    lines: list[str]
    inside: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads the lines of one chain; `first` is the index of its first line in the paste."""

    first: int
    title: list[str] = field(default_factory=list)
    example: list[str] = field(default_factory=list)
    done: list[_Open] = field(default_factory=list)
    tail: list[tuple[int, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    in_example: bool = False
    run_in_example: bool = False
    after_blank: bool = False
    marked: bool = False

    def read(self, lines: list[str], digest: str) -> Chain:
        """All lines, one after the other."""
        for index, line in enumerate(lines):
            self._line(self.first + index + 1, line)
        entries = [
            read_entry(each.number, each.line, each.lines, inside=each.inside)
            for each in self.done
            if self._has_words(each)
        ]
        return Chain(
            title=" ".join(self.title),
            example=tuple(self.example),
            entries=tuple(entries),
            tail=tuple(text for _line, text in self.tail),
            unread=tuple(sorted(self.unread, key=lambda each: each.line)),
            marked=self.marked,
            digest=digest,
        )

    def _has_words(self, entry: _Open) -> bool:
        if any(entry.lines):
            return True
        self.unread.append(Unread(entry.line, f"{entry.number}.", "empty"))
        return False

    def _line(self, number: int, line: str) -> None:
        if not line:
            self.after_blank = True
            # `例` alone on its line announces what follows, also behind a blank line.
            self.in_example = self.in_example and bool(_EXAMPLE.fullmatch(self.example[-1]))
            return
        opened = _opened(line, len(self.done) + 1) or self._opened_again(line)
        if opened is not None:
            self._open(number, line, opened)
        elif self.done:
            self._behind_entry(number, line)
        else:
            self._before_entries(line)
        self.after_blank = False

    def _opened_again(self, line: str) -> re.Match[str] | None:
        """A numbered example ends at a blank line, behind which the list itself starts at 1."""
        if not (self.run_in_example and self.after_blank and not self.tail):
            return None
        again = _opened(line, 1)
        if again is not None:
            self.example += [f"{e.number}. {text}" for e in self.done for text in e.lines[:1]]
            self.done.clear()
            self.unread.clear()
        return again

    def _open(self, number: int, line: str, opened: re.Match[str]) -> None:
        if not self.done:
            self.run_in_example = self.in_example
        elif self.tail:
            # Text between two entries is no tail; it is shown, so that nobody misses it.
            self.unread += [Unread(at, text, "between") for at, text in self.tail]
            self.tail.clear()
        self.in_example = False
        self.done.append(_Open(len(self.done) + 1, number, [line[opened.end() :].strip()]))

    def _behind_entry(self, number: int, line: str) -> None:
        last = self.done[-1]
        if (self.after_blank or self.tail) and any(last.lines):
            self.tail.append((number, line))
        elif any(last.lines):
            last.lines.append(line)
        else:
            last.lines = [line]
        if _looks_opened(line):
            last.inside = True
            self.unread.append(Unread(number, line, "number_inside"))

    def _before_entries(self, line: str) -> None:
        found = _EXAMPLE.match(line)
        if MARK.search(line):
            self.marked = True
            self.in_example = False
            line = MARK.sub(" ", line).strip()
            if line:
                self.title.append(" ".join(line.split()))
        elif found is not None:
            self.in_example = True
            self.example.append(line)
        elif self.in_example:
            self.example.append(line)
        else:
            self.title.append(line)

"""Finds the deepest cell whose names occur in an address, says what fitted, and never guesses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gridpact.grid.addresses.names import Entry, Names, Part, Place
from gridpact.grid.addresses.numerals import plain
from gridpact.grid.addresses.reading import Head, House, read_head, read_house


class Outcome(StrEnum):
    """How a search ended; only FOUND names a cell."""

    FOUND = "found"
    # Several cells fit equally well.
    AMBIGUOUS = "ambiguous"
    # The names fit, but the address also names a division that is not theirs.
    CONTRADICTORY = "contradictory"
    # A known name, but glued to text that may make it another one.
    UNSURE = "unsure"
    NOTHING = "nothing"


class Candidate(NamedTuple):
    """A cell that may be meant; `names` from the root down."""

    cell_id: int
    code: str
    names: tuple[str, ...]


class Match(NamedTuple):
    """What an address led to.

    matched: names that fitted, from the top down. unmatched: pieces that did not fit. unused:
    pieces that no cell bears (road, number, floor, door, rest). score: share of the pieces that
    cells could bear and that fitted, 0 to 1. candidates: empty when found or nothing.
    """

    outcome: Outcome
    cell_id: int | None = None
    code: str | None = None
    matched: tuple[Part, ...] = ()
    unmatched: tuple[Part, ...] = ()
    unused: tuple[Part, ...] = ()
    score: float = 0.0
    candidates: tuple[Candidate, ...] = ()


_UNUSED = ("road", "number", "annex", "floor", "door", "rest")


@dataclass(slots=True)
class _Trial:
    """One place tried for an address: what fitted on the way to it and what did not."""

    place: Place
    matched: list[Part]
    unmatched: list[Part]
    contradicts: bool
    glued: bool

    @property
    def score(self) -> float:
        given = len(self.matched) + len(self.unmatched)
        return round(len(self.matched) / given, 3) if given else 0.0


class AddressBook:
    """The names of all cells of a tree, for one address or for millions; it never changes."""

    def __init__(self, entries: Iterable[Entry], *, above_root: Sequence[str] = ()) -> None:
        """Take the cells in any order; `above_root`: what the root lies in, from the province down.

        Without it an address in another city with the names of ours would be taken for ours.
        """
        self._names = Names(entries, above_root)

    def find(self, text: str) -> Match:
        """Find the deepest cell that an address names; see `Match` and `Outcome`.

        A building counts only right behind its compound's or its cell's name; a unit only in that
        building. What is named but in no cell stays in `unmatched`, and the cell above is found.
        """
        house = read_house(plain(text))
        anchored = self._names.last_name(house.head)
        if anchored is None:
            return self._nothing(house)
        start, end = anchored
        name, before, after = house.head[start:end], house.head[:start], house.head[end:]
        places, left_out = self._places(name, after, house)
        trials = [self._trial(place, name, before, left_out) for place in places]
        unused = _unused(house, before)
        if house.unit:
            trials = [self._with_unit(trial, house.unit) for trial in trials]
        return _verdict(trials, unused)

    def _places(
        self, name: str, after: str, house: House
    ) -> tuple[Sequence[Place], tuple[Part, ...]]:
        """Return the places of a name and of the building behind it, and pieces left out."""
        left_out: list[Part] = []
        if house.building:
            built = () if after else self._names.buildings.get((name, house.building), ())
            if built:
                return built, ()
            left_out.append(Part("building", house.building))
        if after:
            left_out.append(Part("text", after))
        return self._names.holders(name), tuple(left_out)

    def _trial(self, place: Place, name: str, before: str, left_out: tuple[Part, ...]) -> _Trial:
        """Hold what stands before the name against the names above a place."""
        trial = _Trial(place, [], list(left_out), contradicts=False, glued=False)
        at = 0
        for upper in place.above:
            found, length = upper.find_in(before, at)
            if found < 0:
                continue
            if found > at:
                _judge(trial, before[at:found], last=False)
            trial.matched.append(upper.part)
            at = found + length
        if at < len(before):
            _judge(trial, before[at:], last=True)
        # A compound is no cell of its own: its name and its number lead to the building together.
        trial.matched += [Part(*said, place.cell_id) for said in place.said_by(name)]
        return trial

    def _with_unit(self, trial: _Trial, unit: str) -> _Trial:
        """Step down to a unit, which only the right building has."""
        below = self._names.units.get((trial.place.cell_id, unit))
        if below is None or any(part.kind in {"building", "text"} for part in trial.unmatched):
            trial.unmatched.append(Part("unit", unit))
        else:
            trial.place = below
            trial.matched.append(Part("unit", unit, below.cell_id))
        return trial

    def _nothing(self, house: House) -> Match:
        """Return what was read of an address that names no cell."""
        head = read_head(house.head)
        given = [
            ("province", head.province), ("city", head.city), ("district", head.district),
            ("township", head.township), ("community", head.community), ("grid", head.grid),
            ("text", head.left), ("building", house.building), ("unit", house.unit),
        ]  # fmt: skip
        unmatched = tuple(Part(kind, text) for kind, text in given if text)
        return Match(Outcome.NOTHING, unmatched=unmatched, unused=_unused(house, house.head))


def _judge(trial: _Trial, piece: str, *, last: bool) -> None:
    """Judge a piece between two names: it is explained, speaks against the place, or is unread.

    last: the piece stands right before the name, where unread text may be the start of it.
    """
    above = trial.place.above
    short = next((upper for upper in above if piece == upper.short), None)
    if short is not None:
        trial.matched.append(short.part)
        return
    head = read_head(piece)
    for kind, text in _divisions(head):
        rival = next((upper for upper in above if upper.part.kind == kind), None)
        # Of divisions the tree does not have, nothing is known.
        if rival is None:
            continue
        if rival.same_as(text):
            trial.matched.append(rival.part)
        else:
            trial.contradicts = True
            trial.unmatched.append(Part(kind, text))
    if head.left:
        trial.unmatched.append(Part("text", head.left))
        trial.glued |= last


def _divisions(head: Head) -> list[tuple[str, str]]:
    given = (
        ("province", head.province),
        ("city", head.city),
        ("district", head.district),
        ("township", head.township),
        ("community", head.community),
        ("grid", head.grid),
    )
    return [(kind, text) for kind, text in given if text]


def _unused(house: House, before: str) -> tuple[Part, ...]:
    """Return the pieces no cell bears."""
    road = number = annex = ""
    if before:
        head = read_head(before)
        road, number, annex = head.road, head.number, head.annex
    given = (road, number, annex, house.floor, house.door, house.rest)
    if not any(given):
        return ()
    return tuple([Part(*said) for said in zip(_UNUSED, given, strict=True) if said[1]])


def _verdict(trials: Sequence[_Trial], unused: tuple[Part, ...]) -> Match:
    """Choose among the places tried: one that fits best, or say why none can be chosen."""
    if len(trials) == 1 and not (trials[0].contradicts or trials[0].glued):
        return _found(trials[0], unused)
    agreeing = [trial for trial in trials if not trial.contradicts]
    sound = [trial for trial in agreeing if not trial.glued] or agreeing
    outcome = Outcome.FOUND if sound else Outcome.CONTRADICTORY
    if sound and sound[0].glued:
        outcome = Outcome.UNSURE
    # Names further up that fit tell places of one name apart; units tell buildings apart.
    fitted = sorted(sound or trials, key=lambda trial: (-len(trial.matched), trial.place.code))
    best = [
        trial
        for trial in fitted
        if len(trial.matched) == len(fitted[0].matched)
        and len(trial.unmatched) <= len(fitted[0].unmatched)
    ]
    if outcome is Outcome.FOUND and len(best) > 1:
        outcome = Outcome.AMBIGUOUS
    first = best[0]
    if outcome is Outcome.FOUND:
        return _found(first, unused)
    return Match(
        outcome=outcome,
        matched=tuple(first.matched),
        unmatched=tuple(first.unmatched),
        unused=unused,
        score=first.score,
        candidates=tuple(
            Candidate(trial.place.cell_id, trial.place.code, trial.place.names) for trial in best
        ),
    )


def _found(trial: _Trial, unused: tuple[Part, ...]) -> Match:
    return Match(
        Outcome.FOUND,
        trial.place.cell_id,
        trial.place.code,
        tuple(trial.matched),
        tuple(trial.unmatched),
        unused,
        trial.score,
    )

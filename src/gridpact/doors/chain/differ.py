"""Compares the entries of a new paste with the rows of the last: new, changed, same, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """One entry or row: whose it is, what it says, and where; all opaque texts."""

    name: str
    print: str
    place: str = ""


@dataclass(slots=True)
class Differences:
    """Positions in the new list (`entry`) and in the old one (`row`)."""

    new: list[int] = field(default_factory=list)
    changed: list[tuple[int, int]] = field(default_factory=list)
    same: list[tuple[int, int]] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)


def compare(entries: Sequence[Person], rows: Sequence[Person]) -> Differences:
    """Pair people of one name: who says the same, then who lives at the same place, then in order.

    So of two people of one name the one who leaves is the one withdrawn. Linear in both lists,
    as long as few share a name.
    """
    found = Differences()
    of_name: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        of_name.setdefault(row.name, []).append(at)
    waiting: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        waiting.setdefault(entry.name, []).append(at)
    for name, mine in waiting.items():
        theirs = of_name.pop(name, [])
        pairs = _pairs(mine, theirs, entries, rows)
        for at, row_at in pairs:
            alike = entries[at].print == rows[row_at].print
            (found.same if alike else found.changed).append((at, row_at))
        taken = {row_at for _at, row_at in pairs}
        paired = {at for at, _row_at in pairs}
        found.new += [at for at in mine if at not in paired]
        found.withdrawn += [row_at for row_at in theirs if row_at not in taken]
    found.withdrawn += [at for left in of_name.values() for at in left]
    for each in (found.new, found.changed, found.same, found.withdrawn):
        each.sort()
    return found


def _pairs(
    mine: list[int], theirs: list[int], entries: Sequence[Person], rows: Sequence[Person]
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for key in (lambda one: (one.print,), lambda one: (one.place,) if one.place else None, bool):
        free: dict[object, list[int]] = {}
        for row_at in theirs:
            free.setdefault(key(rows[row_at]), []).append(row_at)
        left = []
        for at in mine:
            wanted = key(entries[at])
            if wanted is not None and free.get(wanted):
                pairs.append((at, free[wanted].pop(0)))
            else:
                left.append(at)
        taken = {row_at for _at, row_at in pairs}
        mine, theirs = left, [row_at for row_at in theirs if row_at not in taken]
    return pairs

"""Where an address text leads in the tree of a day: one cell with its reason, or why none."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridpact.grid.addresses import AddressBook, Entry, Match, Outcome
from gridpact.grid.choices import RANK, Level
from gridpact.grid.tree import CellRef, Tree, tree_at

ADDRESS = "address"
# Names of provinces and cities by their codes (National Bureau of Statistics, edition of 2023).
_ABOVE = Path(__file__).parent / "data" / "divisions_above.csv"
# A snapshot of the tree keeps its book as long as it lives.
_books: WeakKeyDictionary[Tree, AddressBook] = WeakKeyDictionary()

_PARTS: dict[str, Promise] = {
    "province": gettext_lazy("province"),
    "city": gettext_lazy("city"),
    "district": gettext_lazy("district or county"),
    "township": gettext_lazy("town or street office"),
    "community": gettext_lazy("community"),
    "grid": gettext_lazy("grid"),
    "compound": gettext_lazy("compound"),
    "building": gettext_lazy("building no."),
    "unit": gettext_lazy("stairwell"),
    "place": gettext_lazy("place"),
    "road": gettext_lazy("road"),
    "number": gettext_lazy("house number"),
    "annex": gettext_lazy("annex number"),
    "floor": gettext_lazy("floor"),
    "door": gettext_lazy("door"),
    "text": gettext_lazy("text"),
    "rest": gettext_lazy("addition"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """An address that names one cell; `match` says by which of its parts."""

    cell: CellRef
    match: Match


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """An address that names no single cell.

    candidates: the cells it may mean, by code; none when it names nothing known. common: the
    deepest cell above all of them, at most a community, where somebody can tell; None without
    candidates.
    """

    match: Match
    candidates: tuple[CellRef, ...] = ()
    common: CellRef | None = None


def locate_address(
    text: str, *, day: date | None = None, snapshot: Tree | None = None
) -> Found | Ambiguous:
    """Find the deepest cell an address names in the tree of `day` (None = today); never a guess.

    Reads names only, no coordinates: 0.1 ms an address once the tree's book is built.
    """
    known = snapshot or tree_at(day)
    match = address_book(known).find(text)
    cell = None if match.cell_id is None else known.by_id.get(match.cell_id)
    if cell is not None:
        return Found(cell, match)
    candidates = tuple(known.by_id[each.cell_id] for each in match.candidates)
    return Ambiguous(match, candidates, _common(candidates, known))


def address_book(snapshot: Tree) -> AddressBook:
    """The names of all cells of a snapshot, built on first use."""
    book = _books.get(snapshot)
    if book is None:
        book = AddressBook(_entries(snapshot), above_root=_above(snapshot))
        _books[snapshot] = book
    return book


def _entries(snapshot: Tree) -> list[Entry]:
    names: dict[int | None, tuple[str, ...]] = {None: ()}
    entries = []
    for ref in snapshot.by_id.values():  # parents stand before their children
        names[ref.id] = (*names.get(ref.parent_id, ()), ref.name)
        entries.append(Entry(ref.id, ref.code, RANK[ref.level], names[ref.id]))
    return entries


def _above(snapshot: Tree) -> tuple[str, ...]:
    """What the top of the tree lies in, by its code; a tree that begins with a province: nothing.

    Where the list does not know the region, load its province and city as cells.
    """
    tops = snapshot.children.get(None, [])
    if len(tops) != 1:
        return ()
    code = tops[0].code
    known = _division_names()
    return tuple(
        known[code[:length]] for length in (2, 4) if len(code) > length and code[:length] in known
    )


@cache
def _division_names() -> dict[str, str]:
    with _ABOVE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def _common(candidates: Sequence[CellRef], snapshot: Tree) -> CellRef | None:
    if not candidates:
        return None
    chains = [[int(part) for part in ref.path.split("/") if part] for ref in candidates]
    shared = None
    for steps in zip(*chains, strict=False):
        ref = snapshot.by_id[steps[0]]
        if len(set(steps)) > 1 or RANK[ref.level] > RANK[Level.COMMUNITY]:
            break
        shared = ref
    return shared


def explain(match: Match) -> list[tuple[str, str]]:
    """What an address was read as: (label, text) pairs in the reader's language."""
    lines = (
        (_("Matched"), match.matched),
        (_("Not matched"), match.unmatched),
        (_("Not needed for the place"), match.unused),
    )
    return [
        (label, ", ".join(f"{part_name(part.kind)} {part.text}" for part in said))
        for label, said in lines
        if said
    ]


def part_name(kind: str) -> str:
    """What a piece of an address is called."""
    return str(_PARTS.get(kind, kind))


def doubt(found: Ambiguous, snapshot: Tree) -> str:
    """Why the address names no single cell, in one sentence; empty when it names nothing known."""
    names = _("; ").join(snapshot.names(ref.id) for ref in found.candidates[:3])
    strange = ", ".join(part.text for part in found.match.unmatched)
    facts = {"names": names, "text": strange}
    sentences = {
        Outcome.AMBIGUOUS: _("The address may mean several places: %(names)s."),
        Outcome.CONTRADICTORY: _("The address says %(text)s, which is not where %(names)s lies."),
        Outcome.UNSURE: _("The address may mean %(names)s; “%(text)s” was not understood."),
    }
    sentence = sentences.get(found.match.outcome)
    return sentence % facts if sentence and found.candidates else ""

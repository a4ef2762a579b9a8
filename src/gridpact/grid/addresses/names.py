"""The names of a tree of cells, filed by what an address can say: place, building, unit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gridpact.grid.addresses.numerals import NUMBER, arabic, plain

_UNIT = re.compile(rf"(?P<unit>{NUMBER})(?:单元|门|梯)")
_BUILDING = re.compile(rf"(?P<compound>.*?)(?P<building>{NUMBER})(?:号楼|号?[栋幢座]|#楼?)")
_GRID = re.compile(rf"第?(?P<grid>{NUMBER})(?:号?网格|村民小组|小组|组)")
# The word that ends a name says what it names; longer words first.
_KINDS = (
    ("社区", "community"),
    ("特别行政区", "province"),
    ("自治区", "province"),
    ("自治州", "city"),
    ("自治县", "district"),
    ("街道", "township"),
    ("地区", "city"),
    ("省", "province"),
    ("市", "city"),
    ("区", "district"),
    ("县", "district"),
    ("旗", "district"),
    ("镇", "township"),
    ("乡", "township"),
    ("村", "community"),
)
# What stands in these ends in 区 or 村 without being a division: 商圈A区.
_BELOW_DIVISIONS = ("grid", "place", "building")
# A name is shortened only if what remains still is one.
_SHORTEST = 2


class Entry(NamedTuple):
    """A cell: `names` from the root down to its own; a greater rank is deeper."""

    cell_id: int
    code: str
    level_rank: int
    names: tuple[str, ...]


class Part(NamedTuple):
    """A piece of the address: its kind, its text in plain form, and the cell it led to if any."""

    kind: str
    text: str
    cell_id: int | None = None


@dataclass(frozen=True, slots=True)
class Upper:
    """A name above a place; `own` is it without the parent's name (第一网格), `short` its core."""

    part: Part
    name: str
    own: str
    short: str

    def find_in(self, text: str, start: int) -> tuple[int, int]:
        """Return where the name stands in the text from `start` on, and its length; -1: nowhere."""
        at = text.find(self.name, start)
        if at >= 0 or self.own == self.name:
            return at, len(self.name)
        return text.find(self.own, start), len(self.own)

    def same_as(self, other: str) -> bool:
        """Say whether a name of the same kind means this one: 临桂县 once was 临桂区."""
        if self.part.kind == "province":
            # 广西壮族自治区 is written 广西, and no two provinces begin alike.
            return other[:2] == self.name[:2]
        return other in {self.name, self.own, self.short} or short_name(other) == self.short


@dataclass(frozen=True, slots=True)
class Place:
    """A cell as an address can lead to it; `name` is its own in plain form.

    compound, building: what that name consists of, empty unless it is a building's.
    """

    cell_id: int
    code: str
    names: tuple[str, ...]
    above: tuple[Upper, ...]
    kind: str
    name: str
    compound: str
    building: str

    def said_by(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return kind and text of what was said of it by the name that led here."""
        if self.building:
            return (("compound", name), ("building", self.building))
        return ((self.kind if name in self.name else "compound", name),)


@dataclass(slots=True)
class Names:
    """Where each name leads. Built once; entries in any order."""

    entries: Iterable[Entry]
    above_root: Sequence[str] = ()
    buildings: dict[tuple[str, str], list[Place]] = field(init=False, default_factory=dict)
    units: dict[tuple[int, str], Place | None] = field(init=False, default_factory=dict)
    _places: dict[str, list[Place]] = field(init=False, default_factory=dict)
    _compounds: dict[str, list[Place]] = field(init=False, default_factory=dict)
    _lengths: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        ordered = sorted(self.entries, key=lambda entry: (entry.level_rank, entry.code))
        by_path: dict[tuple[str, ...], Place] = {}
        beyond = tuple(
            Upper(Part(kind_of(name), name), name, name, short_name(name))
            for name in map(plain, self.above_root)
        )
        for entry in ordered:
            self._file(entry, by_path, beyond)
        lengths = {len(name) for name in (*self._places, *self._compounds)}
        self._lengths = sorted(lengths, reverse=True)

    def _file(
        self, entry: Entry, by_path: dict[tuple[str, ...], Place], beyond: tuple[Upper, ...]
    ) -> None:
        """File one cell; its parent was filed before, having a lower rank."""
        parent = by_path.get(entry.names[:-1])
        name = plain(entry.names[-1])
        unit, built = _UNIT.fullmatch(name), _BUILDING.fullmatch(name)
        above = beyond if parent is None else (*parent.above, _upper(parent))
        inside = parent is not None and parent.kind in _BELOW_DIVISIONS
        kind, compound, building = "place" if inside else kind_of(name), "", ""
        if unit is not None:
            kind = "unit"
        elif built is not None:
            kind, building = "building", arabic(built["building"])
            # A building with a number only is called after the cell it stands in.
            compound = built["compound"] or (parent.name if parent else "")
        place = Place(entry.cell_id, entry.code, entry.names, above, kind, name, compound, building)
        by_path.setdefault(entry.names, place)
        if unit is not None and parent is not None:
            # Two units of one number in a building: neither is meant for sure.
            key = (parent.cell_id, arabic(unit["unit"]))
            self.units[key] = None if key in self.units else place
        elif building:
            self.buildings.setdefault((compound, building), []).append(place)
            self._hold(compound, parent)
        else:
            for each in {name, own_name(name, parent)}:
                self._places.setdefault(each, []).append(place)

    def _hold(self, compound: str, parent: Place | None) -> None:
        """Note the cell in which a compound's building stands."""
        holders = self._compounds.setdefault(compound, [])
        if parent is not None and parent not in holders:
            holders.append(parent)

    def holders(self, name: str) -> Sequence[Place]:
        """Return the cells of a name, else those in which the compound of that name stands."""
        return self._places.get(name) or self._compounds[name]

    def last_name(self, text: str) -> tuple[int, int] | None:
        """Return start and end of the last known name in the text, the longest that ends there."""
        for end in range(len(text), 0, -1):
            for length in self._lengths:
                start = end - length
                if start < 0:
                    continue
                piece = text[start:end]
                if piece in self._compounds or piece in self._places:
                    return start, end
        return None


def _upper(place: Place) -> Upper:
    name = place.name
    above = place.above[-1].name if place.above else ""
    own = name.removeprefix(above) or name
    grid = _GRID.fullmatch(own)
    short = arabic(grid["grid"]) if grid is not None else short_name(name)
    return Upper(Part(place.kind, name, place.cell_id), name, own, short)


def own_name(name: str, parent: Place | None) -> str:
    """Return a name without its parent's in front: 金水社区第一网格 → 第一网格."""
    return name if parent is None else name.removeprefix(parent.name) or name


def kind_of(name: str) -> str:
    """Return what a name names, by the word at its end."""
    if name.endswith(("网格", "小组", "组")):
        return "grid"
    return next((kind for word, kind in _KINDS if name.endswith(word)), "place")


def short_name(name: str) -> str:
    """Return a division's name without the word at its end: 致和社区 → 致和."""
    for word, _ in _KINDS:
        if name.endswith(word):
            core = name.removesuffix(word)
            return core if len(core) >= _SHORTEST else name
    return name

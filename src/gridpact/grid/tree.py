"""The tree in memory, of today or of any other day: ancestors, names and the locate index.

A snapshot is rebuilt when the version of the tree grows or the day turns.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from shapely.geometry import shape

from gridpact.core import clock
from gridpact.core.among import among
from gridpact.grid.choices import RANK, Level
from gridpact.grid.locate import Cell as Area
from gridpact.grid.locate import LocateIndex
from gridpact.grid.locate_wide import WideIndex
from gridpact.grid.models import Cell, CellVersion, TreeVersion

_PAST_TREES = 4  # snapshots of other days kept in memory
_Row = tuple[int, str, str, str, int | None]  # id, code, name, level, parent id


@dataclass(frozen=True, slots=True)
class CellRef:
    """A cell without its boundary: what intake, lists and figures need to know of it."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None
    path: str
    ancestors: dict[str, int] = field(compare=False)

    @property
    def scope(self) -> dict[str, int | None]:
        """The derived columns of a `CellScoped` row that lies in this cell."""
        return {
            "cell_id": self.id,
            "district_id": self.ancestors.get(Level.DISTRICT),
            "township_id": self.ancestors.get(Level.TOWNSHIP),
            "community_id": self.ancestors.get(Level.COMMUNITY),
            "grid_id": self.ancestors.get(Level.GRID),
        }

    @property
    def desk_id(self) -> int:
        """The desk that receives what happens here: the community's, or the cell's own above it."""
        return self.ancestors.get(Level.COMMUNITY, self.id)

    def is_under(self, cell_id: int) -> bool:
        """True for the cell itself and every ancestor's id."""
        return f"/{cell_id}/" in self.path


class Tree:
    """A snapshot of all cells that exist on `day`."""

    def __init__(self, version: int, day: date) -> None:
        self.version = version
        self.day = day
        self.is_today = day == clock.today()
        self.by_id: dict[int, CellRef] = {}
        self.by_code: dict[str, CellRef] = {}
        rows = sorted(self._rows(), key=lambda row: (RANK[row[3]], row[1]))
        for cell_id, code, name, level, parent_id in rows:
            above = self.by_id.get(parent_id) if parent_id is not None else None
            path = f"{above.path if above else '/'}{cell_id}/"
            ancestors = {**above.ancestors, level: cell_id} if above else {level: cell_id}
            ref = CellRef(cell_id, code, name, level, parent_id, path, ancestors)
            self.by_id[cell_id] = ref
            self.by_code[code] = ref

    def _rows(self) -> Iterable[_Row]:
        if self.is_today:
            cells = Cell.objects.open().values_list("id", "code", "name", "level", "parent_id")
            return cells.iterator(chunk_size=5000)
        versions = CellVersion.objects.at(self.day).order_by()
        return versions.values_list(
            "cell_id", "cell__code", "name", "cell__level", "parent_id"
        ).iterator(chunk_size=5000)

    def boundaries(self, ids: Collection[int] | None = None) -> Iterable[tuple[int, Any]]:
        """(cell id, GeoJSON geometry) of cells, or all, that have a boundary on this day."""
        if self.is_today:
            rows = Cell.objects.open().filter(boundary__isnull=False)
            rows = rows if ids is None else rows.filter(pk__in=among(ids))
            return rows.order_by().values_list("id", "boundary").iterator(chunk_size=1000)
        versions = CellVersion.objects.at(self.day).filter(boundary__isnull=False)
        versions = versions if ids is None else versions.filter(cell_id__in=among(ids))
        return versions.order_by().values_list("cell_id", "boundary").iterator(chunk_size=1000)

    @cached_property
    def index(self) -> LocateIndex | WideIndex:
        """The locate index over all boundaries; of several districts each when it is asked for."""
        districts = [ref.id for ref in self.by_id.values() if ref.level == Level.DISTRICT]
        if len(districts) < 2:
            return LocateIndex.build(self._areas(self.by_id))
        return WideIndex(
            {pk: shape(area) for pk, area in self.boundaries(districts)},
            districts,
            lambda pk: LocateIndex.build(self._areas(self._part(pk))),
            lambda pk: RANK[self.by_id[pk].level],
        )

    def _part(self, district: int | None) -> Collection[int]:
        """Ids of a district's cells; of None those that lie in no district."""
        if district is not None:
            return [ref.id for ref in self.under(district)]
        return [ref.id for ref in self.by_id.values() if Level.DISTRICT not in ref.ancestors]

    def _areas(self, ids: Collection[int]) -> Iterator[Area]:
        """Boundaries of cells as the locate index takes them."""
        whole = len(ids) == len(self.by_id)
        for cell_id, boundary in self.boundaries(None if whole else ids):
            if cell_id in self.by_id:
                ref = self.by_id[cell_id]
                yield cell_id, ref.code, RANK[ref.level], shape(boundary)

    @cached_property
    def children(self) -> dict[int | None, list[CellRef]]:
        """Cells by parent id, in the order of their codes."""
        below: dict[int | None, list[CellRef]] = {}
        for ref in sorted(self.by_id.values(), key=lambda each: each.code):
            below.setdefault(ref.parent_id, []).append(ref)
        return below

    def under(self, cell_id: int) -> list[CellRef]:
        """The cell and everything below it on this day, by level and code (no look at others)."""
        found = [self.by_id[cell_id]] if cell_id in self.by_id else []
        for ref in found:  # grows while it is read
            found += self.children.get(ref.id, ())
        return sorted(found, key=lambda ref: (RANK[ref.level], ref.code))

    def names(self, cell_id: int, below: str = Level.DISTRICT) -> str:
        """The path of names under the level `below`, e.g. `临桂镇 / 致和社区 / 一网格`."""
        ref = self.by_id.get(cell_id)
        if ref is None:
            return ""
        chain = [int(part) for part in ref.path.split("/") if part]
        shown = [
            self.by_id[each].name
            for each in chain
            if each in self.by_id and RANK[self.by_id[each].level] > RANK[below]
        ]
        return " / ".join(shown) or ref.name


_lock = threading.Lock()
_current: Tree | None = None
_others: OrderedDict[tuple[int, date], Tree] = OrderedDict()
_asked: ContextVar[list[int] | None] = ContextVar("asked", default=None)  # while one tree is kept


@contextmanager
def one_tree() -> Iterator[None]:
    """Inside, the database is asked for the version once: for work that only reads.

    A page then speaks of one and the same tree from its first line to its last, too.
    """
    token = _asked.set([])
    try:
        yield
    finally:
        _asked.reset(token)


def current_version() -> int:
    """The version of the tree in the database (one indexed read)."""
    asked = _asked.get()
    if asked:
        return asked[0]
    number = int(TreeVersion.objects.values_list("number", flat=True).first() or 0)
    if asked is not None:
        asked.append(number)
    return number


def tree(version: int | None = None) -> Tree:
    """The tree of today at the database's version; pass `version` when it was read already."""
    global _current
    wanted = current_version() if version is None else version
    today = clock.today()
    snapshot = _current
    if snapshot is None or snapshot.version != wanted or snapshot.day != today:
        with _lock:
            snapshot = _current
            if snapshot is None or snapshot.version != wanted or snapshot.day != today:
                snapshot = Tree(wanted, today)
                _current = snapshot
    return snapshot


def tree_at(day: date | None) -> Tree:
    """The tree as it was, or is planned to be, on `day` (None = today)."""
    if day is None or day == clock.today():
        return tree()
    key = (current_version(), day)
    with _lock:
        snapshot = _others.get(key)
        if snapshot is None:
            snapshot = Tree(*key)
            _others[key] = snapshot
        _others.move_to_end(key)
        while len(_others) > _PAST_TREES:
            _others.popitem(last=False)
    return snapshot


def latest() -> Tree:
    """The snapshot this process used last, without asking the database whether it is current.

    For answers right after a verb that has read the version itself (the API's intake uses it).
    """
    return _current or tree()

"""The tree in memory: every cell's ancestors and the locate index, rebuilt when the version grows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property

from shapely.geometry import shape

from gridpact.grid.choices import RANK, Level
from gridpact.grid.locate import LocateIndex
from gridpact.grid.models import Cell, TreeVersion


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


class Tree:
    """A snapshot of all open cells."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.by_id: dict[int, CellRef] = {}
        self.by_code: dict[str, CellRef] = {}
        rows = (
            Cell.objects.open()
            .order_by("path")
            .values_list("id", "code", "name", "level", "parent_id", "path")
        )
        levels: dict[int, str] = {}
        for cell_id, code, name, level, parent_id, path in rows:
            levels[cell_id] = level
            ids = [int(part) for part in path.split("/") if part]
            ancestors = {levels[each]: each for each in ids if each in levels}
            ref = CellRef(cell_id, code, name, level, parent_id, path, ancestors)
            self.by_id[cell_id] = ref
            self.by_code[code] = ref

    @cached_property
    def index(self) -> LocateIndex:
        """The locate index over all boundaries (built on first use)."""
        rows = (
            Cell.objects.open()
            .filter(boundary__isnull=False)
            .values_list("id", "code", "level", "boundary")
        )
        return LocateIndex.build(
            (cell_id, code, RANK[level], shape(boundary))
            for cell_id, code, level, boundary in rows.iterator()
            if boundary is not None
        )

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


def current_version() -> int:
    """The version of the tree in the database (one indexed read)."""
    number = TreeVersion.objects.values_list("number", flat=True).first()
    return int(number or 0)


def tree(version: int | None = None) -> Tree:
    """The tree at the database's current version; pass `version` when it was read already."""
    global _current  # noqa: PLW0603 - one snapshot per process, replaced as a whole
    wanted = current_version() if version is None else version
    snapshot = _current
    if snapshot is None or snapshot.version != wanted:
        with _lock:
            snapshot = _current
            if snapshot is None or snapshot.version != wanted:
                snapshot = Tree(wanted)
                _current = snapshot
    return snapshot


def latest() -> Tree:
    """The snapshot this process used last, without asking the database whether it is current.

    For answers right after a verb that has read the version itself.
    """
    return _current or tree()

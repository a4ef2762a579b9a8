"""Finds the cell that neighbours mean by `5栋2单元` or `3-1-101`, within the cell they live in."""

from __future__ import annotations

import re
from functools import cached_property

from gridpact.grid.addressing import Found, locate_address
from gridpact.grid.choices import Level
from gridpact.grid.tree import CellRef, Tree

_BUILDING = re.compile(r"(?<!\d)(\d{1,3})\s?(?:栋|幢|座|号楼|#)")
_UNIT = re.compile(r"(?<!\d)(\d{1,2})\s?单元")
_HYPHENS = re.compile(r"(\d{1,3})-(?:(\d{1,2})-)?(\d{2,4})$")


class Places:
    """The cells below one cell, by the numbers of their buildings."""

    def __init__(self, cell: CellRef, snapshot: Tree) -> None:
        self._cell, self._tree = cell, snapshot
        self.names = snapshot.names(cell.id)

    def find(self, place: str) -> CellRef:
        """The cell a place names, else the cell itself."""
        if not place:
            return self._cell
        short = _HYPHENS.fullmatch(place)
        if short is not None:
            unit = f"{short[2]}单元" if short[2] else ""
            place = f"{short[1]}栋{unit}{short[3]}室"
        found = locate_address(f"{self.names.replace(' / ', '')}{place}", snapshot=self._tree)
        inside = isinstance(found, Found) and found.cell.is_under(self._cell.id)
        if isinstance(found, Found) and inside and found.cell != self._cell:
            return found.cell
        return self._by_house(place)

    def _by_house(self, place: str) -> CellRef:
        """Neighbours leave out the name of their compound: the only house of a number counts."""
        building, unit = _BUILDING.search(place), _UNIT.search(place)
        best = self._cell
        if building is not None:
            houses = self._houses.get(int(building[1]), [])
            if len(houses) != 1:
                return self._cell
            best = houses[0]
        if unit is not None and best.level == Level.MICRO_GRID:
            wanted = re.compile(rf"(?<!\d){int(unit[1])}\s?单元$")
            units = [ref for ref in self._tree.children.get(best.id, []) if wanted.search(ref.name)]
            best = units[0] if len(units) == 1 else best
        return best

    @cached_property
    def _houses(self) -> dict[int, list[CellRef]]:
        found: dict[int, list[CellRef]] = {}
        for ref in self._tree.under(self._cell.id):
            number = _BUILDING.search(ref.name) if ref.level == Level.MICRO_GRID else None
            if number is not None:
                found.setdefault(int(number[1]), []).append(ref)
        return found

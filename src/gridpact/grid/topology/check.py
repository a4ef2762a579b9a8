"""The check as a whole: codes, rings, coordinates, then the ground, parents before children."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridpact.grid.datum import Datum
from gridpact.grid.topology import datums, rings
from gridpact.grid.topology.findings import Area, Finding, Kind, Params, in_order
from gridpact.grid.topology.lineage import Lineage, trace
from gridpact.grid.topology.measures import Floats, Geometries, areas_m2, point_in
from gridpact.grid.topology.seams import Family, Seams, describe, find_seams

TOLERANCE_M = 0.2
SLIVER_M = 2.0


def check(
    cells: Sequence[Area],
    *,
    district: BaseGeometry | None = None,
    covered_ranks: Collection[int] | None = None,
    tolerance_m: float = TOLERANCE_M,
    sliver_m: float = SLIVER_M,
) -> list[Finding]:
    """Return all findings in a fixed order; an empty list is a sound tree.

    district: ground known to be right, WGS-84; roots are held against it. covered_ranks: ranks of
    the parents that their children have to fill (None: all that have children with ground).
    Differences up to `tolerance_m` wide are rounding; up to `sliver_m` they are slivers.

    Codes: overlap (lower, higher); outside_parent (child, parent); gap (parent, children around
    it); sliver as its `of`; cycle (each, its parent, …); others the cell. A cell in wrong
    coordinates has one finding and is then checked as what it was meant to be.
    """
    lineage, findings = trace(cells)
    shapes, found = rings.read(lineage.cells)
    ground = _Ground(lineage, shapes, district, [*findings, *found], {})
    ground.turn_swapped_axes()
    for parents in lineage.generations:
        families = ground.families(parents, covered_ranks)
        seams = find_seams(families, tolerance_m)
        moved = ground.move_shifted(families, seams)
        if moved:
            families = ground.families(parents, covered_ranks)
            seams = find_seams(families, tolerance_m)
        ground.findings += describe(families, seams, sliver_m)
    return in_order(ground.findings)


@dataclass(slots=True)
class _Ground:
    """The shapes while they are put right, and what was found.

    shifted: how many cells were read in another datum. file_datum: by position, the datum of
    cells that were moved together with all their siblings, as in a file that is wrong throughout.
    """

    lineage: Lineage
    shapes: Geometries
    district: BaseGeometry | None
    findings: list[Finding]
    file_datum: dict[int, Datum]
    shifted: int = 0

    def turn_swapped_axes(self) -> None:
        """Turn over what lies at home only when turned; drop what is nowhere on earth."""
        turned = datums.swapped(self.shapes, self._home()).tolist()
        self.shapes[turned] = datums.turn_over(self.shapes[turned])
        self._report(Kind.SWAPPED_AXES, turned, [{}] * len(turned))
        bounds = np.nan_to_num(np.abs(shapely.bounds(self.shapes).reshape(-1, 4)))
        nowhere = (bounds[:, [0, 2]] > 180.0).any(axis=1) | (bounds[:, [1, 3]] > 90.0).any(axis=1)
        for at in np.flatnonzero(nowhere).tolist():
            self.findings.append(rings.invalid(self.lineage.cells[at].code, "not_degrees", None))
            self.shapes[at] = None

    def _home(self) -> BaseGeometry | None:
        """Return the ground where cells are expected: the district, else the roots turned right."""
        if self.district is not None:
            return self.district
        roots = self.shapes[self.lineage.children.get(None, [])]
        roots = roots[~shapely.is_missing(roots)]
        turned = datums.swapped(roots, None)
        roots[turned] = datums.turn_over(roots[turned])
        return shapely.box(*shapely.total_bounds(roots)) if len(roots) else None

    def families(
        self, parents: Sequence[str | None], covered_ranks: Collection[int] | None
    ) -> list[Family]:
        """Return the families of these parents as the shapes stand now."""
        families: list[Family] = []
        for code in parents:
            members = [at for at in self.lineage.children.get(code, []) if self._has_ground(at)]
            if not members:
                continue
            above = None if code is None else self.lineage.cells[self.lineage.place[code]]
            families.append(
                Family(
                    parent_code=code,
                    parent=self._parent_shape(code),
                    codes=tuple(self.lineage.cells[at].code for at in members),
                    shapes=self.shapes[members],
                    covered=above is not None
                    and (covered_ranks is None or above.level_rank in covered_ranks),
                )
            )
        return families

    def _has_ground(self, at: int) -> bool:
        return self.shapes[at] is not None

    def _parent_shape(self, code: str | None) -> BaseGeometry | None:
        if code is None:
            return self.district
        shape: BaseGeometry | None = self.shapes[self.lineage.place[code]]
        return shape

    def move_shifted(self, families: Sequence[Family], seams: Seams) -> bool:
        """Move cells that fit only in another datum to their place; say whether there were any."""
        before = self.shifted
        untidy = set(seams.untidy())
        misfits = _misfits(families, seams)
        for at, family in enumerate(families):
            above = self._datum_above(family)
            if at not in untidy and above is None:
                continue
            family_datum = self._family_datum(family, above)
            if family_datum is not None:
                places = self._move(family, range(len(family.codes)), family_datum)
                self.file_datum |= dict.fromkeys(places, family_datum)
            elif at in untidy:
                found = datums.datums_of_cells(family.shapes, family.parent, misfits[at])
                for datum in datums.SHIFTED:
                    self._move(family, [child for child in found if found[child] is datum], datum)
        return self.shifted > before

    def _datum_above(self, family: Family) -> Datum | None:
        if family.parent_code is None:
            return None
        return self.file_datum.get(self.lineage.place[family.parent_code])

    def _family_datum(self, family: Family, above: Datum | None) -> Datum | None:
        """Return the datum of all children of a parent, None for WGS-84 or for no single one."""
        if family.parent is None:
            return None
        found = datums.datum_of_family(family.shapes, family.parent)
        if found is not None or above is None:
            return found
        # Deep inside a large parent both readings fit; then the file is wrong all the way down.
        moved = replace(family, shapes=datums.read_as(family.shapes, above))
        parent = family.parent
        return above if _outside(moved, parent) <= _outside(family, parent) else None

    def _move(self, family: Family, children: Sequence[int], datum: Datum) -> list[int]:
        """Put children where they are meant to be, with a finding each; return their positions."""
        places = [self.lineage.place[family.codes[child]] for child in children]
        was = self.shapes[places]
        now = self.shapes[places] = datums.read_as(was, datum)
        self.shifted += len(places)
        params: list[Params] = [
            {"datum": datum.value, "shift_m": shift} for shift in datums.shifts_m(was, now)
        ]
        self._report(Kind.WRONG_DATUM, places, params)
        return places

    def _report(self, kind: Kind, places: Sequence[int], params: Sequence[Params]) -> None:
        """Add a finding about the whole of each cell, shown where it is meant to be."""
        areas = np.round(areas_m2(self.shapes[places]), 2).tolist()
        for at, area, given in zip(places, areas, params, strict=True):
            code, point = self.lineage.cells[at].code, point_in(self.shapes[at])
            self.findings.append(Finding(kind, (code,), given, point, area))


def _misfits(families: Sequence[Family], seams: Seams) -> list[Floats]:
    """Return for each family the misfit of each child: area outside and under siblings, deg²."""
    misfits = [np.zeros(len(family.codes)) for family in families]
    overlap = shapely.area(seams.overlaps.shape)
    for area, owner in zip(overlap.tolist(), seams.overlaps.owner.tolist(), strict=True):
        at, one, other = seams.pairs[owner].tolist()
        misfits[at][[one, other]] += area
    outside = shapely.area(seams.outside.shape)
    for area, owner in zip(outside.tolist(), seams.outside.owner.tolist(), strict=True):
        at, child = seams.stick_out[owner].tolist()
        misfits[at][child] += area
    return misfits


def _outside(family: Family, parent: BaseGeometry) -> float:
    """Return how much of the children lies outside the parent, deg²."""
    return float(shapely.difference(shapely.union_all(family.shapes), parent).area)

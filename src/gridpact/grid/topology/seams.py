"""Families of siblings under their parent, and where they overlap, leave gaps or stick out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridpact.grid.topology.findings import Finding, Kind
from gridpact.grid.topology.measures import (
    Geometries,
    Ints,
    Parts,
    as_array,
    parts_wider_than,
    point_in,
)

_NEIGHBOUR_DEG = 1e-8


@dataclass(frozen=True, slots=True)
class Family:
    """Siblings with ground, in order of code; `parent` None: nothing to compare them with.

    covered: whether the children have to fill the parent.
    """

    parent_code: str | None
    parent: BaseGeometry | None
    codes: tuple[str, ...]
    shapes: Geometries
    covered: bool


@dataclass(frozen=True, slots=True)
class Seams:
    """What is wrong in a row of families; owners are positions in that row or in `pairs`.

    pairs: (family, child, child) of siblings that meet in an untidy family. outside: by
    (family, child) in `stick_out`. missing: by family.
    """

    pairs: Ints
    overlaps: Parts
    stick_out: Ints
    outside: Parts
    missing: Parts

    def untidy(self) -> list[int]:
        """Return the positions of families in which a child overlaps another or sticks out."""
        overlapping = self.pairs[self.overlaps.owner, 0]
        sticking_out = self.stick_out[self.outside.owner, 0]
        return sorted({*overlapping.tolist(), *sticking_out.tolist()})


def find_seams(families: Sequence[Family], tolerance_m: float) -> Seams:
    """Compare siblings with each other and with their parent; threads up to the tolerance pass."""
    # Siblings with identical vertices along common borders are a coverage: nothing overlaps.
    tiled = [bool(shapely.coverage_is_valid(family.shapes)) for family in families]
    whole = as_array(
        shapely.coverage_union_all(family.shapes) if tidy else shapely.union_all(family.shapes)
        for family, tidy in zip(families, tiled, strict=True)
    )
    parents = as_array(family.parent for family in families)
    # Most families fill their parent vertex by vertex, which is seen much faster than overlaid.
    same = shapely.equals_exact(shapely.normalize(whole), shapely.normalize(parents), 0.0)
    whole[same] = parents[same] = None
    beyond = parts_wider_than(shapely.difference(whole, parents), tolerance_m)
    stick_out = _members(families, np.unique(beyond.owner).tolist())
    pairs = _meeting(families, [at for at, tidy in enumerate(tiled) if not tidy])
    lacking: Geometries = np.asarray(shapely.difference(parents, whole))
    lacking[[not family.covered for family in families]] = None
    return Seams(
        pairs=pairs,
        overlaps=parts_wider_than(_crossings(families, pairs), tolerance_m),
        stick_out=stick_out,
        outside=parts_wider_than(_excess(families, stick_out), tolerance_m),
        missing=parts_wider_than(lacking, tolerance_m),
    )


def _members(families: Sequence[Family], chosen: Sequence[int]) -> Ints:
    """Return (family, child) for all children of the chosen families, shape (n, 2)."""
    rows = [(at, child) for at in chosen for child in range(len(families[at].codes))]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)


def _meeting(families: Sequence[Family], chosen: Sequence[int]) -> Ints:
    """Return (family, child, later child) for siblings that meet, shape (n, 3)."""
    members = _members(families, chosen)
    shapes = _shapes(families, members)
    one, other = shapely.STRtree(shapes).query(shapes)
    siblings = (one < other) & (members[one, 0] == members[other, 0])
    one, other = one[siblings], other[siblings]
    meet = shapely.intersects(shapes[one], shapes[other])
    one, other = one[meet], other[meet]
    pairs = np.column_stack([members[one], members[other, 1]])
    return pairs[np.lexsort(pairs.T[::-1])]


def _shapes(families: Sequence[Family], members: Ints) -> Geometries:
    return as_array(families[at].shapes[child] for at, child in members.tolist())


def _crossings(families: Sequence[Family], pairs: Ints) -> Geometries:
    """Return the common ground of each pair."""
    one, other = _shapes(families, pairs[:, :2]), _shapes(families, pairs[:, [0, 2]])
    return np.asarray(shapely.intersection(one, other))


def _excess(families: Sequence[Family], members: Ints) -> Geometries:
    """Return the ground of each child outside its parent."""
    parents = as_array(families[at].parent for at, _ in members.tolist())
    return np.asarray(shapely.difference(_shapes(families, members), parents))


def describe(families: Sequence[Family], seams: Seams, sliver_m: float) -> list[Finding]:
    """Put the seams into findings; what is nowhere wider than `sliver_m` becomes a sliver."""
    findings: list[Finding] = []
    for pair, chosen in _by_owner(seams.overlaps):
        at, one, other = seams.pairs[pair].tolist()
        codes = (families[at].codes[one], families[at].codes[other])
        findings.append(_finding(Kind.OVERLAP, codes, seams.overlaps, chosen, sliver_m))
    for member, chosen in _by_owner(seams.outside):
        at, child = seams.stick_out[member].tolist()
        codes = (families[at].codes[child], *_code(families[at]))
        findings.append(_finding(Kind.OUTSIDE_PARENT, codes, seams.outside, chosen, sliver_m))
    for part, at in enumerate(seams.missing.owner.tolist()):
        family, hole = families[at], seams.missing.shape[part]
        # Each gap is a place of its own to be mended; the children around it can close it.
        around = shapely.dwithin(family.shapes, hole, _NEIGHBOUR_DEG)
        near = [family.codes[child] for child in np.flatnonzero(around).tolist()]
        codes = (*_code(family), *near)
        findings.append(_finding(Kind.GAP, codes, seams.missing, np.array([part]), sliver_m))
    return findings


def _code(family: Family) -> tuple[str, ...]:
    return () if family.parent_code is None else (family.parent_code,)


def _by_owner(parts: Parts) -> list[tuple[int, Ints]]:
    """Return the positions of the parts of each owner."""
    owners, starts = np.unique(parts.owner, return_index=True)
    groups = np.split(np.arange(len(parts.owner)), starts[1:])
    return list(zip(owners.tolist(), groups, strict=False))


def _finding(
    kind: Kind, codes: tuple[str, ...], parts: Parts, chosen: Ints, sliver_m: float
) -> Finding:
    """Return one finding for the chosen parts, shown at the largest of them."""
    largest = chosen[int(np.argmax(parts.area_m2[chosen]))]
    width = float(parts.width_m[chosen].max())
    params: dict[str, str | int | float] = {"parts": len(chosen), "width_m": round(width, 2)}
    if width <= sliver_m:
        kind, params = Kind.SLIVER, params | {"of": kind.value}
    area = round(float(parts.area_m2[chosen].sum()), 2)
    return Finding(kind, codes, params, point_in(parts.shape[largest]), area)

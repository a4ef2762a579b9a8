"""What a reader may know of how a network lies on the grids of their ground, on any day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.tree import CellRef, Tree, tree_at
from gridpact.networks.choices import Found, Served
from gridpact.networks.models import Fused, FusionShare, Network, NetworkCell
from gridpact.networks.selectors.fusing import Laid, grids_of

Pair: TypeAlias = tuple[float, float]


class Part(NamedTuple):
    """A network's cell on a grid, by code and name: shares of our ground and of theirs, 0 to 1."""

    code: str
    name: str
    of_ours: float
    of_theirs: float


@dataclass(frozen=True, slots=True)
class Line:
    """One of our grids: how far it is served, on what part (0 to 1) not, and by which cells."""

    cell: CellRef
    served: str
    missing: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: `cells` are codes of ours, `theirs` of the network's.

    share: of our grid (gap) or of their cell (outside), 0 to 1; point: WGS-84 (lon, lat) or None.
    """

    kind: str
    cells: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    share: float | None = None
    area_m2: float | None = None
    point: Pair | None = None

    @property
    def label(self) -> str:
        """What it is called."""
        return str(Found(self.kind).label)


@dataclass(frozen=True)
class Report:
    """A network on the grids somebody may see, by code; findings by kind and code."""

    network: Network
    day: date
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    names: Mapping[str, str]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Grids by `Served` and findings by `Found`, zeros included."""
        found = dict.fromkeys((*Served.values, *Found.values), 0)
        for line in self.lines:
            found[line.served] += 1
        for finding in self.findings:
            found[finding.kind] += 1
        return found


@dataclass(frozen=True, slots=True)
class _Source:
    """A fusion, kept or fresh, in one shape: shares by our code, findings as dicts by list."""

    shares: Mapping[str, list[tuple[str, float, float]]]
    found: Mapping[str, Any]


def kept(fused: Fused, snapshot: Tree) -> _Source:
    """The fusion as it is kept for today."""
    shares: dict[str, list[tuple[str, float, float]]] = {}
    rows = FusionShare.objects.filter(network_cell__network_id=fused.network_id)
    for cell_id, code, ours, theirs in rows.order_by("-of_ours", "network_cell__code").values_list(
        "cell_id", "network_cell__code", "of_ours", "of_theirs"
    ):
        ref = snapshot.by_id.get(cell_id)
        if ref is not None:
            shares.setdefault(ref.code, []).append((code, ours, theirs))
    return _Source(shares, fused.found)


def fresh(laid: Laid) -> _Source:
    """A fusion that was made for another day."""
    shares = {
        row.code: [(one.network_code, one.of_ours, one.of_theirs) for one in row.shares]
        for row in laid.fusion.rows
    }
    found = {
        name: [
            {key: getattr(each, key) for key in each.__slots__}
            for each in getattr(laid.fusion, name)
        ]
        for name in ("gaps", "overlaps", "doubles", "outside")
    }
    return _Source(shares, found | {"lost": laid.lost})


def report(
    network: Network, source: _Source, *, actor: Actor, day: date, under: CellRef | None = None
) -> Report:
    """Put a fusion into lines and findings for the ground of `actor` (and below `under`)."""
    snapshot = tree_at(day)
    sight = _sight(actor, snapshot, under)
    cells = list(network.cells.on(day).select_related("officer").order_by("code"))
    names = {cell.code: cell.name for cell in cells}
    gaps = {gap["code"]: gap for gap in source.found.get("gaps", ())}
    lines = tuple(
        _line(ref, source.shares.get(ref.code, []), gaps.get(ref.code), names) for ref in sight
    )
    seen = {ref.code for ref in sight}
    whole = under is None and _is_district(actor)
    touching = {part.code for line in lines for part in line.parts}
    theirs = set(names) if whole else touching
    findings = [*_of_ours(source.found, seen), *_of_theirs(source.found, theirs)]
    findings += [
        Finding(Found.NO_OFFICER, _grids(cell, snapshot, lines), (cell.code,))
        for cell in cells
        if cell.code in theirs and not cell.officer_name
    ]
    order = {kind: place for place, kind in enumerate(Found.values)}
    findings.sort(key=lambda one: (order[one.kind], one.cells, one.theirs))
    return Report(network, day, lines, tuple(findings), names)


def _grids(cell: NetworkCell, snapshot: Tree, lines: Iterable[Line]) -> tuple[str, ...]:
    if cell.serves:
        return tuple(grids_of(cell, snapshot)[0])
    return tuple(
        line.cell.code for line in lines if any(part.code == cell.code for part in line.parts)
    )


def _sight(actor: Actor, snapshot: Tree, under: CellRef | None) -> list[CellRef]:
    """The grids of the actor's posts, all of them for the people of a department, by code."""
    roots = {grant.cell_id for grant in actor.grants_for("grid.read")}
    everywhere = actor.is_system or (not roots and bool(actor.org_ids))
    return sorted(
        (
            ref
            for ref in snapshot.by_id.values()
            if ref.level == Level.GRID
            and (everywhere or any(ref.is_under(root) for root in roots))
            and (under is None or ref.is_under(under.id))
        ),
        key=lambda ref: ref.code,
    )


def _is_district(actor: Actor) -> bool:
    """The system, a post on district level, or a department, whose ground is the district."""
    grants = actor.grants_for("grid.read")
    if actor.is_system or any(RANK[one.level] <= RANK[Level.DISTRICT] for one in grants):
        return True
    return not grants and bool(actor.org_ids)


def _line(
    ref: CellRef,
    shares: Iterable[tuple[str, float, float]],
    gap: Mapping[str, Any] | None,
    names: Mapping[str, str],
) -> Line:
    found = tuple(Part(code, names.get(code, code), ours, its) for code, ours, its in shares)
    if not found:
        return Line(ref, Served.NONE, 1.0, ())
    missing = float(gap["missing"]) if gap is not None else 0.0
    return Line(ref, Served.PART if gap is not None else Served.FULL, missing, found)


def _of_ours(found: Mapping[str, Any], seen: set[str]) -> list[Finding]:
    gaps = [
        Finding(Found.GAP, (one["code"],), (), one["missing"], one["area_m2"], tuple(one["point"]))
        for one in found.get("gaps", ())
        if one["code"] in seen
    ]
    overlaps = [
        Finding(Found.OVERLAP, (one["code"],), tuple(one["network_codes"]))
        for one in found.get("overlaps", ())
        if one["code"] in seen
    ]
    return gaps + overlaps


def _of_theirs(found: Mapping[str, Any], theirs: set[str]) -> list[Finding]:
    doubles = [
        Finding(Found.DOUBLE, (), tuple(one["network_codes"]), None, one["area_m2"],
                tuple(one["point"]))
        for one in found.get("doubles", ())
        if theirs & set(one["network_codes"])
    ]  # fmt: skip
    outside = [
        Finding(Found.OUTSIDE, (), (one["network_code"],), one["share"], one["area_m2"],
                tuple(one["point"]))
        for one in found.get("outside", ())
        if one["network_code"] in theirs
    ]  # fmt: skip
    lost = [
        Finding(Found.LOST, tuple(codes), (code,))
        for code, codes in found.get("lost", {}).items()
        if code in theirs
    ]
    return [*doubles, *outside, *lost]

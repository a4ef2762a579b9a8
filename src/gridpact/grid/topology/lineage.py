"""The tree of codes: who is whose child, and which codes stand twice, dangle or run in a circle."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gridpact.grid.topology.findings import Area, Finding, Kind


@dataclass(frozen=True, slots=True)
class Lineage:
    """The cells that can be checked on the ground, the first of each code.

    children: positions by the parent's code (None: the roots), each list in order of code.
    generations: parents' codes from the roots' level down, so that parents come before children.
    """

    cells: tuple[Area, ...]
    place: dict[str, int]
    children: dict[str | None, list[int]]
    generations: tuple[tuple[str | None, ...], ...]


def trace(areas: Sequence[Area]) -> tuple[Lineage, list[Finding]]:
    """Return the tree and the findings of kinds duplicate_code, unknown_parent, cycle."""
    findings = [
        Finding(Kind.DUPLICATE_CODE, (code,), {"count": count})
        for code, count in Counter(area.code for area in areas).items()
        if count > 1
    ]
    first: dict[str, Area] = {}
    for area in areas:
        first.setdefault(area.code, area)
    cells = tuple(first[code] for code in sorted(first))
    place = {area.code: at for at, area in enumerate(cells)}
    children: dict[str | None, list[int]] = {}
    for at, area in enumerate(cells):
        if area.parent_code is not None and area.parent_code not in place:
            params = {"parent": area.parent_code}
            findings.append(Finding(Kind.UNKNOWN_PARENT, (area.code,), params))
        children.setdefault(area.parent_code, []).append(at)
    findings += _cycles(cells, place)
    return Lineage(cells, place, children, _generations(cells, place, children)), findings


def _cycles(cells: Sequence[Area], place: dict[str, int]) -> list[Finding]:
    """Return each circle once, its codes in the direction of the parents from the lowest code."""
    findings: list[Finding] = []
    settled: set[str] = set()
    for area in cells:
        chain: list[str] = []
        here: set[str] = set()
        code: str | None = area.code
        while code is not None and code in place and code not in settled and code not in here:
            chain.append(code)
            here.add(code)
            code = cells[place[code]].parent_code
        if code in here:
            circle = chain[chain.index(code) :]
            lowest = circle.index(min(circle))
            codes = (*circle[lowest:], *circle[:lowest])
            findings.append(Finding(Kind.CYCLE, codes, {"count": len(codes)}))
        settled |= here
    return findings


def _generations(
    cells: Sequence[Area], place: dict[str, int], children: dict[str | None, list[int]]
) -> tuple[tuple[str | None, ...], ...]:
    """Walk down from the roots, and from cells whose parent is unknown; circles are never met."""
    strays = [at for at, area in enumerate(cells) if _is_stray(area, place)]
    generations: list[tuple[str | None, ...]] = [(None,)]
    # A stray belongs to no family, but those below it do.
    level = [*children.get(None, []), *strays]
    while level:
        codes = [cells[at].code for at in sorted(level)]
        parents = tuple(code for code in codes if code in children)
        if parents:
            generations.append(parents)
        level = [at for code in parents for at in children[code]]
    return tuple(generations)


def _is_stray(area: Area, place: dict[str, int]) -> bool:
    return area.parent_code is not None and area.parent_code not in place

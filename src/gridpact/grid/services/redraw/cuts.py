"""Drawing a split into new cells and a merger into one of the old ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridpact.grid.choices import CellKind, Level
from gridpact.grid.models import Cell
from gridpact.grid.redrawing import (
    Fault,
    Ground,
    Orphan,
    assign,
    merge,
    split_by_line,
    split_by_polygons,
)
from gridpact.grid.services.features import LEVEL_OF_LENGTH, inner_point
from gridpact.grid.services.redraw.asking import Request
from gridpact.grid.services.redraw.drawing import Drawing, geojson_of, ground_of
from gridpact.grid.topology.measures import point_in

_LENGTH = {level.value: length for length, level in LEVEL_OF_LENGTH.items()}
_DEDICATED_FROM = 901


def split(drawing: Drawing, ask: Request) -> None:
    """Into new cells with new codes, by a line or by areas; children go where they lie."""
    cell, base = drawing.cell, drawing.base
    ground = ground_of(cell)
    if cell.parent_id is None:
        drawing.refuse("redraw_root", name=cell.name)
        return
    if ground is None:
        drawing.refuse("redraw_no_ground", name=cell.name)
        return
    parts = _parts(drawing, ground, ask)
    codes = next_codes(base.tree.by_id[cell.parent_id].code, cell.level, cell.kind, len(parts))
    if not parts:
        return
    if len(codes) < len(parts):
        drawing.refuse("redraw_codes_full", name=base.tree.by_id[cell.parent_id].name)
        return
    names = [part.name for part in ask.parts] or list(ask.names)
    for at, (part, code) in enumerate(zip(parts, codes, strict=True)):
        given = names[at] if at < len(names) else ""
        name = given or f"{cell.name[:56]}·{at + 1}"
        drawing.opened.append(_part_cell(drawing, part, code, name))
    drawing.closed.append(cell.pk)
    drawing.heirs[cell.pk] = [new.pk for new in drawing.opened]
    drawing.homes.add(cell.parent_id)
    drawing.reads.add(cell.parent_id)
    _deal_children(drawing, parts, ask.cut)


def _parts(drawing: Drawing, ground: Ground, ask: Request) -> tuple[Ground, ...]:
    if ask.line is not None:
        cut = split_by_line(ground, ask.line)
    elif ask.parts:
        cut = split_by_polygons(ground, [part.ground for part in ask.parts])
    else:
        drawing.refuse("redraw_no_line")
        return ()
    _refuse(drawing, cut.faults)
    return cut.parts


def _refuse(drawing: Drawing, faults: Sequence[Fault], names: Sequence[str] = ()) -> None:
    """Say the faults of the geometry in words; `names` are those of the numbered parts."""
    for fault in faults[:5]:
        shown = [names[at] if at < len(names) else str(at + 1) for at in fault.parts]
        drawing.refuse(
            f"redraw_{fault.reason}", fault.point,
            parts="、".join(shown), area=round(fault.area_m2), gap=fault.gap_m,
        )  # fmt: skip


def _part_cell(drawing: Drawing, part: Ground, code: str, name: str) -> Cell:
    cell, key = drawing.cell, drawing.new_key()
    above = drawing.base.tree.by_id[cell.parent_id or 0]
    lon, lat = inner_point(part)
    return Cell(
        pk=key, code=code, name=name, level=cell.level, kind=cell.kind, parent_id=above.id,
        path=f"{above.path}{key}/", boundary=geojson_of(part), point_lon=lon, point_lat=lat,
        opened_on=drawing.base.day,
    )  # fmt: skip


def _deal_children(drawing: Drawing, parts: Sequence[Ground], cut: str) -> None:
    """Give each child the part it lies in; one without an outline goes to the first.

    A child that the new border cuts is refused, or goes to the part with most of it.
    """
    children = drawing.base.children(drawing.cell.pk)
    areas = {child.pk: area for child in children if (area := ground_of(child)) is not None}
    drawn = [child for child in children if child.pk in areas]
    dealt = assign([areas[child.pk] for child in drawn], parts)
    home = {child.pk: at for child, at in zip(drawn, dealt.part_of, strict=True) if at is not None}
    for orphan in dealt.orphans:
        child = drawn[orphan.child]
        home[child.pk] = _larger(orphan)
        if len(orphan.shares) > 1:
            say = drawing.note if cut == "larger" else drawing.refuse
            to = drawing.opened[home[child.pk]].name
            say("redraw_child_cut", point_in(areas[child.pk]), name=child.name, to=to)
    for child in children:
        new = drawing.opened[home.get(child.pk, 0)]
        drawing.change(child).parent_id = new.pk
        new.doors += child.doors
    loose = len(children) - len(drawn)
    if loose:
        drawing.note("redraw_no_outline", count=loose, to=drawing.opened[0].name)


def _larger(orphan: Orphan) -> int:
    return max(orphan.shares, key=lambda each: each.share).part if orphan.shares else 0


def next_codes(parent: str, level: str, kind: str, count: int) -> list[str]:
    """The next codes never used under a parent: its code and the level's digits, ascending.

    Basic grids end at 900, dedicated ones begin at 901. Fewer than `count` when the range is full.
    """
    length = _LENGTH[level]
    width = length - max((each for each in _LENGTH.values() if each < length), default=0)
    used = set(Cell.objects.filter(code__startswith=parent).values_list("code", flat=True))
    low, high = 1, 10**width - 1
    if level == Level.GRID:
        dedicated = kind == CellKind.DEDICATED
        low, high = (_DEDICATED_FROM, 999) if dedicated else (1, _DEDICATED_FROM - 1)
    tails = [code[len(parent) :] for code in used if len(code) == len(parent) + width]
    taken = [int(tail) for tail in tails if tail.isdecimal() and low <= int(tail) <= high]
    first = max(taken, default=low - 1) + 1
    last = min(high, first + count - 1)
    return [f"{parent}{number:0{width}d}" for number in range(first, last + 1)]


def merge_cells(drawing: Drawing, ask: Request) -> None:
    """Neighbours under one parent become the cell; they close and their children come in."""
    cell, base = drawing.cell, drawing.base
    refs = [(code, base.ref(code)) for code in dict.fromkeys(ask.others)]
    for code, ref in refs:
        if ref is None:
            drawing.refuse("redraw_cell_unknown", code=code or "–")
        elif ref.id == cell.pk or (ref.level, ref.parent_id) != (cell.level, cell.parent_id):
            drawing.refuse("redraw_not_beside", name=ref.name, other=cell.name)
    if not refs:
        drawing.refuse("redraw_alone")
    if drawing.faults:
        return
    others = list(base.cells(ref.id for _code, ref in refs if ref is not None).values())
    survivor = drawing.change(cell)
    survivor.name = ask.name or cell.name
    survivor.doors = cell.doors + sum(other.doors for other in others)
    survivor.boundary = _united(drawing, [cell, *others])
    for other in others:
        drawing.closed.append(other.pk)
        drawing.heirs[other.pk] = [cell.pk]
    for child in base.children(*(other.pk for other in others)):
        drawing.change(child).parent_id = cell.pk
    drawing.homes.add(cell.pk)
    drawing.reads.update(pk for pk in (cell.parent_id,) if pk)


def _united(drawing: Drawing, cells: Sequence[Cell]) -> dict[str, Any] | None:
    grounds = [(each, ground_of(each)) for each in cells]
    if all(area is None for _each, area in grounds):
        return None
    for each, area in grounds:
        if area is None:
            drawing.refuse("redraw_no_ground", name=each.name)
    made = merge([area for _each, area in grounds if area is not None])
    _refuse(drawing, made.faults, [each.name for each in cells])
    return None if made.ground is None else geojson_of(made.ground)

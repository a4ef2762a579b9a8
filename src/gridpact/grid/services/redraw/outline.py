"""Drawing another outline: the strips that pass between the cell and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridpact.grid.dependents import Strip
from gridpact.grid.models import Cell
from gridpact.grid.redrawing import TOLERANCE_M, Ground, assign, merge
from gridpact.grid.services.redraw.asking import Request
from gridpact.grid.services.redraw.drawing import Drawing, geojson_of, ground_of
from gridpact.grid.topology.measures import (
    areas_m2,
    as_array,
    parts_wider_than,
    point_in,
    polygons_of,
)

_MOST = 5  # places named of one kind of fault
_Drawn = Sequence[tuple[Cell, Ground]]


def new_boundary(drawing: Drawing, ask: Request) -> None:
    """Another outline inside the parent, round all children.

    Ground of neighbours is taken only from those named in `take_from`; ground given up goes to the
    neighbour `give_to`, else to nobody. Cells inside such a strip come along; those that the border
    cuts are refused, or go where most of them lies (`cut`).
    """
    cell, base, ground = drawing.cell, drawing.base, ask.boundary
    if ground is None:
        drawing.refuse("redraw_no_boundary")
        return
    before = ground_of(cell)
    if before is not None and before.equals(ground):
        drawing.refuse("redraw_nothing")
        return
    beside: _Drawn = ()
    if cell.parent_id:
        _refuse_beyond(drawing, ground)
        siblings = (each for each in base.children(cell.parent_id) if each.pk != cell.pk)
        beside = drawn(each for each in siblings if each.level == cell.level)
        _check_named(drawing, ask, beside)
    if drawing.faults:
        return
    drawing.reads.update(each.pk for each, _area in beside)
    drawing.change(cell).boundary = geojson_of(ground)
    _take(drawing, ground, beside, ask)
    _give(drawing, before, ground, beside, ask)
    drawing.reads -= set(drawing.changed)


def drawn(cells: Iterable[Cell]) -> list[tuple[Cell, Ground]]:
    """Cells that have an outline, with it."""
    pairs = [(cell, ground_of(cell)) for cell in cells]
    return [(cell, area) for cell, area in pairs if area is not None]


def _refuse_beyond(drawing: Drawing, ground: Ground) -> None:
    parent_id = drawing.cell.parent_id or 0
    parent = drawing.base.cells([parent_id])[parent_id]
    drawing.reads.add(parent.pk)
    beyond = shapely.difference(ground, ground_of(parent) or ground)
    for piece in parts_wider_than(as_array([beyond]), TOLERANCE_M).shape.tolist()[:_MOST]:
        drawing.refuse("redraw_outside_parent", point_in(piece), name=parent.name)


def _check_named(drawing: Drawing, ask: Request, beside: _Drawn) -> None:
    known = {each.code for each, _area in beside}
    for code in (*ask.take_from, *filter(None, [ask.give_to])):
        ref = drawing.base.ref(code)
        if ref is None:
            drawing.refuse("redraw_cell_unknown", code=code)
        elif code not in known:
            drawing.refuse("redraw_not_beside", name=ref.name, other=drawing.cell.name)


def _take(drawing: Drawing, ground: Ground, beside: _Drawn, ask: Request) -> None:
    """Cut what the new outline covers out of the neighbours that are named; refuse the others."""
    if not beside:
        return
    common = shapely.intersection(as_array([area for _each, area in beside]), ground)
    found = parts_wider_than(common, TOLERANCE_M)
    wide = dict(zip(found.owner.tolist(), found.shape.tolist(), strict=True))
    for owner, piece in list(wide.items())[:_MOST]:
        neighbour = beside[owner][0]
        if neighbour.code not in ask.take_from:
            drawing.refuse("redraw_overlaps", point_in(piece), name=neighbour.name)
    if drawing.faults:
        return
    for owner in sorted(wide):
        neighbour, area = beside[owner]
        rest = _areas(shapely.difference(area, ground))
        if rest is None:
            drawing.refuse("redraw_swallows", point_in(area), name=neighbour.name)
            continue
        drawing.change(neighbour).boundary = geojson_of(rest)
        strip = _areas(shapely.intersection(area, ground))
        assert strip is not None  # a part of it is wider than the tolerance
        passed = Strip(neighbour.pk, drawing.cell.pk, strip)
        _pass_on(drawing, passed, neighbour, drawing.cell, ask.cut)


def _give(
    drawing: Drawing, before: Ground | None, ground: Ground, beside: _Drawn, ask: Request
) -> None:
    """Pass what the new outline leaves to the neighbour that is named, else say it is a gap."""
    if drawing.faults:
        return
    if before is None:
        _refuse_left_out(drawing, ground)
        return
    strip = _areas(shapely.difference(before, ground))
    if strip is None:
        return
    if not len(parts_wider_than(as_array([strip]), TOLERANCE_M).owner):
        return  # another survey of the same border
    taker = next((pair for pair in beside if pair[0].code == ask.give_to), None)
    if taker is None:
        drawing.note("redraw_gives_up", point_in(strip))
        drawing.strips.append(Strip(drawing.cell.pk, None, strip))
        _refuse_left_out(drawing, ground)
        return
    neighbour = taker[0]
    cut = drawing.changed.get(neighbour.pk, neighbour)  # it may have given ground elsewhere
    joined = merge([ground_of(cut) or taker[1], strip])
    if joined.ground is None:
        drawing.refuse("redraw_strip_apart", joined.faults[0].point, name=neighbour.name)
        return
    drawing.change(neighbour).boundary = geojson_of(joined.ground)
    passed = Strip(drawing.cell.pk, neighbour.pk, strip)
    _pass_on(drawing, passed, drawing.cell, neighbour, ask.cut)


def _refuse_left_out(drawing: Drawing, ground: Ground) -> None:
    """A child may not lie where no cell of its parent's level is any more."""
    inside = drawn(drawing.base.children(drawing.cell.pk))
    for orphan in assign([area for _child, area in inside], [ground]).orphans[:_MOST]:
        child, area = inside[orphan.child]
        drawing.refuse("redraw_child_outside", point_in(area), name=child.name)


def _pass_on(drawing: Drawing, strip: Strip, giver: Cell, taker: Cell, cut: str) -> None:
    """Say how much ground passes; children go with it, one that the border cuts as `cut` says.

    What is a cut is measured against the strip: a child of which nothing wide lies in it stays.
    """
    drawing.strips.append(strip)
    drawing.homes.add(taker.pk)
    area = round(float(areas_m2(as_array([strip.area]))[0]))
    code = "redraw_takes" if taker.pk == drawing.cell.pk else "redraw_gives"
    drawing.note(code, point_in(strip.area), area=area, name=giver.name, to=taker.name)
    inside = drawn(drawing.base.children(giver.pk))
    if not inside:
        return
    shapes = as_array([ground for _child, ground in inside])
    touched = _wide(shapely.intersection(shapes, strip.area))
    left = _wide(shapely.difference(shapes, strip.area))
    for at in np.flatnonzero(touched).tolist():
        child, ground = inside[at]
        goes = shapely.intersection(ground, strip.area).area * 2 > ground.area
        if left[at] and cut != "larger":
            drawing.refuse("redraw_strip_cuts", point_in(ground), name=child.name)
            continue
        if left[at]:
            to = (taker if goes else giver).name
            drawing.note("redraw_child_cut", point_in(ground), name=child.name, to=to)
        if goes:
            drawing.change(child).parent_id = taker.pk


def _wide(shapes: np.ndarray[tuple[int], np.dtype[np.object_]]) -> np.ndarray[
    tuple[int], np.dtype[np.bool_]
]:  # fmt: skip
    """Which shapes are somewhere wider than the tolerance."""
    out = np.zeros(len(shapes), dtype=np.bool_)
    out[parts_wider_than(shapes, TOLERANCE_M).owner] = True
    return out


def _areas(shape: BaseGeometry) -> Ground | None:
    """The areas of an overlay as one ground, None when there are none."""
    parts = [part for part in polygons_of(shape) if part.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)

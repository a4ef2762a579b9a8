"""Drawing a redraw: rename, move, close, new boundary. Splits and mergers stand in `cuts`."""

from __future__ import annotations

from collections.abc import Iterable

import shapely

from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.grid.redrawing import TOLERANCE_M, Ground, assign, merge
from gridpact.grid.services.redraw.asking import Request
from gridpact.grid.services.redraw.drawing import Drawing, Pair, geojson_of, ground_of
from gridpact.grid.topology.measures import as_array, parts_wider_than, point_in, polygons_of
from gridpact.grid.tree import CellRef

_MOST = 5  # places named of one kind of fault


def rename(drawing: Drawing, ask: Request) -> None:
    """Another name from the day on; places keep the code."""
    if not ask.name:
        drawing.refuse("redraw_name")
    elif ask.name == drawing.cell.name:
        drawing.refuse("redraw_nothing")
    else:
        drawing.change(drawing.cell).name = ask.name


def move(drawing: Drawing, ask: Request) -> None:
    """Under another parent of the same level as the old; the ground of both chains follows."""
    cell, base = drawing.cell, drawing.base
    target = _target(drawing, ask.parent)
    if target is None:
        return
    old = base.tree.by_id.get(cell.parent_id or 0)
    if target.is_under(cell.pk):
        drawing.refuse("redraw_cycle", name=target.name)
    elif old is None:
        drawing.refuse("redraw_root", name=cell.name)
    elif target.level != old.level:
        drawing.refuse("redraw_level", name=target.name, level=Level(old.level).label)
    elif target.id == old.id:
        drawing.refuse("redraw_nothing")
    else:
        drawing.change(cell).parent_id = target.id
        drawing.homes.add(target.id)
        _hand_ground(drawing, cell, old.id, target.id)


def close(drawing: Drawing, ask: Request) -> None:
    """No more from the day on. Its rows go to `children_to`, else to the cell above."""
    cell, base = drawing.cell, drawing.base
    above = base.tree.by_id.get(cell.parent_id or 0)
    if above is None:
        drawing.refuse("redraw_root", name=cell.name)
        return
    children = base.children(cell.pk)
    heir = _target(drawing, ask.children_to) if ask.children_to else above
    if heir is None:
        return
    if ask.children_to and (heir.level != cell.level or heir.id == cell.pk):
        drawing.refuse("redraw_level", name=heir.name, level=Level(cell.level).label)
        return
    if children and not ask.children_to:
        drawing.refuse("redraw_children", name=cell.name, count=len(children))
        return
    for child in children:
        drawing.change(child).parent_id = heir.id
    drawing.closed.append(cell.pk)
    drawing.heirs[cell.pk] = [heir.id]
    drawing.homes.add(heir.id)
    if ask.children_to:
        _hand_ground(drawing, cell, above.id, heir.id)
    elif cell.boundary and cell.level != Level.UNIT:
        drawing.note("redraw_leaves_gap", point_in_cell(cell), name=above.name)


def new_boundary(drawing: Drawing, ask: Request) -> None:
    """Another outline inside the parent, over no neighbour, round all children."""
    cell, base, ground = drawing.cell, drawing.base, ask.boundary
    if ground is None:
        drawing.refuse("redraw_no_boundary")
        return
    before = ground_of(cell)
    if before is not None and before.equals(ground):
        drawing.refuse("redraw_nothing")
        return
    if cell.parent_id:
        parent = base.cells([cell.parent_id])[cell.parent_id]
        drawing.reads.add(parent.pk)
        beyond = shapely.difference(ground, ground_of(parent) or ground)
        for piece in parts_wider_than(as_array([beyond]), TOLERANCE_M).shape.tolist()[:_MOST]:
            drawing.refuse("redraw_outside_parent", point_in(piece), name=parent.name)
        _refuse_overlaps(drawing, ground)
    drawn = _drawn(base.children(cell.pk))
    for orphan in assign([area for _child, area in drawn], [ground]).orphans[:_MOST]:
        child, area = drawn[orphan.child]
        drawing.refuse("redraw_child_outside", point_in(area), name=child.name)
    if before is not None and not ground.covers(before):
        drawing.note("redraw_gives_up", point_in(shapely.difference(before, ground)))
    drawing.change(cell).boundary = geojson_of(ground)


def _refuse_overlaps(drawing: Drawing, ground: Ground) -> None:
    """Neighbours keep their ground: they would have to be redrawn first."""
    cell, base = drawing.cell, drawing.base
    drawn = _drawn(each for each in base.children(cell.parent_id or 0) if each.pk != cell.pk)
    drawing.reads.update(each.pk for each, _area in drawn)
    if not drawn:
        return
    common = shapely.intersection(as_array([area for _each, area in drawn]), ground)
    found = parts_wider_than(common, TOLERANCE_M)
    pieces = list(zip(found.owner.tolist(), found.shape.tolist(), strict=True))
    for owner, piece in pieces[:_MOST]:
        drawing.refuse("redraw_overlaps", point_in(piece), name=drawn[owner][0].name)


def _drawn(cells: Iterable[Cell]) -> list[tuple[Cell, Ground]]:
    """Cells that have an outline, with it."""
    pairs = [(cell, ground_of(cell)) for cell in cells]
    return [(cell, area) for cell, area in pairs if area is not None]


def _target(drawing: Drawing, code: str) -> CellRef | None:
    target = drawing.base.ref(code)
    if target is None:
        drawing.refuse("redraw_cell_unknown", code=code or "–")
    return target


def _hand_ground(drawing: Drawing, cell: Cell, giver: int, taker: int) -> None:
    """Take the cell's ground from the chain above it and add it to the chain of the new place."""
    base, ground = drawing.base, ground_of(cell)
    if ground is None:
        return
    old, new = base.chain(giver), base.chain(taker)
    common = set(old) & set(new)
    for other in base.cells(set(old) - common).values():
        area = ground_of(other)
        if area is not None:
            left = [part for part in polygons_of(shapely.difference(area, ground)) if part.area > 0]
            rest = shapely.union_all(as_array(left)) if left else None
            drawing.change(other).boundary = None if rest is None else geojson_of(rest)
    for other in base.cells(set(new) - common).values():
        area = ground_of(other)
        if area is None or area.covers(ground):
            continue
        joined = merge([area, ground])
        if joined.ground is None:
            drawing.note("redraw_apart", joined.faults[0].point, name=cell.name, other=other.name)
        united = joined.ground or shapely.union(area, ground)
        drawing.change(other).boundary = geojson_of(united)


def point_in_cell(cell: Cell) -> Pair | None:
    """A place inside the cell, if it has an outline."""
    area = ground_of(cell)
    return None if area is None else point_in(area)

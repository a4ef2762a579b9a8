"""Drawing a redraw: rename, move, close. Splits, mergers: `cuts`; new boundaries: `outline`."""

from __future__ import annotations

import shapely

from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.grid.redrawing import merge
from gridpact.grid.services.redraw.asking import Request
from gridpact.grid.services.redraw.drawing import Drawing, Pair, geojson_of, ground_of
from gridpact.grid.topology.measures import as_array, point_in, polygons_of
from gridpact.grid.tree import CellRef


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

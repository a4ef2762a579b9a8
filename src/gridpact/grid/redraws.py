"""Reading redraws: those of the cells a person may see, and cells that will open or have closed."""

from __future__ import annotations

from django.db.models import QuerySet

from gridpact.core.access import Actor, Refused
from gridpact.grid.choices import RedrawState
from gridpact.grid.models import Cell, Redraw
from gridpact.grid.territory import in_sight, seen_cell


def redraws_of(actor: Actor, state: str = "", cell: str = "") -> QuerySet[Redraw]:
    """Redraws of cells in sight, closed ones too, the newest first."""
    rows = Redraw.objects.filter(cell__in=Cell.objects.visible_to(actor))
    if state:
        rows = rows.filter(state=state)
    if cell:
        rows = rows.filter(cell__code=cell)
    return rows.select_related("cell", "made_by").defer("cell__boundary", "undo")


def planned_for(actor: Actor, cell: Cell) -> list[Redraw]:
    """Redraws that wait and will change the cell or the place where it lies, the next first.

    Only those whose cell the actor sees (one query; there are few plans at a time).
    """
    plans = redraws_of(actor, RedrawState.PLANNED).order_by("effective_on", "pk")
    keys = ("undo__writes", "undo__moved", "undo__closed")
    touched: dict[int, set[int]] = {}
    for pk, writes, moved, closed in plans.order_by().values_list("pk", *keys):
        above = set(cell.path_ids) & {*(moved or ()), *(closed or ())}
        touched[pk] = above | ({cell.pk} & set(writes or ()))
    concerned = [pk for pk, cells in touched.items() if cells]
    return list(plans.filter(pk__in=concerned)) if concerned else []


def one_redraw(actor: Actor, code: str) -> Redraw:
    """The redraw with this code, or `Refused` not_found (404)."""
    row = None if "\x00" in code else redraws_of(actor).filter(code=code).first()
    if row is None:
        raise Refused("not_found", 404)
    return row


def seen_to_redraw(actor: Actor, code: str) -> Cell:
    """The open cell in sight of a person who keeps cells; 403 for others, 404 out of sight."""
    if not actor.has("grid.edit"):
        raise Refused("forbidden", 403)
    return seen_cell(in_sight(actor), code)

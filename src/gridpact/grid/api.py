"""The territory for programs: cells, one cell, and the cell at a point. Open to everybody."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from shapely.geometry import shape

import gridpact.grid.refusals  # noqa: F401 - registers the sentences
from gridpact.accounts.auth import PUBLIC_OR_SIGNED_IN
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of, answer
from gridpact.core.masking import mask_name
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.schemas import CellOut, CellPage, CellQuery, LocateOut, LocateQuery
from gridpact.grid.selectors import locate
from gridpact.grid.tree import CellRef, Tree, tree

router = Router(tags=["grid"], auth=PUBLIC_OR_SIGNED_IN)
_CODE = re.compile(r"[0-9A-Za-z_-]{1,20}")
_OFFICES = ("orgdept", "system_admin", "security_admin", "audit_admin")


@router.get("", response=CellPage)
def cells(request: HttpRequest, query: Query[CellQuery]) -> HttpResponse:
    """Cells by level, parent and name, in the order of their codes."""
    rows = _filtered(query)
    page = list(
        rows.filter(code__gt=query.cursor)
        .select_related("parent")
        .defer("boundary", "parent__boundary")
        .order_by("code")[: query.limit + 1]
    )
    more = len(page) > query.limit
    page = page[: query.limit]
    items = [cell_item(cell) for cell in page]
    return answer({"items": items, "count": rows.count(), "next": page[-1].code if more else None})


def _filtered(query: CellQuery) -> QuerySet[Cell]:
    rows: QuerySet[Cell] = Cell.objects.all()
    if query.as_of is None:
        rows = rows.filter(closed_on__isnull=True)
    else:
        day = query.as_of
        rows = rows.filter(opened_on__lte=day).filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=day)
        )
    if query.level:
        level = query.level.upper()
        if level not in Level.values:
            allowed = ", ".join(Level.values)
            raise Refused("level_unknown", 422, field="level", given=level[:20], allowed=allowed)
        rows = rows.filter(level=level)
    if query.parent:
        parent = Cell.objects.filter(code=query.parent).first()
        if parent is None:
            raise Refused("cell_unknown", 422, field="parent", code=query.parent[:20])
        rows = rows.filter(parent=parent)
    if query.q:
        rows = rows.filter(Q(name__icontains=query.q) | Q(code__startswith=query.q))
    return rows


@router.get("/locate", response=LocateOut)
def locate_point(request: HttpRequest, query: Query[LocateQuery]) -> HttpResponse:
    """The deepest cell at a point; 404 `outside_district`, 422 for what is no place on earth."""
    try:
        place = locate(query.lon, query.lat, query.datum)
    except ValueError as error:
        raise Refused("no_place", 422, field="lon") from error
    if place is None:
        raise Refused("outside_district", 404)
    return answer(
        {
            "cell": ref(place.cell),
            "path": path_of(place.cell, tree()),
            "reason": place.reason,
            "distance_m": round(place.distance_m, 1),
        }
    )


@router.get("/{code}", response=CellOut)
def cell(request: HttpRequest, code: str) -> HttpResponse:
    """One cell with its path, a point inside it and who holds its posts."""
    found = None
    if _CODE.fullmatch(code):
        found = Cell.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise Refused("not_found", 404)
    snapshot = tree()
    known = snapshot.by_id.get(found.pk)
    body = cell_item(found)
    if body["point"] is None and found.boundary:
        inside = shape(found.boundary).representative_point()
        body["point"] = [inside.x, inside.y]
    body["path"] = path_of(known, snapshot) if known else []
    body["children"] = found.children.filter(closed_on__isnull=True).count()
    body["opened_on"], body["closed_on"] = found.opened_on, found.closed_on
    body["posts"] = _posts(found, actor_of(request))
    return answer(body)


def _posts(found: Cell, actor: Actor) -> list[dict[str, Any]]:
    """Posts that deal with residents, highest first; names in full for staff only."""
    rows = (
        Appointment.objects.in_term()
        .filter(cell=found)
        .exclude(kind__code__in=_OFFICES)
        .select_related("kind", "user")
        .order_by("kind__sort", "pk")
    )
    full = actor.has("grid.read")
    return [
        {
            "kind": row.kind.code,
            "name": row.kind.name,
            "holder": str(row.user) if full else mask_name(str(row.user)),
            "is_head": row.kind.is_head,
        }
        for row in rows
    ]


def cell_item(found: Cell) -> dict[str, Any]:
    """A cell as lists show it."""
    stored = found.point_lon is not None and found.point_lat is not None
    return {
        "code": found.code,
        "name": found.name,
        "level": found.level,
        "parent": found.parent.code if found.parent else None,
        "kind": found.kind,
        "doors": found.doors,
        "point": [found.point_lon, found.point_lat] if stored else None,
    }


def ref(cell_ref: CellRef) -> dict[str, str]:
    """Code, name and level of a cell."""
    return {"code": cell_ref.code, "name": cell_ref.name, "level": cell_ref.level}


def path_of(cell_ref: CellRef, snapshot: Tree) -> list[dict[str, str]]:
    """The cells from the district down to this one."""
    chain = [int(part) for part in cell_ref.path.split("/") if part]
    known = [snapshot.by_id[each] for each in chain if each in snapshot.by_id]
    return [ref(each) for each in known if RANK[each.level] >= RANK[Level.DISTRICT]]

"""The territory for programs: cells and one cell are open to everybody, what is wrong is not."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from shapely.geometry import shape

from gridpact.accounts.auth import PUBLIC_OR_SIGNED_IN, SIGNED_IN
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of, answer
from gridpact.core.masking import mask_name
from gridpact.grid import days
from gridpact.grid.choices import RANK, Level
from gridpact.grid.findings import Finding
from gridpact.grid.gaps import gap_lists
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.schemas import CellOut, CellPage, CellQuery, GapsOut
from gridpact.grid.territory import in_sight, seen_cell
from gridpact.grid.tree import CellRef, Tree, tree_at

router = Router(tags=["grid"], auth=PUBLIC_OR_SIGNED_IN)
_CODE = re.compile(r"[0-9A-Za-z_-]{1,20}")
_OFFICES = ("orgdept", "system_admin", "security_admin", "audit_admin")


@router.get("", response=CellPage)
def cells(request: HttpRequest, query: Query[CellQuery]) -> HttpResponse:
    """Cells by level, parent and name, in the order of their codes."""
    page, count = _today(query) if query.as_of is None else _of_day(query, query.as_of)
    more = len(page) > query.limit
    page = page[: query.limit]
    items = [cell_item(cell) for cell in page]
    return answer({"items": items, "count": count, "next": page[-1].code if more else None})


def _level(query: CellQuery) -> str:
    level = query.level.upper()
    if level and level not in Level.values:
        allowed = ", ".join(Level.values)
        raise Refused("level_unknown", 422, field="level", given=level[:20], allowed=allowed)
    if query.parent and not Cell.objects.filter(code=query.parent).exists():
        raise Refused("cell_unknown", 422, field="parent", code=query.parent[:20])
    return level


def _today(query: CellQuery) -> tuple[list[Cell], int]:
    rows: QuerySet[Cell] = Cell.objects.open()
    level = _level(query)
    if level:
        rows = rows.filter(level=level)
    if query.parent:
        rows = rows.filter(parent__code=query.parent)
    if query.q:
        rows = rows.filter(Q(name__icontains=query.q) | Q(code__startswith=query.q))
    page = rows.filter(code__gt=query.cursor).select_related("parent").order_by("code")
    return list(page.defer("boundary", "parent__boundary")[: query.limit + 1]), rows.count()


def _of_day(query: CellQuery, day: date) -> tuple[list[Cell], int]:
    asked = days.Asked(_level(query), query.parent, query.q)
    return days.listed(day, asked, query.cursor, query.limit + 1)


@router.get("/{code}", response=CellOut)
def cell(request: HttpRequest, code: str, as_of: date | None = None) -> HttpResponse:
    """One cell with its path, a point inside it and who holds its posts, today or on `as_of`."""
    snapshot = tree_at(as_of)
    found = _found(code) if as_of is None else _found_on(code, snapshot)
    if found is None:
        raise Refused("not_found", 404)
    known = snapshot.by_id.get(found.pk)
    body = cell_item(found)
    if body["point"] is None and found.boundary:
        inside = shape(found.boundary).representative_point()
        body["point"] = [inside.x, inside.y]
    body["path"] = path_of(known, snapshot) if known else []
    body["children"] = len(snapshot.children.get(found.pk, ()))
    body["opened_on"], body["closed_on"] = found.opened_on, found.closed_on
    body["posts"] = _posts(found, actor_of(request), as_of)
    return answer(body)


def _found(code: str) -> Cell | None:
    rows = Cell.objects.select_related("parent")
    return rows.filter(code=code).first() if _CODE.fullmatch(code) else None


def _found_on(code: str, snapshot: Tree) -> Cell | None:
    ref_then = snapshot.by_code.get(code)
    return days.cells_on(snapshot, [ref_then])[0] if ref_then else None


@router.get("/{code}/gaps", response=GapsOut, auth=SIGNED_IN)
def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """What is wrong in a cell of the own territory and below it, by kind; `href` mends it."""
    actor = actor_of(request)
    if not actor.has("grid.read"):
        raise Refused("forbidden", 403)
    found = seen_cell(in_sight(actor), code)
    lists = gap_lists(found)
    body: dict[str, Any] = {
        "cell": {"code": found.code, "name": found.name, "level": found.level},
        "count": sum(one.count for one in lists),
    }
    return answer(body | {one.kind: [_gap(line) for line in one.findings] for one in lists})


def _gap(line: Finding) -> dict[str, Any]:
    return {
        "cell": {"code": line.cell_code, "name": line.cell_name, "level": line.level},
        "post": line.post,
        "holder": line.who,
        "until": line.day,
        "doors": line.number or None,
        "limit": line.limit or None,
        "count": line.count,
        "href": line.fix,
    }


def _posts(found: Cell, actor: Actor, day: date | None) -> list[dict[str, Any]]:
    """Posts that deal with residents, highest first; names in full for staff only."""
    rows = (
        Appointment.objects.in_term(day)
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

"""What stands on the public sign of a cell (网格公示牌): its outline, who answers, where to ask.

Heads are named in full, as on any sign at an entrance; others, and every phone, only when the
holder agreed (`Appointment.public_phone`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridpact.core.access import Actor, Refused
from gridpact.core.masking import mask_name
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Appointment, Cell

LEVELS = (Level.COMMUNITY, Level.GRID, Level.MICRO_GRID, Level.UNIT)


@dataclass(frozen=True, slots=True)
class Named:
    """A post with its holder as the sign may show them; `phone` is empty unless agreed."""

    post: str
    place: str
    holder: str
    phone: str


@dataclass(frozen=True, slots=True)
class Part:
    """A cell inside the sign's cell with its head, or nobody."""

    name: str
    head: Named | None
    boundary: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Sign:
    """Everything the poster draws. Boundaries are GeoJSON in WGS-84."""

    cell: Cell
    above: tuple[str, ...]
    answering: tuple[Named, ...]
    parts: tuple[Part, ...]
    around: tuple[dict[str, Any], ...]
    doors: int
    parts_level: str


def sign_of(cell: Cell, actor: Actor) -> Sign:
    """The sign of a cell in the actor's sight, in eight queries at most.

    Raises `Refused`: no_sign (422) above the community.
    """
    if cell.level not in LEVELS:
        raise Refused("no_sign", 422, level=cell.get_level_display())
    seen = Cell.objects.visible_to(actor).open()
    inside = list(seen.filter(parent=cell).order_by("code"))
    beside = Cell.objects.open().filter(parent_id=cell.parent_id).exclude(pk=cell.pk)
    around = beside.filter(boundary__isnull=False).values_list("boundary", flat=True)
    chain = sorted(
        Cell.objects.filter(pk__in=cell.path_ids[:-1]).only("name", "level", "path"),
        key=lambda row: row.rank,
    )
    heads = _heads(inside)
    return Sign(
        cell,
        tuple(row.name for row in chain if row.rank >= RANK[Level.DISTRICT]),
        tuple(_answering(cell)),
        tuple(Part(row.name, heads.get(row.pk), row.boundary) for row in inside),
        tuple(boundary for boundary in around if boundary is not None),
        cell.doors,
        inside[0].level if inside else "",
    )


def named(post: Appointment) -> Named:
    """A post as the sign may show it."""
    full = post.kind.is_head or post.public_phone
    holder = str(post.user) if full else mask_name(str(post.user))
    return Named(
        post.kind.name, post.cell.name, holder, post.user.phone if post.public_phone else ""
    )


def _heads(cells: Sequence[Cell]) -> dict[int, Named]:
    rows = Appointment.objects.heads_of([cell.pk for cell in cells]).filter(user__is_active=True)
    rows = rows.select_related("kind", "user", "cell").defer("cell__boundary")
    # A deputy stands on the sign only where no holder does.
    in_order = sorted(rows, key=lambda row: (row.acting_for_id is None, -row.pk))
    return {row.cell_id: named(row) for row in in_order}


def _answering(cell: Cell) -> list[Named]:
    """From the community down: heads of each cell above, then everybody who works on the cell."""
    rows = (
        Appointment.objects.in_term()
        .filter(cell_id__in=cell.path_ids, user__is_active=True, acting_for__isnull=True)
        .filter(cell__level__in=LEVELS)
        .select_related("kind", "user", "cell")
        .defer("cell__boundary")
    )
    shown = [row for row in rows if row.kind.is_head or RANK[row.cell.level] >= RANK[Level.GRID]]
    shown += [row for row in rows if row.cell_id == cell.pk and row not in shown]
    return [
        named(row)
        for row in sorted(
            shown, key=lambda row: (row.cell.rank, not row.kind.is_head, row.kind.sort, row.pk)
        )
    ]

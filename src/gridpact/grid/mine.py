"""My grid (我的网格): a leader's cells, whom to call, and the own posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridpact.core import clock
from gridpact.core.access import Actor, can
from gridpact.core.masking import mask_phone
from gridpact.grid import territory
from gridpact.grid.choices import RANK
from gridpact.grid.models import Appointment, Cell

MOST_BELOW = 30


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call: `phone` is in clear for the link and empty where calling is not allowed."""

    post: str
    place: str
    name: str
    phone: str
    shown: str


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything of the page but what waits today."""

    cells: tuple[territory.CellLine, ...]
    above: tuple[Contact, ...]
    below: tuple[Contact, ...]
    posts: tuple[Appointment, ...]


def mine(actor: Actor) -> Mine:
    """The cells of the actor's posts, the heads above (nearest first), those right below."""
    cells = territory.own_cells(actor, territory.in_sight(actor))
    ids = [cell.pk for cell in cells]
    over = {step for cell in cells for step in cell.path_ids[:-1]} - set(ids)
    children = Cell.objects.open().filter(parent_id__in=ids).values_list("pk", flat=True)
    own = Appointment.objects.in_term().filter(user_id=actor.user_id or 0)
    return Mine(
        tuple(territory.lines(actor, cells)),
        tuple(_contacts(actor, list(over), cells, nearest_first=True)),
        tuple(_contacts(actor, list(children), cells, nearest_first=False)[:MOST_BELOW]),
        tuple(own.select_related("kind", "cell", "user").defer("cell__boundary")),
    )


def _contacts(
    actor: Actor, cell_ids: Sequence[int], mine_: Sequence[Cell], *, nearest_first: bool
) -> list[Contact]:
    """Heads in office of these cells. Whoever works here may call the heads above and below."""
    may_call = any(can(actor, "grid.call", cell) for cell in mine_)
    rows = Appointment.objects.heads_of(cell_ids).filter(user__is_active=True)
    rows = rows.exclude(user_id=actor.user_id or 0).select_related("kind", "cell", "user")
    turn = -1 if nearest_first else 1
    ordered = sorted(rows, key=lambda row: (turn * RANK[row.cell.level], row.cell.code, row.pk))
    return [
        Contact(
            row.kind.name,
            row.cell.name,
            str(row.user),
            row.user.phone if may_call else "",
            mask_phone(row.user.phone),
        )
        for row in ordered
    ]


def history(cell: Cell) -> list[Appointment]:
    """Everybody who held a post on the cell and does no more, last first (历任)."""
    rows = Appointment.objects.over(clock.today()).filter(cell=cell)
    return list(rows.select_related("kind", "user").order_by("-ends", "kind__sort", "-pk"))

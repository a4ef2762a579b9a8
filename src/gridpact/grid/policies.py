"""Who may change the territory and appoint people."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.grid.models import Cell


@policy("grid.load")
def may_load(actor: Actor, obj: object) -> bool:
    """The district desk loads cells and posts from files."""
    return actor.has("grid.load")


@policy("grid.appoint")
def may_appoint(actor: Actor, cell: Cell) -> bool:
    """Desks and general heads appoint within their own cell."""
    return any(cell.is_under(grant.cell_id) for grant in actor.grants_for("grid.edit"))

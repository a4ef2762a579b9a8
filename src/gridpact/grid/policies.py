"""Who may change the territory and appoint people."""

from __future__ import annotations

from collections.abc import Sequence

from gridpact.core.access import Actor, policy
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.tree import CellRef

# Posts with these rights belong to the three administrators, who are kept apart from the desks.
ADMIN_RIGHTS = frozenset({"accounts.manage", "audit.read", "system.doctor"})


def covers(actor: Actor, right: str, cell: Cell | CellRef) -> bool:
    """A post of the actor gives `right` over `cell`."""
    return any(cell.is_under(grant.cell_id) for grant in actor.grants_for(right))


@policy("grid.load")
def may_load(actor: Actor, obj: object) -> bool:
    """The district desk loads cells and posts from files."""
    return actor.has("grid.load")


@policy("grid.edit_cell")
def may_edit_cell(actor: Actor, cell: Cell) -> bool:
    """Desks and general heads keep the cells below their own."""
    return covers(actor, "grid.edit", cell)


@policy("grid.redraw")
def may_redraw(actor: Actor, above: Sequence[Cell | CellRef]) -> bool:
    """Who keeps every cell right above what changes, before and after; `above` lists those."""
    return all(covers(actor, "grid.edit", cell) for cell in above)


@policy("grid.appoint")
def may_appoint(actor: Actor, cell: Cell) -> bool:
    """Desks and general heads appoint within their own cell, the security administrator too."""
    return covers(actor, "grid.edit", cell) or covers(actor, "accounts.manage", cell)


@policy("grid.give_post", "grid.change_term", "grid.end_term")
def may_give_post(actor: Actor, post: Appointment) -> bool:
    """Nobody gives or takes a post with rights beyond their own.

    The administrators' posts are in the hands of the security administrator alone.
    """
    rights = frozenset(post.kind.rights)
    if rights & ADMIN_RIGHTS:
        return covers(actor, "accounts.manage", post.cell)
    return any(
        post.cell.is_under(grant.cell_id) and rights <= grant.rights
        for grant in actor.grants_for("grid.edit")
    )


@policy("grid.call")
def may_call(actor: Actor, cell: Cell) -> bool:
    """Staff who work on this ground see the phones of those who answer for it."""
    return covers(actor, "orders.read", cell)


@policy("grid.report_absence")
def may_report_absence(actor: Actor, post: Appointment) -> bool:
    """The holder, or who may end the term."""
    return post.user_id == actor.user_id or may_give_post(actor, post)


@policy("grid.show_phone")
def may_show_phone(actor: Actor, post: Appointment) -> bool:
    """The holder alone: the number is theirs."""
    return actor.user_id is not None and post.user_id == actor.user_id


@policy("grid.hand_over")
def may_hand_over(actor: Actor, obj: object) -> bool:
    """The clock: work moves when a term is over, by rule."""
    return actor.is_system

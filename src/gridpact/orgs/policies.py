"""Who may change organisations and their members."""

from __future__ import annotations

from gridpact.core.access import Actor, policy
from gridpact.grid.choices import RANK, Level
from gridpact.orgs.models import Org, PartyOrg


@policy("orgs.load")
def may_load(actor: Actor, obj: object) -> bool:
    """Desks and the organisation department load organisations and members from files."""
    return actor.has("orgs.edit")


@policy("orgs.save", "orgs.save_member", "orgs.end_member", "orgs.save_party")
def may_keep(actor: Actor, org: Org | PartyOrg) -> bool:
    """Whoever keeps organisations on the ground where this one sits.

    One without a cell serves the whole district and is kept on the district's level.
    """
    grants = actor.grants_for("orgs.edit")
    if org.cell is None:
        return any(RANK[grant.level] <= RANK[Level.DISTRICT] for grant in grants)
    return any(org.cell.is_under(grant.cell_id) for grant in grants)

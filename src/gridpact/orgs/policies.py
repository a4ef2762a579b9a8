"""Who may change organisations and their members."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("orgs.load")
def may_load(actor: Actor, obj: object) -> bool:
    """Desks and the organisation department load organisations and members from files."""
    return actor.has("orgs.edit")

"""Who sees and changes what is learnt: the desk of the district, whose orders they are."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("learning.read", "learning.manage")
def may_manage(actor: Actor, obj: object) -> bool:
    """Whoever keeps the routing rules keeps the suggestions too; the worker trains by itself."""
    return actor.is_system or actor.has("routing.edit")

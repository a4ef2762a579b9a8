"""Who may keep networks and load their cells."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("networks.load", "networks.save")
def may_load(actor: Actor, obj: object) -> bool:
    """The district desk, which keeps the net itself."""
    return actor.has("grid.load")


@policy("networks.read")
def may_read(actor: Actor, obj: object) -> bool:
    """Whoever reads the grid or stands in a department."""
    return actor.has("grid.read") or bool(actor.org_ids)

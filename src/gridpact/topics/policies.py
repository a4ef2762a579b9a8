"""Who reads hot topics, has them looked for again, and makes one matter of them."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("topics.read", "topics.look")
def may_read(actor: Actor, _subject: object) -> bool:
    """Whoever reads orders of an area; each sees the topics of the orders in sight."""
    return actor.is_system or bool(actor.grants_for("orders.read"))

"""Who may change routing rules: those whose post gives the right, for the whole district."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("routing.edit")
def may_edit(actor: Actor, obj: object) -> bool:
    """The district's desk."""
    return actor.has("routing.edit")

"""Who may read figures."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("figures.read")
def may_read_figures(actor: Actor, _obj: object) -> bool:
    """Holders of a post with this right, for the area of the post."""
    return actor.has("figures.read")

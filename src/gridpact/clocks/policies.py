"""Who keeps calendars and limits."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("clocks.edit")
def may_edit(actor: Actor, obj: object) -> bool:
    """The district desk and the system administrator."""
    return actor.has("clocks.edit")

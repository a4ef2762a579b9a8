"""Who keeps the quiet hours."""

from __future__ import annotations

from gridpact.core.access import Actor, policy


@policy("notify.set_quiet_hours")
def may_set_quiet_hours(actor: Actor, obj: object) -> bool:
    """Whoever keeps calendars and limits: the system administrator and the district desk."""
    return actor.has("clocks.edit")

"""Who is told when a rule breaks."""

from __future__ import annotations

from typing import Any

from gridpact.grid.models import Appointment


def rule_keepers(audience: dict[str, Any]) -> list[int]:
    """Everybody whose post may change routing rules."""
    rows = Appointment.objects.in_term().filter(kind__rights__contains="routing.edit")
    return list(rows.filter(user__is_active=True).values_list("user_id", flat=True))

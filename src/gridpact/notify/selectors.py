"""Whether it is quiet now, and what waits for the morning."""

from __future__ import annotations

from gridpact.core import clock
from gridpact.notify.models import Outbox, QuietHours


def quiet_hours() -> QuietHours:
    """The hours as they are kept now."""
    return QuietHours.objects.first() or QuietHours()


def is_quiet() -> bool:
    """Whether what can wait has to wait at this moment."""
    return quiet_hours().covers(clock.now())


def held() -> int:
    """How many messages wait for the end of the quiet hours; 0 outside of them."""
    return Outbox.objects.waiting().filter(can_wait=True).count() if is_quiet() else 0

"""Facts about posts that other apps may react to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class TermEnded:
    """The term of a post is over; `heir_id` is the appointment that takes its open work, or None.

    The heir holds the same post on the same cell (`is_successor`), else it is the next head above.
    """

    appointment_id: int
    cell_id: int
    last_day: date
    heir_id: int | None
    is_successor: bool

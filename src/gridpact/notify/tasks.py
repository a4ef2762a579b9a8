"""What the worker does for messages."""

from __future__ import annotations

from gridpact.notify.services import deliver_batch


def deliver_outbox() -> int:
    """Deliver one batch of waiting messages; returns how many rows were taken."""
    return deliver_batch()

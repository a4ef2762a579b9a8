"""What the worker does for the audit log."""

from __future__ import annotations

from gridpact.audit.services import seal_batch


def seal_log() -> int:
    """Seal one batch of rows into the chain; returns how many, 0 when nothing waits."""
    return seal_batch()

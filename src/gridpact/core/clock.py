"""The only source of the current time, so that tests and replays can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """The current instant, timezone-aware UTC (or the frozen instant)."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The current local date in China Standard Time."""
    return now().astimezone(LOCAL).date()


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Within the block `now()` answers `at` (aware). Used by tests, the demo and replays."""
    token = _frozen.set(at)
    try:
        yield at
    finally:
        _frozen.reset(token)

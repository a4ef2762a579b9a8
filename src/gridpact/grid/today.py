"""What waits in somebody's cells today, as upper apps say it; listed in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.core.access import Actor
from gridpact.grid.models import Cell


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One thing that waits: what, where it is opened, and until when."""

    title: str
    href: str
    note: str | Promise = ""
    started_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TodayList:
    """The most urgent lines of one kind; `href` opens all of them."""

    label: str | Promise
    href: str
    lines: tuple[TodayLine, ...]


Source = Callable[[Actor, Sequence[Cell]], TodayList]


@cache
def _sources() -> tuple[Source, ...]:
    paths: tuple[str, ...] = import_string(settings.CELL_TODAY)
    return tuple(import_string(path) for path in paths)


def today_lists(actor: Actor, cells: Sequence[Cell]) -> list[TodayList]:
    """What waits in these cells, a list for each app."""
    return [source(actor, cells) for source in _sources()]

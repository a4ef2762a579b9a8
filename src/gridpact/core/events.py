"""Facts that other apps may react to. Subscribers are listed in `config/wiring.py` and only write rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def _subscribers(event: Hashable) -> tuple[Callable[[Any], None], ...]:
    wiring: dict[Hashable, tuple[str, ...]] = import_string(settings.EVENT_WIRING)
    return tuple(import_string(path) for path in wiring.get(event, ()))


def publish(event: object) -> None:
    """Run the subscribers of `event`'s type, inside the caller's transaction, in listed order."""
    kind: Hashable = type(event)
    for subscriber in _subscribers(kind):
        subscriber(event)

"""Facts that other apps may react to: `config/wiring.py` names who, and they only write rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

_known: dict[type, tuple[Callable[[Any], None], ...]] = {}


def _subscribers(event: type) -> tuple[Callable[[Any], None], ...]:
    if event not in _known:
        wiring: dict[type, tuple[str, ...]] = import_string(settings.EVENT_WIRING)
        _known[event] = tuple(import_string(path) for path in wiring.get(event, ()))
    return _known[event]


def publish(event: object) -> None:
    """Run the subscribers of `event`'s type, inside the caller's transaction, in listed order."""
    for subscriber in _subscribers(type(event)):
        subscriber(event)

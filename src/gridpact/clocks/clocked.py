"""What runs by these clocks: an app above answers, named by `CLOCKED`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gridpact.clocks.models import Recount

Choices = Sequence[tuple[str, str | Promise]]
COUNT_CAP = 10_000  # how far running clocks are counted before a change


class Words(NamedTuple):
    """What a limit may name, as codes and labels."""

    steps: Choices
    klasses: Choices
    kinds: Choices
    channels: Choices
    categories: Choices


class Clocked(Protocol):
    """What the app with the clocks offers."""

    def words(self) -> Words:
        """What a limit may name."""

    def running(self, cell_id: int | None, steps: Sequence[str]) -> int:
        """How many clocks run in a cell (None = everywhere) in these steps, up to the cap."""

    def recount(self, job: Recount) -> bool:
        """Count the next batch anew and note progress; False when nothing is left."""


@cache
def clocked() -> Clocked:
    """The app that runs by these clocks."""
    found: Clocked = import_string(settings.CLOCKED)
    return found

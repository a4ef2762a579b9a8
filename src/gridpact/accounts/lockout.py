"""The sentence and the seconds of a locked sign-in."""

from __future__ import annotations

import math
from datetime import timedelta

from axes.helpers import get_cool_off

from gridpact.core.texts import refusal_text


def locked_seconds() -> int:
    """How long a lock lasts; every further try starts it anew."""
    return int((get_cool_off() or timedelta()).total_seconds())


def locked_sentence() -> str:
    """What a locked person reads."""
    return refusal_text("locked", {"minutes": math.ceil(locked_seconds() / 60)})

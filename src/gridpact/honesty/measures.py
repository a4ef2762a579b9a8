"""Small measures the questions rest on: metres, quantiles, prints of answers, runs in time."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

_DEGREE = 111_320.0  # metres of one degree of latitude


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance of two WGS-84 points on a plane; good to 0.5 % within a district."""
    across = (lon - other_lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(across, lat - other_lat) * _DEGREE


def quantile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of `values` lie, between neighbours by line."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def answer_print(text: str) -> str:
    """A print of an answer that digits, punctuation, width and case do not change."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    letters = re.sub(r"[\W\d_]+", "", normal)
    return hashlib.blake2b(letters.encode(), digest_size=16).hexdigest()


def densest(moments: Sequence[datetime], within: timedelta) -> tuple[int, int]:
    """Of rising `moments`, the run (from, to: half-open) within `within` that has the most."""
    best, low = (0, 0), 0
    for high, moment in enumerate(moments):
        while moment - moments[low] > within:
            low += 1
        if high + 1 - low > best[1] - best[0]:
            best = (low, high + 1)
    return best

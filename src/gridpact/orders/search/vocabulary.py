"""The district's own words: its places, organisations and the people in its posts."""

from __future__ import annotations

import threading
import time

from gridpact.core.segment import Names
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Appointment
from gridpact.grid.tree import tree
from gridpact.orgs.models import Org

_FRESH = 600.0  # seconds; a name added meanwhile is found by its parts
_ENDINGS = ("居委会", "村委会", "街道办事处")
_lock = threading.Lock()
_known: tuple[int, float, Names] | None = None


def vocabulary() -> Names:
    """The names known now, read again after ten minutes or when the net changes."""
    global _known
    version = tree().version
    known = _known
    if known is not None and known[0] == version and time.monotonic() - known[1] < _FRESH:
        return known[2]
    with _lock:
        names = Names(_names())
        _known = (version, time.monotonic(), names)
    return names


def place_names() -> Names:
    """Names of the net below the townships; numbered ones (3号楼) say nothing alone."""
    wide = RANK[Level.TOWNSHIP]
    places = (ref.name for ref in tree().by_id.values() if RANK[ref.level] > wide)
    return Names(name for name in places if not any(sign.isdigit() for sign in name))


def _names() -> list[str]:
    names = [ref.name for ref in tree().by_id.values()]
    names += [name.removesuffix(ending) for name in names for ending in _ENDINGS]
    names += Org.objects.values_list("name", flat=True)
    posts = Appointment.objects.in_term().order_by()
    names += posts.values_list("user__name", flat=True).distinct()
    return [name for name in names if any(not sign.isdigit() for sign in name)]

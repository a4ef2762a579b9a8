"""How common each word is among all orders, as the database itself estimates it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from gridpact.core.rows import execute

_FRESH = 600.0  # seconds
_STATS = """
SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats
WHERE schemaname = current_schema() AND tablename = 'orders_orderwords' AND attname = 'words'
"""
_ROWS = """
SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'orders_orderwords'::regclass
"""
_known: tuple[float, Frequencies] | None = None


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Shares (0 to 1) of orders by word; a word that is not listed is rarer than all of these."""

    shares: dict[str, float]
    rows: int

    def share(self, word: str) -> float:
        """The share of orders with this word."""
        return self.shares.get(word, self.least)

    @property
    def least(self) -> float:
        """What an unlisted word is taken for: half of the rarest listed one, at least one order."""
        rarest = min(self.shares.values(), default=0.002)
        return max(rarest / 2, 1 / max(self.rows, 1000))


def frequencies() -> Frequencies:
    """The estimates of the last ten minutes; empty before the tables were first analysed."""
    global _known
    known = _known
    if known is not None and time.monotonic() - known[0] < _FRESH:
        return known[1]
    rows = int(execute(_ROWS, [])[0][0])
    found = execute(_STATS, [])
    shares: dict[str, float] = {}
    if found and found[0][0]:
        words, freqs = found[0]  # the frequencies end with the least, the most and that of nulls
        shares = {word: float(freq) for word, freq in zip(words, freqs, strict=False)}
    made = Frequencies(shares, rows)
    _known = (time.monotonic(), made)
    return made

"""Traditional Chinese signs as simplified ones, so that both writings are one text to compare."""

from __future__ import annotations

from functools import cache

_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


def simplified(text: str) -> str:
    """The text in simplified signs, sign by sign, so that each stays at its place.

    Signs only, no phrases: what is compared is folded on both sides alike.
    """
    return text if text.isascii() else text.translate(_table())


def traditional_signs() -> str:
    """The signs that `simplified` changes, in order."""
    return "".join(map(chr, sorted(_table())))


@cache
def _table() -> dict[int, int]:
    """Drawn from OpenCC once a process (some 30 ms), since a table answers faster than it does."""
    from opencc import OpenCC  # noqa: PLC0415  # loads its dictionaries

    signs = [chr(code) for start, end in _BLOCKS for code in range(start, end)]
    plain = OpenCC("t2s").convert("\n".join(signs)).split("\n")
    pairs = zip(signs, plain, strict=True)
    return {ord(sign): ord(one) for sign, one in pairs if len(one) == 1 and one != sign}

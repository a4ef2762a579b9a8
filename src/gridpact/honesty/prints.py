"""What a picture looks like in 64 bits: alike pictures differ in few of them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, UnidentifiedImageError

BITS = 64
_ALL = (1 << BITS) - 1
_FLAT = 6.0  # standard deviation of grey (of 255) below which a picture shows nothing to compare
_FEW = 6  # of 64 bits set or unset: a plain gradient, such as a sky


def print_of(data: bytes) -> int | None:
    """The difference hash of a picture: is each of 8 × 8 fields brighter than the one right of it.

    Signed 64 bits, as the database keeps them. None for an unreadable picture, or one that shows
    too little.
    """
    try:
        small = Image.open(io.BytesIO(data)).convert("L").resize((9, 8), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    grey = np.asarray(small, dtype=np.int16)
    if float(grey.std()) < _FLAT:
        return None
    bits = grey[:, :-1] > grey[:, 1:]
    if not _FEW <= int(bits.sum()) <= BITS - _FEW:
        return None
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def distance(one: int, other: int) -> int:
    """In how many bits two prints differ."""
    return ((one ^ other) & _ALL).bit_count()


def bands(whole: int) -> list[int]:
    """The print in four parts of 16 bits.

    Prints that differ in at most 7 bits have a part that differs in at most one.
    """
    return [(whole >> shift) & 0xFFFF for shift in (48, 32, 16, 0)]


def near(band: int) -> list[int]:
    """The band itself and all that differ from it in one bit: 17 values."""
    return [band, *(band ^ (1 << bit) for bit in range(16))]

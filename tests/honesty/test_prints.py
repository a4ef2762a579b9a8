"""Prints of pictures: alike ones are near, others far, plain ones have none."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from gridpact.honesty.prints import bands, distance, near, print_of


def picture(seed: int) -> Image.Image:
    """A picture of coloured fields, as different from another seed's as two places are."""
    fields = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(fields).resize((640, 480), Image.Resampling.BICUBIC)


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def printed(data: bytes) -> int:
    made = print_of(data)
    assert made is not None
    return made


def test_a_picture_saved_again_smaller_and_darker_is_near() -> None:
    first = printed(jpeg(picture(1)))
    again = ImageEnhance.Brightness(picture(1).resize((320, 240))).enhance(0.8)
    assert distance(first, printed(jpeg(again, 50))) <= 6


def test_other_pictures_are_far() -> None:
    prints = [printed(jpeg(picture(seed))) for seed in range(40)]
    least = min(distance(a, b) for i, a in enumerate(prints) for b in prints[:i])
    assert least > 7


def test_plain_pictures_gradients_and_junk_have_no_print() -> None:
    plain = Image.new("RGB", (400, 300), (200, 200, 200))
    sky = Image.linear_gradient("L").rotate(90)
    assert print_of(jpeg(plain)) is None
    assert print_of(jpeg(sky.convert("RGB"))) is None
    assert print_of(b"") is None
    assert print_of(b"\xff\xd8 no picture") is None


def test_prints_fit_the_database_and_come_back_from_their_bands() -> None:
    for seed in range(20):
        whole = printed(jpeg(picture(seed)))
        assert -(2**63) <= whole < 2**63
        joined = int("".join(f"{band:016b}" for band in bands(whole)), 2)
        assert joined == whole % 2**64


@pytest.mark.parametrize("bits", range(8))
def test_up_to_seven_differing_bits_share_a_near_band(bits: int) -> None:
    rng = np.random.default_rng(bits)
    for _ in range(200):
        one = int(rng.integers(-(2**63), 2**63 - 1))
        other = one
        for place in rng.choice(64, bits, replace=False):
            other ^= 1 << int(place)
        assert distance(one, other) == bits
        shared = zip(bands(one), bands(other), strict=True)
        assert any(theirs in near(mine) for mine, theirs in shared)

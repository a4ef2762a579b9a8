"""Drawn pictures that stand for photos in the demo: no camera, no place, no person."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from uuid import UUID

from django.conf import settings
from PIL import Image, ImageDraw

from gridpact.core.clock import LOCAL
from gridpact.orders.choices import PhotoRole
from gridpact.orders.models import Photo

WIDTH, HEIGHT = 640, 480
_THUMB = (240, 180)
# Sky, wall, ground and accent of each scene.
_PALETTES = (
    ((173, 206, 224), (214, 196, 170), (130, 128, 122), (200, 16, 46)),
    ((206, 222, 214), (188, 178, 160), (112, 134, 96), (214, 148, 40)),
    ((150, 182, 206), (226, 216, 200), (150, 144, 136), (52, 110, 150)),
    ((226, 214, 190), (170, 160, 150), (120, 112, 104), (60, 120, 90)),
)
SCENES_PER_ROLE = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """JPEG bytes of a picture and its thumbnail."""

    data: bytes
    thumb: bytes
    sha256: str


def draw_scenes(rng: Random, *, after: bool) -> list[Scene]:
    """Eight street scenes, as found (`after` False) or put in order."""
    return [_scene(rng, index, after=after) for index in range(SCENES_PER_ROLE)]


def _scene(rng: Random, index: int, *, after: bool) -> Scene:
    sky, wall, ground, accent = _PALETTES[index % len(_PALETTES)]
    image = Image.new("RGB", (WIDTH, HEIGHT), sky)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 330, WIDTH, HEIGHT), fill=ground)
    left = 40
    while left < WIDTH - 60:
        width, top = rng.randint(110, 190), rng.randint(60, 190)
        pen.rectangle((left, top, left + width, 330), fill=wall, outline=(90, 84, 78), width=2)
        for x in range(left + 14, left + width - 26, 36):
            for y in range(top + 16, 300, 44):
                pen.rectangle((x, y, x + 20, y + 26), fill=(236, 232, 216), outline=(110, 104, 98))
        left += width + rng.randint(8, 30)
    if after:
        _in_order(pen, accent)
    else:
        _out_of_order(pen, rng)
    return Scene(*_encoded(image))


def _in_order(pen: ImageDraw.ImageDraw, accent: tuple[int, int, int]) -> None:
    """A marked path, a lamp that shines and a bench."""
    pen.polygon([(120, HEIGHT), (300, 335), (360, 335), (540, HEIGHT)], fill=(176, 172, 164))
    for step in range(5):
        y = 345 + step * 28
        pen.rectangle((322 - step, y, 338 + step, y + 12), fill=(246, 244, 236))
    pen.rectangle((90, 220, 96, 400), fill=(70, 70, 74))
    pen.ellipse((78, 200, 108, 230), fill=(252, 226, 130))
    pen.rectangle((470, 388, 590, 400), fill=accent)
    pen.rectangle((480, 400, 488, 424), fill=(70, 70, 74))
    pen.rectangle((572, 400, 580, 424), fill=(70, 70, 74))


def _out_of_order(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    """A broken path, boxes in the way, a dark lamp."""
    pen.polygon([(120, HEIGHT), (300, 335), (360, 335), (540, HEIGHT)], fill=(140, 136, 128))
    for _ in range(7):
        x, y = rng.randint(200, 430), rng.randint(360, 450)
        pen.ellipse((x, y, x + rng.randint(20, 60), y + rng.randint(8, 22)), fill=(96, 90, 84))
    for _ in range(6):
        x, y, size = rng.randint(60, 540), rng.randint(350, 420), rng.randint(24, 52)
        shade = rng.randint(120, 180)
        pen.rectangle((x, y, x + size, y + size), fill=(shade, shade - 24, shade - 60))
    pen.rectangle((90, 220, 96, 400), fill=(70, 70, 74))
    pen.ellipse((78, 200, 108, 230), fill=(96, 96, 96))


def _encoded(image: Image.Image) -> tuple[bytes, bytes, str]:
    big, small = io.BytesIO(), io.BytesIO()
    image.save(big, "JPEG", quality=55, optimize=True)
    image.resize(_THUMB).save(small, "JPEG", quality=55, optimize=True)
    return big.getvalue(), small.getvalue(), hashlib.sha256(big.getvalue()).hexdigest()


def scene_photo(scene: Scene, key: UUID, at: datetime, user_id: int | None, role: str) -> Photo:
    """An unsaved photo row; its files are written here, where the file storage keeps uploads."""
    folder = f"orders/{at.astimezone(LOCAL):%Y/%m/%d}"
    root = Path(settings.MEDIA_ROOT)
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / f"{key}.jpg").write_bytes(scene.data)
    (root / folder / f"{key}.s.jpg").write_bytes(scene.thumb)
    return Photo(
        id=key,
        kind="image",
        role=PhotoRole(role),
        file=f"{folder}/{key}.jpg",
        thumb=f"{folder}/{key}.s.jpg",
        sha256=scene.sha256,
        size=len(scene.data),
        width=WIDTH,
        height=HEIGHT,
        taken_at=at,
        uploaded_at=at,
        uploaded_by_id=user_id,
    )

"""What residents add on the public pages of the demo: also affected, marks, photos of before."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from gridpact.core import clock, crypto
from gridpact.demo.names import phone_number
from gridpact.demo.pictures import Scene, scene_photo
from gridpact.orders.choices import SOLVED, Kind, Klass, PhotoRole
from gridpact.orders.models import Affected, Order, Photo, Rating

JOINED, SHOWN = 40, 60  # orders that others join; solved orders with a photo from before
_MARKS = (5, 5, 5, 4, 4, 3)


def build_publicity(before: Sequence[Scene], after: Sequence[Scene], *, rng: Random) -> None:
    """Write it all; `before` and `after` are the scenes the photos were drawn from, in pairs."""
    _join(rng)
    _mark(rng)
    _show(before, after, rng)


def _join(rng: Random) -> None:
    """Public matters in progress affect others, too: a few many, most one or two."""
    rows = Order.objects.on_board().open().exclude(state__in=SOLVED)  # scope: the demo builds all
    orders = list(
        rows.filter(klass__in=(Klass.PUBLIC, Klass.HARD)).order_by("-created_at")[:JOINED]
    )
    made: list[Affected] = []
    for order in orders:
        order.affected = rng.choice((1, 1, 2, 2, 3, 6, 11))
        span = (clock.now() - order.created_at).total_seconds()
        for index in range(order.affected):
            phone = phone_number(7000 + index)
            at = order.created_at + timedelta(seconds=rng.uniform(0.1, 1) * span)
            made.append(
                Affected(
                    order=order,
                    at=at,
                    phone_digest=crypto.digest("phone", phone),
                    phone_sealed=crypto.seal(phone),
                )
            )
    Affected.objects.bulk_create(made)
    Order.objects.bulk_update(orders, ["affected"])


def _mark(rng: Random) -> None:
    """Two of three residents who rated by themselves also gave marks."""
    ratings = [
        rating
        for rating in Rating.objects.filter(by_call_back=False, solved=True).order_by("id")
        if rng.random() < 0.66
    ]
    for rating in ratings:
        rating.speed, rating.effect, rating.attitude, rating.clarity = (
            rng.choice(_MARKS) for _ in range(4)
        )
    Rating.objects.bulk_update(ratings, ["speed", "effect", "attitude", "clarity"], batch_size=500)


def _show(before: Sequence[Scene], after: Sequence[Scene], rng: Random) -> None:
    """The latest solved matters show how it was before, taken by whoever did the work."""
    pairs = {scene.sha256: index for index, scene in enumerate(after)}
    photos = Photo.objects.filter(  # scope: the demo builds all
        role=PhotoRole.AFTER,
        order__is_public=True,
        order__state__in=SOLVED,
        order__kind__in=(Kind.NEED, Kind.HAZARD, Kind.REPORT),
    )
    made = []
    for photo in photos.order_by("-uploaded_at")[:SHOWN]:
        key = uuid.UUID(int=rng.getrandbits(128), version=4)
        at = photo.uploaded_at - timedelta(hours=rng.uniform(1, 5))
        scene = before[pairs[photo.sha256]]
        row = scene_photo(scene, key, at, photo.uploaded_by_id, PhotoRole.BEFORE)
        row.order_id = photo.order_id
        made.append(row)
    Photo.objects.bulk_create(made)

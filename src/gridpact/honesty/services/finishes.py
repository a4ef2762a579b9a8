"""What a finish may give reason to ask: proof, photos seen before, pace, copied answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gridpact.core import clock
from gridpact.honesty.choices import (
    COPIED_TIMES,
    LATE_MINUTES,
    LATE_TIMES,
    PHOTO_BITS,
    PHOTO_METRES,
    SPEED_MINUTES,
    SPEED_PERCENT,
    Kind,
)
from gridpact.honesty.measures import answer_print, metres, quantile
from gridpact.honesty.models import Finish, ProofPrint
from gridpact.honesty.prints import bands, print_of
from gridpact.honesty.selectors import LEAST_SAMPLE, alike, recent_minutes
from gridpact.honesty.services.raising import about
from gridpact.orders.choices import PhotoRole, Step
from gridpact.orders.models import Order, OrderLog, OrderStep, Photo
from gridpact.orders.policies import is_outdoor

Numbers = dict[str, int]
LATE_DAYS = 30
OLDER = timedelta(hours=1)  # clocks of cameras differ; staff may report while they stand there


def look_at_finish(order: Order, line: OrderLog, numbers: Numbers) -> None:
    """All questions one finish may raise; `order` as it is now."""
    photos = [
        photo
        for photo in order.photos.all()
        if photo.role != PhotoRole.REPORT and photo.uploaded_at <= line.at
    ]
    after = [photo for photo in photos if photo.role == PhotoRole.AFTER]
    _ask_for_proof(order, line, photos, after, numbers)
    _ask_for_photos(order, line, after, numbers)
    made = _note(order, line)
    if made is not None:
        _ask_for_pace(order, made, numbers)
        _ask_for_answer(order, made, numbers)
        ask_for_last_minutes(order, made, numbers)


def _ask_for_proof(
    order: Order, line: OrderLog, photos: list[Photo], after: list[Photo], numbers: Numbers
) -> None:
    flaws: list[dict[str, Any]] = []
    documents = [photo for photo in photos if photo.role == PhotoRole.DOCUMENT]
    if not after and not documents:
        flaws.append({"what": "nothing"})
    elif not after and is_outdoor(order):
        flaws.append({"what": "only_paper"})
    for photo in after:
        if photo.taken_at is not None and photo.taken_at < order.created_at - OLDER:
            hours = (order.created_at - photo.taken_at).total_seconds() / 3600
            flaws.append({"what": "older", "photo": str(photo.pk), "hours": round(hours)})
        away = _metres(order, photo)
        if away is not None and away > numbers[PHOTO_METRES]:
            flaws.append({"what": "far", "photo": str(photo.pk), "metres": round(away)})
    if flaws:
        shown = [str(photo.pk) for photo in after]
        evidence = {"flaws": flaws, "photos": shown}
        about(order, Kind.PROOF, f"PROOF:{line.pk}", evidence, asked=line.actor_id)


def _metres(order: Order, photo: Photo) -> float | None:
    if order.lon is None or order.lat is None or photo.lon is None or photo.lat is None:
        return None
    return metres(order.lon, order.lat, photo.lon, photo.lat)


def _ask_for_photos(order: Order, line: OrderLog, after: list[Photo], numbers: Numbers) -> None:
    pairs: list[dict[str, Any]] = []
    for photo in after:
        whole = _printed(order, photo)
        if whole is None:
            continue
        for other, other_order, bits in alike(whole, order.pk, numbers[PHOTO_BITS]):
            pair = {"photo": str(photo.pk), "other": other, "order": other_order, "bits": bits}
            pairs.append(pair)
    if pairs:
        about(order, Kind.PHOTO, f"PHOTO:{line.pk}", {"pairs": pairs}, asked=line.actor_id)


def _printed(order: Order, photo: Photo) -> int | None:
    """The print of a photo of proof; kept at the first look, None when it was kept before."""
    if ProofPrint.objects.filter(pk=photo.pk).exists():
        return None
    whole = print_of(_bytes(photo))
    parts = [None] * 4 if whole is None else bands(whole)
    ProofPrint.objects.create(
        photo=photo, order=order, whole=whole,
        **{f"band{place}": band for place, band in enumerate(parts)},
    )  # fmt: skip
    return whole


def _bytes(photo: Photo) -> bytes:
    """The thumbnail, which is enough for a print; empty when the file is gone."""
    file = photo.thumb or photo.file
    try:
        with file.open("rb") as stream:
            data: bytes = stream.read()
            return data
    except FileNotFoundError:
        return b""


def _note(order: Order, line: OrderLog) -> Finish | None:
    """The facts of this finish; None when they were noted before."""
    step = (
        OrderStep.objects.filter(order=order, step=Step.HANDLE, started_at__lte=line.at)
        .order_by("-id")
        .first()
    )
    minutes = None if step is None else int((line.at - step.started_at).total_seconds() // 60)
    made, new = Finish.objects.get_or_create(
        line=line.pk,
        defaults={
            "order": order,
            "by_id": line.actor_id,
            "at": line.at,
            "minutes": minutes,
            "spare": None if step is None else spare_minutes(line.at, step.due_at),
            "category_id": order.category_id,
            "answer_print": answer_print(line.told or line.text),
        },
    )
    return made if new else None


def spare_minutes(at: datetime, due: datetime) -> int | None:
    """Whole minutes from a finish to its limit; None after it."""
    return int((due - at).total_seconds() // 60) if at <= due else None


def _ask_for_pace(order: Order, made: Finish, numbers: Numbers) -> None:
    if made.minutes is None or made.minutes >= numbers[SPEED_MINUTES]:
        return
    sample = recent_minutes(made.category_id, made.line)
    if len(sample) < LEAST_SAMPLE or made.minutes > quantile(sample, numbers[SPEED_PERCENT]):
        return
    evidence = {
        "minutes": made.minutes,
        "median": round(quantile(sample, 50)),
        "sample": len(sample),
    }
    about(order, Kind.SPEED, f"SPEED:{made.line}", evidence, asked=made.by_id)


def _ask_for_answer(order: Order, made: Finish, numbers: Numbers) -> None:
    if made.by_id is None:
        return
    same = Finish.objects.filter(by=made.by_id, answer_print=made.answer_print)
    ids = list(same.order_by("-line").values_list("order_id", flat=True).distinct()[:500])
    least = numbers[COPIED_TIMES]
    if len(set(ids)) < least:
        return
    others = [pk for pk in dict.fromkeys(ids) if pk != order.pk]
    key = f"COPIED:{made.by_id}:{made.answer_print}:{len(set(ids)) // least}"
    evidence = {"times": len(set(ids)), "orders": others[:50]}
    about(order, Kind.COPIED, key, evidence, asked=made.by_id)


def ask_for_last_minutes(order: Order, made: Finish, numbers: Numbers) -> None:
    """Many finishes of one person in the last minutes before their limit; once a month."""
    within = numbers[LATE_MINUTES]
    if made.by_id is None or made.spare is None or made.spare >= within:
        return
    rows = Finish.objects.filter(
        by=made.by_id, spare__lt=within, at__gt=made.at - timedelta(LATE_DAYS), line__lte=made.line
    )
    ids = list(rows.order_by("-line").values_list("order_id", flat=True).distinct()[:500])
    ids = list(dict.fromkeys(ids))
    if len(ids) < numbers[LATE_TIMES]:
        return
    month = made.at.astimezone(clock.LOCAL)
    others = [pk for pk in ids if pk != order.pk]
    evidence = {"times": len(ids), "minutes": within, "orders": others[:50]}
    about(order, Kind.LATE, f"LATE:{made.by_id}:{month:%Y-%m}", evidence, asked=made.by_id)

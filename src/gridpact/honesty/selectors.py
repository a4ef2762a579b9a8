"""Reads: thresholds in force, what a finish is compared with, and counts by unit and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.grid.models import Appointment
from gridpact.honesty.choices import NUMBERS, Verdict
from gridpact.honesty.models import Finish, ProofPrint, Question, QuestionQuerySet, Threshold
from gridpact.honesty.prints import bands, distance, near
from gridpact.orders.choices import Satisfaction
from gridpact.orders.models import Order, Rating
from gridpact.orgs.models import OrgMember

SAMPLE, LEAST_SAMPLE = 200, 20  # finishes a quick one is compared with
CANDIDATES = 3000  # photos that share a band; checked exactly
ALIKE = 20  # alike photos a question names
PHONE_DAYS = 30
MONTHS = 6  # shown in the table by unit
LINES = 60


def thresholds() -> dict[str, int]:
    """By key: what the district set, else the default."""
    changed = dict(Threshold.objects.values_list("key", "number"))
    return {key: changed.get(key, number.default) for key, number in NUMBERS.items()}


def alike(whole: int, order_id: int, most_bits: int) -> list[tuple[str, int, int]]:
    """Photos of proof of other orders within `most_bits` (≤ 7): (photo, order, differing bits).

    Four index scans of 17 values each; the nearest first.
    """
    found = Q(pk__in=())
    for place, band in enumerate(bands(whole)):
        found |= Q(**{f"band{place}__in": near(band)})
    rows = ProofPrint.objects.filter(found).exclude(order_id=order_id)
    close = [
        (str(photo), other, distance(whole, value))
        for photo, other, value in rows.values_list("photo_id", "order_id", "whole")[:CANDIDATES]
        if value is not None and distance(whole, value) <= most_bits
    ]
    return sorted(close, key=lambda row: (row[2], row[1]))[:ALIKE]


def recent_minutes(category_id: int | None, before_line: int) -> list[int]:
    """Minutes of the latest finishes of a category; of all, while it has too few."""
    rows = Finish.objects.filter(line__lt=before_line, minutes__isnull=False).order_by("-line")
    if category_id is not None:
        own = [row.minutes or 0 for row in rows.filter(category=category_id)[:SAMPLE]]
        if len(own) >= LEAST_SAMPLE:
            return own
    return [row.minutes or 0 for row in rows[:SAMPLE]]


def staff_with_phone(digest: str) -> User | None:
    """Who holds a post or stands in an organisation today and has this phone."""
    people = User.objects.filter(phone_digest=digest, is_active=True)
    posts = Appointment.objects.in_term().values("user")
    members = OrgMember.objects.in_term().values("user")
    return people.filter(Q(pk__in=posts) | Q(pk__in=members)).first() if digest else None


def good_ratings(digest: str) -> list[int]:
    """Ids of orders from this phone that were rated well by themselves within 30 days."""
    since = clock.now() - timedelta(days=PHONE_DAYS)
    rows = Rating.objects.filter(
        order__in=Order.objects.filter(reporter_phone_digest=digest).values("pk"),
        at__gte=since, by_call_back=False, satisfaction=Satisfaction.SATISFIED,
    )  # fmt: skip
    return list(rows.order_by("id").values_list("order_id", flat=True)[:500])


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """Questions about one unit in one month: asked, still open, not in order."""

    month: date
    unit: str
    asked: int
    waiting: int
    not_fine: int


def by_unit(rows: QuestionQuerySet) -> list[UnitMonth]:
    """The last six months, newest first, the most questions first."""
    first = (clock.today().replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    counted = (
        rows.filter(asked_at__date__gte=first)
        .order_by()
        .annotate(month=TruncMonth("asked_at"))
        .values("month", "unit")
        .annotate(
            asked_count=Count("pk"),
            waiting=Count("pk", filter=Q(verdict="")),
            not_fine=Count("pk", filter=Q(verdict=Verdict.NOT_FINE)),
        )
        .order_by("-month", "-asked_count", "unit")[:LINES]
    )
    return [
        UnitMonth(
            row["month"].date(), row["unit"], row["asked_count"], row["waiting"], row["not_fine"]
        )
        for row in counted
    ]


def of_order(order: Order) -> list[Question]:
    """Questions about one order, the newest first."""
    return list(Question.objects.filter(order=order).order_by("-id")[:20])

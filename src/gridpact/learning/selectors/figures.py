"""How good suggestions were against what people decided: by month, by class, overruled most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from gridpact.core import clock
from gridpact.learning.models import Suggestion

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """Decisions of one month, and how many of them were as suggested."""

    month: date
    decided: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Overruled:
    """A suggested value, what people made of it instead, and how often."""

    value: str
    decided: str
    times: int


def by_month(field: str) -> list[Month]:
    """The last twelve months with decisions, newest first."""
    since = clock.now() - timedelta(days=31 * MONTHS)
    rows = _decided(field).filter(decided_at__gte=since)
    months = rows.annotate(month=TruncMonth("decided_at", tzinfo=clock.LOCAL)).values("month")
    found = months.annotate(n=Count("pk"), same=Count("pk", filter=Q(value=F("decided"))))
    return [
        Month(row["month"].date(), row["n"], row["same"])
        for row in found.order_by("-month")[:MONTHS]
    ]


def overruled(field: str, most: int = 10) -> list[Overruled]:
    """What was suggested and decided otherwise, the most frequent first."""
    rows = _decided(field).exclude(value=F("decided")).values("value", "decided")
    found = rows.annotate(n=Count("pk")).order_by("-n", "value", "decided")[:most]
    return [Overruled(row["value"], row["decided"], row["n"]) for row in found]


def overruled_orders(field: str, value: str, decided: str) -> list[int]:
    """The newest 200 orders behind one line of `overruled`, by id."""
    rows = _decided(field).filter(value=value, decided=decided).order_by("-decided_at")
    return list(rows.values_list("order_id", flat=True)[:200])


def _decided(field: str) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(field=field, decided_at__isnull=False).exclude(value="")

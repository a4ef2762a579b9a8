"""Reads of hot topics: lists with counts of what is in sight, the orders, the weeks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.tree import tree
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.selectors.queues import standing_cell
from gridpact.topics.models import HotTopic, TopicQuerySet

MOST = 50
_COUNTED = ("orders", "people", "everybody", "first", "last")  # as annotated


@dataclass(frozen=True, slots=True)
class Seen:
    """A topic with what of it is in sight: orders, people, when it began and was last placed.

    heat is the topic's, by the share of its people in sight.
    """

    topic: HotTopic
    heat: float
    orders: int
    people: int
    first: datetime
    last: datetime


def area_of(actor: Actor) -> Cell | None:
    """The township or district whose topics an actor reads: their own, or the one they lie in."""
    cell = standing_cell(actor)
    if cell is None:
        return None
    if RANK[cell.level] <= RANK[Level.TOWNSHIP]:
        return cell
    ref = tree().by_id.get(cell.pk)
    township = ref.ancestors.get(Level.TOWNSHIP) if ref is not None else None
    return Cell.objects.defer("boundary").filter(pk=township).first() if township else None


def seen_topics(actor: Actor, cell: Cell, days: int) -> list[Seen]:
    """The hottest topics of an area with an order in sight; one query whatever they hold."""
    return _seen(HotTopic.objects.filter(cell=cell, days=days), actor)[:MOST]


def seen_topic(actor: Actor, pk: int) -> Seen | None:
    """One topic, if an order of it is in sight."""
    found = _seen(HotTopic.objects.filter(pk=pk), actor) if 0 < pk < 2**63 else []
    return found[0] if found else None


def _seen(rows: TopicQuerySet, actor: Actor) -> list[Seen]:
    seen = Q(members__order__in=Order.objects.filter(OrderQuerySet.sight(actor)).values("pk"))
    counted = (
        rows.select_related("area", "cell")
        .defer("area__boundary", "cell__boundary")
        .annotate(
            orders=Count("members", filter=seen),
            people=Count("members__who", filter=seen, distinct=True),
            first=Min("members__order__created_at", filter=seen),
            everybody=Count("members__who", distinct=True),
            last=Max("members__order__created_at", filter=seen),
        )
        .filter(orders__gt=0)
        .order_by("-heat", "id")
    )
    found = []
    for row in counted:
        facts = {name: getattr(row, name) for name in _COUNTED}
        heat = round(row.heat * facts["people"] / facts.pop("everybody"), 3)
        found.append(Seen(row, heat, **facts))
    return sorted(found, key=lambda seen: (-seen.heat, seen.topic.pk))


def orders_of(topic: HotTopic, actor: Actor) -> OrderQuerySet:
    """The orders of a topic in sight."""
    return Order.objects.visible_to(actor).filter(pk__in=topic.members.values("order"))


def weeks_of(topic: HotTopic, actor: Actor) -> list[tuple[date, int]]:
    """How many orders in sight each week of the period brought (Mondays, oldest first)."""
    times = orders_of(topic, actor).values_list("created_at", flat=True)
    days = [at.astimezone(clock.LOCAL).date() for at in times]
    counts = Counter(day - timedelta(days=day.weekday()) for day in days)
    start = (topic.made_at - timedelta(topic.days)).astimezone(clock.LOCAL).date()
    monday = start - timedelta(days=start.weekday())
    last = topic.made_at.astimezone(clock.LOCAL).date()
    weeks = []
    while monday <= last:
        weeks.append((monday, counts[monday]))
        monday += timedelta(weeks=1)
    return weeks

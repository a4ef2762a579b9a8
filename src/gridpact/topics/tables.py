"""What the pages of hot topics show, and the columns of their export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gridpact.core import clock
from gridpact.topics.models import PERIODS, HotTopic
from gridpact.topics.selectors import Seen
from gridpact.ui import parts
from gridpact.ui.sheets import SheetColumn

COLUMNS = (
    SheetColumn(gettext_lazy("Topic"), 44),
    SheetColumn(gettext_lazy("Heat"), 10),
    SheetColumn(gettext_lazy("People"), 10),
    SheetColumn(gettext_lazy("Orders"), 10),
    SheetColumn(gettext_lazy("Where"), 24),
    SheetColumn(gettext_lazy("Since"), 14),
    SheetColumn(gettext_lazy("Latest"), 14),
)


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic in the list."""

    rank: int
    name: str
    href: str
    heat: str
    people: str
    orders: str
    where: str
    seen: Seen


def topic_lines(topics: Iterable[Seen]) -> list[TopicLine]:
    """Hottest first."""
    return [
        TopicLine(
            rank, each.topic.name, reverse("topics:detail", args=(each.topic.pk,)),
            f"{each.heat:.1f}",
            ngettext("%(n)s person", "%(n)s people", each.people) % {"n": each.people},
            ngettext("%(n)s order", "%(n)s orders", each.orders) % {"n": each.orders},
            where_of(each.topic), each,
        )
        for rank, each in enumerate(topics, 1)
    ]  # fmt: skip


def where_of(topic: HotTopic) -> str:
    """The community most of it lies in."""
    return topic.area.name if topic.area is not None else ""


def period_tabs(days: int) -> list[parts.Tab]:
    """The last 7, 30 and 90 days."""
    base = reverse("topics:list")
    return [
        parts.Tab(_("last %(n)s days") % {"n": each}, f"{base}?days={each}", active=each == days)
        for each in PERIODS
    ]


def sheet_rows(topics: Iterable[Seen]) -> Iterable[tuple[object, ...]]:
    """Rows under `COLUMNS`."""
    for each in topics:
        first, last = (at.astimezone(clock.LOCAL).date() for at in (each.first, each.last))
        yield (
            each.topic.name, round(each.heat, 1), each.people, each.orders,
            where_of(each.topic), first, last,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of a topic: a label and how many orders, of the most in any week."""

    label: str
    count: int
    most: int


def week_bars(weeks: Iterable[tuple[object, int]]) -> list[Bar]:
    """The trend, oldest week first."""
    rows = list(weeks)
    most = max((count for _monday, count in rows), default=0) or 1
    return [Bar(f"{monday:%m-%d}", count, most) for monday, count in rows]

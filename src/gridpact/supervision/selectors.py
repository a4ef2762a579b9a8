"""Reads of the supervision desk: its list, its counts, who is late, and the week."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Avg, Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils.functional import cached_property

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Cell, under_q
from gridpact.orders.choices import OPEN, Card
from gridpact.orders.filters import scope_of
from gridpact.orders.models import Order, Supervision
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.selectors import COUNT_CAP
from gridpact.orders.selectors.counting import counted
from gridpact.supervision.filters import LABELS, DeskFilter, what_q
from gridpact.supervision.models import Instruction

GROUPS = 100  # units in the table of who is late
WEEK_ROWS = 500  # orders named in a weekly list


def in_area(actor: Actor, cell: Cell | None) -> OrderQuerySet:
    """Orders the actor supervises: `cell` within their area, else all of it."""
    grants = actor.grants_for("supervision.read")
    if cell is not None and any(cell.is_under(grant.cell_id) for grant in grants):
        return Order.objects.filter(scope_of(actor, cell))
    if actor.is_system:
        return Order.objects.all()
    sight = Q(pk__in=())
    for grant in grants:
        sight |= under_q(grant.level, grant.cell_id)
    return Order.objects.filter(sight)


def desk_rows(rows: OrderQuerySet, form: DeskFilter, actor: Actor) -> OrderQuerySet:
    """The orders of the chosen tab with all the page names; the same queries however many."""
    chosen = form.cleaned_data.get("what") or ""
    found = form.narrow(rows.filter(what_q(chosen)), actor)
    cards = Supervision.objects.filter(lifted_at__isnull=True).select_related("given_by")
    return found.with_parts().prefetch_related(
        Prefetch("supervisions", queryset=cards, to_attr="cards"),
        Prefetch("instructions", queryset=Instruction.objects.order_by("-id"), to_attr="said"),
    )


def desk_counts(rows: OrderQuerySet, form: DeskFilter, actor: Actor) -> dict[str, int]:
    """How many orders each tab has, counting no further than 1,000; one query."""
    narrowed = form.narrow(rows, actor)
    return counted({what: narrowed.filter(what_q(what)) for what in LABELS}, COUNT_CAP)


@dataclass(frozen=True, slots=True)
class Late:
    """A unit or desk: open orders with a red and a yellow card, mean hours past their limits."""

    name: str
    key: str
    is_org: bool
    red: int
    yellow: int
    hours: float | None


def who_is_late(rows: OrderQuerySet) -> list[Late]:
    """By handling organisation, and by desk for orders in nobody's or a post's hands."""
    open_rows = rows.filter(state__in=OPEN, card__in=(Card.RED, Card.YELLOW)).order_by()
    found = [
        *_late(open_rows.filter(handler_org__isnull=False), "handler_org", is_org=True),
        *_late(open_rows.filter(handler_org__isnull=True), "desk", is_org=False),
    ]
    found.sort(key=lambda late: (-late.red, -late.yellow, late.name))
    return found[:GROUPS]


def _late(rows: OrderQuerySet, by: str, *, is_org: bool) -> Iterable[Late]:
    grouped = rows.values(name=F(f"{by}__name"), code=F(f"{by}__code")).annotate(
        red=Count("pk", filter=Q(card=Card.RED)),
        yellow=Count("pk", filter=Q(card=Card.YELLOW)),
        over=Avg(Now() - F("due_at"), filter=Q(due_at__lt=clock.now())),
    )
    for row in grouped:
        hours = row["over"].total_seconds() / 3600 if row["over"] else None
        yield Late(row["name"], row["code"], is_org, row["red"], row["yellow"], hours)


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, local."""

    monday: date

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def code(self) -> str:
        """As in ISO 8601: `2026-W47`."""
        year, number, _day = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        """First instant, and the first one after."""
        start = datetime.combine(self.monday, time.min, clock.LOCAL)
        return start, start + timedelta(days=7)

    def has(self, field: str) -> Q:
        """The time in `field` lies in the week."""
        start, end = self.span
        return Q(**{f"{field}__gte": start, f"{field}__lt": end})

    def shifted(self, weeks: int) -> Week:
        """Another week."""
        return Week(self.monday + timedelta(weeks=weeks))


def week_of(code: str) -> Week:
    """The week named `2026-W47`, or the present one for an empty text.

    Raises `Refused("week_wrong", 422)`.
    """
    if not code:
        today = clock.today()
        return Week(today - timedelta(days=today.weekday()))
    try:
        year, number = code.split("-W")
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise Refused("week_wrong", 422, field="week", given=code[:20]) from error
    if not 2000 <= monday.year <= 2100:
        raise Refused("week_wrong", 422, field="week", given=code[:20])
    return Week(monday)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit or community in a week: cards given, and how many of them are lifted or over."""

    name: str
    red: int
    yellow: int
    word: int
    over: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """The weekly list: cards given in the week by unit and by community, and each of them.

    `due` are cards whose limit fell in the week and is over or was met, `kept` those of them closed
    in the limit:
    numerator and denominator of the share 督办按期率 (codes/kpi_definitions.csv).
    """

    week: Week
    units: list[Line]
    communities: list[Line]
    cards: list[Supervision]
    due: list[Supervision]
    kept: int


def weekly(actor: Actor, cell: Cell | None, week: Week) -> Weekly:
    """Four queries whatever the week holds."""
    orders = in_area(actor, cell).values("pk")
    rows = Supervision.objects.filter(order__in=orders)
    given = list(_named(rows.filter(week.has("given_at"))).order_by("-given_at", "-id")[:WEEK_ROWS])
    decided = Q(limit_at__lte=clock.now()) | Q(order__closed_at__isnull=False)
    fell = rows.filter(week.has("limit_at")).filter(decided)
    due = list(_named(fell).order_by("limit_at", "id")[:WEEK_ROWS])
    return Weekly(
        week,
        _lines(given, unit_of),
        _lines(given, lambda card: card.order.desk.name),
        given,
        due,
        sum(kept_limit(card) for card in due),
    )


def _named(rows: QuerySet[Supervision]) -> QuerySet[Supervision]:
    return rows.select_related(
        "order__desk", "order__cell", "order__handler_org", "order__handler_user",
        "order__handler_post__cell", "order__handler_post__kind", "order__handler_post__user",
    ).defer(
        "order__desk__boundary", "order__cell__boundary", "order__handler_post__cell__boundary"
    )  # fmt: skip


def unit_of(card: Supervision) -> str:
    """The organisation that has the order, else its desk."""
    order = card.order
    return order.handler_org.name if order.handler_org is not None else order.desk.name


def is_over(card: Supervision) -> bool:
    """Lifted, or the order has ended; a card of a closed one, for a second unhappy word, stays."""
    order = card.order
    return card.lifted_at is not None or not (order.is_open or order.card)


def kept_limit(card: Supervision) -> bool:
    """The order was closed before the limit of its card."""
    closed, limit = card.order.closed_at, card.limit_at
    return closed is not None and limit is not None and closed <= limit


def _lines(cards: list[Supervision], name_of: Callable[[Supervision], str]) -> list[Line]:
    ordered = sorted(cards, key=name_of)
    lines = []
    for name, group in groupby(ordered, key=name_of):
        rows = list(group)
        kinds = [row.card for row in rows]
        lines.append(
            Line(
                name,
                kinds.count(Card.RED),
                kinds.count(Card.YELLOW),
                kinds.count(Card.NORMAL),
                sum(map(is_over, rows)),
            )
        )
    return sorted(lines, key=lambda line: (-line.red, -line.yellow, line.name))

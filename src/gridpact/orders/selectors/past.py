"""Orders as they stood at the end of a past day: which were open, in which cell, in what state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.among import among
from gridpact.grid.choices import RedrawState
from gridpact.grid.days import NEAREST
from gridpact.grid.models import Redraw, under_q
from gridpact.grid.tree import CellRef, Tree, tree, tree_at
from gridpact.orders.choices import OPEN, Light, State
from gridpact.orders.models import Order, OrderLog, OrderStep
from gridpact.orders.models.sight import OrderQuerySet

NEWEST_FIRST = ("-created_at", "-id")
_LIGHTS = {"warned": Light.WARNED, "yellow_card": Light.YELLOW, "red_card": Light.RED}


@dataclass(frozen=True, slots=True)
class AsItWas:
    """An order at the end of a day. `ref` is its cell in the tree of that day.

    `step` is the run of the clock that had begun last and not ended; `owner` answered for it.
    """

    order: Order
    state: str
    ref: CellRef | None
    step: OrderStep | None
    light: int
    in_sight: bool

    @property
    def owner(self) -> str:
        """Who answered for the running step; empty when none ran."""
        return self.step.owner if self.step else ""


@dataclass(frozen=True)
class PastDay:
    """The end of a day that is over, by the district's clock."""

    tree: Tree

    @property
    def day(self) -> date:
        """The day itself."""
        return self.tree.day

    @cached_property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.day + timedelta(days=1), time(), clock.LOCAL)

    @cached_property
    def moved(self) -> dict[int, int]:
        """Orders that redraws have given another cell since, with the cell they lay in."""
        since = Redraw.objects.filter(state=RedrawState.DONE, effective_on__gt=self.day)
        before: dict[int, int] = {}
        for rows in since.order_by("-effective_on", "-pk").values_list("undo__rows", flat=True):
            before |= dict((rows or {}).get(Order._meta.label, ()))
        return before

    def require_placed(self, order: Order) -> None:
        """Raises `Refused` 422 not_placed for an order that came later."""
        placed = order.created_at.astimezone(clock.LOCAL).date()
        if placed > self.day:
            raise Refused("not_placed", 422, field="as_of", day=placed)

    def open_then(self) -> OrderQuerySet:
        """Every order that was open at the end of the day.

        An order is reopened by `redo` only; where that happened the timeline is asked.
        """
        still = Q(closed_at__isnull=True, state__in=OPEN) | Q(closed_at__gte=self.end)
        exact = Q(redone=0) | Q(Exists(self._last_line().filter(after__in=OPEN)))
        every = Order.objects.filter(created_at__lt=self.end)  # scope: the callers narrow it
        return every.filter(still & exact)

    def in_state(self, rows: OrderQuerySet, state: str) -> OrderQuerySet:
        """Those of `rows` that stood in this state."""
        return rows.filter(Exists(self._last_line().filter(after=state)))

    def overdue(self, rows: OrderQuerySet) -> OrderQuerySet:
        """Those of `rows` whose running step was past its limit."""
        late = self._running().filter(order_id=OuterRef("pk"), due_at__lt=self.end)
        return rows.filter(Exists(late))

    def _last_line(self) -> QuerySet[OrderLog]:
        """The line of the timeline that tells the state an order had."""
        order = OuterRef(OuterRef("pk"))
        lines = OrderLog.objects.filter(order_id=order, at__lt=self.end)
        last = lines.order_by("-id").values("pk")[:1]
        return OrderLog.objects.filter(pk=Subquery(last))

    def _running(self) -> QuerySet[OrderStep]:
        ended = Q(ended_at__isnull=True) | Q(ended_at__gte=self.end)
        return OrderStep.objects.filter(ended, started_at__lt=self.end)

    def seen_by(self, actor: Actor, ref: CellRef | None) -> Q:
        """What lay under the posts the actor holds today, and what is in their hands; under `ref`.

        Sight is today's; the cells under a post are those of the day, as on the map of that day.
        """
        held = (self.tree.by_id.get(each.cell_id) for each in actor.grants_for("orders.read"))
        roots = [each for each in held if each is not None]
        if ref is not None and (actor.is_system or any(ref.is_under(root.id) for root in roots)):
            return self.lay_under(ref)
        sight = OrderQuerySet.mine_q(actor) | OrderQuerySet.called_q(actor)
        for root in roots:
            sight |= self.lay_under(root)
        if actor.is_system:
            sight = Q()
        return sight & self.lay_under(ref) if ref is not None else sight

    def lay_under(self, ref: CellRef) -> Q:
        """The order lay in this cell or below it.

        Today's derived columns say so, but for cells that have come or gone since and for orders
        that a redraw has moved.
        """
        then = {each.id for each in self.tree.under(ref.id)}
        now = {each.id for each in tree().under(ref.id)}
        here = under_q(ref.level, ref.id)
        if now - then:
            here &= ~Q(cell_id__in=among(now - then))
        if then - now:
            here |= Q(cell_id__in=among(then - now))
        if self.moved:
            inside = [pk for pk, cell_id in self.moved.items() if cell_id in then]
            here = (here & ~Q(pk__in=among(self.moved))) | Q(pk__in=among(inside))
        return here

    def as_they_were(self, orders: Sequence[Order], actor: Actor) -> list[AsItWas]:
        """State, cell, step and light of each order; three queries whatever their number."""
        ids = [order.pk for order in orders]
        steps = {row.order_id: row for row in self._running().filter(order_id__in=ids)}
        states, marks = self._told(ids, steps)
        visible = Order.objects.visible_to(actor).filter(pk__in=ids)
        seen = set(visible.order_by().values_list("pk", flat=True))
        return [
            AsItWas(
                order,
                states.get(order.pk, State.SUBMITTED),
                self.tree.by_id.get(self.moved.get(order.pk, order.cell_id)),
                steps.get(order.pk),
                marks.get(order.pk, Light.GREEN),
                order.pk in seen,
            )
            for order in orders
        ]

    def _told(
        self, ids: Iterable[int], steps: dict[int, OrderStep]
    ) -> tuple[dict[int, str], dict[int, int]]:
        """The state of each order, and the gravest mark of its running step, by the timeline."""
        lines = OrderLog.objects.filter(order_id__in=list(ids), at__lt=self.end).order_by("id")
        states: dict[int, str] = {}
        marks: dict[int, int] = {}
        for pk, at, verb, after in lines.values_list("order_id", "at", "verb", "after"):
            states[pk] = after
            step = steps.get(pk)
            if verb in _LIGHTS and step is not None and at >= step.started_at:
                marks[pk] = max(marks.get(pk, 0), _LIGHTS[verb])
        return states, marks


def past_day(day: date) -> PastDay | None:
    """The day, or None for today. Raises `Refused` 422: day_ahead, day_far."""
    if day > clock.today():
        raise Refused("day_ahead", 422, field="as_of", given=day)
    if day < NEAREST:
        raise Refused("day_far", 422, field="as_of", given=day)
    return None if day == clock.today() else PastDay(tree_at(day))

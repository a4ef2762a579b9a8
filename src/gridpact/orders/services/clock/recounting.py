"""Running clocks follow changed calendars and limits, in batches, and say so on their orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q, TextChoices
from django.utils.translation import gettext, override

from gridpact.audit import services as audit
from gridpact.audit.models import AuditRow
from gridpact.clocks.book import book
from gridpact.clocks.clocked import COUNT_CAP, Words
from gridpact.clocks.models import Recount
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.grid.models import Cell, under_q
from gridpact.orders.choices import Channel, Kind, Klass, Step
from gridpact.orders.limits import CONTACT, REDO, set_clock
from gridpact.orders.models import Category, Order, OrderLog, OrderStep
from gridpact.orders.services.clock.clockwork import CLOCK, limit_again
from gridpact.ui import times

BATCH = 1000
_ORDER = ("due_at", "mark_at")
_STEP = ("due_at", "minutes", "by_clock", "extra_minutes", "source")


class OrderClocks:
    """What orders offer to the app that keeps calendars and limits."""

    def words(self) -> Words:
        """What a limit may name."""
        steps = [
            *_labels(Step),
            (CONTACT, gettext("contact with the reporter")),
            (REDO, gettext("handling once more")),
        ]
        categories = list(Category.objects.filter(is_active=True).values_list("code", "name"))
        return Words(steps, _labels(Klass), _labels(Kind), _labels(Channel), categories)

    def running(self, cell_id: int | None, steps: Sequence[str]) -> int:
        """How many clocks run in a cell (None = everywhere) in these steps, up to the cap."""
        rows = Order.objects.open().filter(_scope(cell_id), _steps(steps)).order_by()
        return rows.values("pk")[:COUNT_CAP].count()

    def recount(self, job: Recount) -> bool:
        """Count the next thousand orders anew; False when the last was reached."""
        pages, now = book(), clock.now()
        rows = (
            Order.objects.open()
            .filter(_scope(job.cell_id), _steps(job.steps), pk__gt=job.after)
            .select_for_update()
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        # Read after the lock, or a category that came while we waited would be missed.
        locked = Order.objects.filter(pk__in=list(rows)).order_by("pk")
        orders = list(locked.select_related("category__parent"))
        if not orders:
            return False
        steps = {
            row.order_id: row
            for row in OrderStep.objects.filter(
                order__in=[order.pk for order in orders], ended_at__isnull=True
            ).order_by("id")
        }
        moved: list[tuple[Order, datetime, datetime]] = []
        with override(settings.LANGUAGE_CODE):
            for order in orders:
                row = steps.get(order.pk)
                if row is None:
                    continue
                before, mark = row.due_at, order.mark_at
                limit_again(order, row, pages)
                set_clock(order, row, pages)
                if row.due_at != before:
                    moved.append((order, before, row.due_at))
                elif order.mark_at == mark:
                    del steps[order.pk]
            _save(orders, steps, moved, job.why, now)
        job.after, job.checked = orders[-1].pk, job.checked + len(orders)
        job.moved += len(moved)
        return len(orders) == BATCH


def _labels(names: type[TextChoices]) -> list[tuple[str, str]]:
    return [(each.value, str(each.label)) for each in names]


def _scope(cell_id: int | None) -> Q:
    if cell_id is None:
        return Q()
    return under_q(Cell.objects.values_list("level", flat=True).get(pk=cell_id), cell_id)


def _steps(steps: Sequence[str]) -> Q:
    """Orders whose clock runs in one of these steps; the redone ones handle too."""
    if not steps:
        return ~Q(step="")
    return Q(step__in=[Step.HANDLE.value if step == REDO else step for step in steps])


def _save(
    orders: Sequence[Order],
    steps: dict[int, OrderStep],
    moved: Sequence[tuple[Order, datetime, datetime]],
    why: str,
    now: datetime,
) -> None:
    """Write what changed; whose due instant moved is told so on its timeline and in the log."""
    changed = [order for order in orders if order.pk in steps]
    Order.objects.bulk_update(changed, _ORDER, batch_size=BATCH)
    OrderStep.objects.bulk_update(list(steps.values()), _STEP, batch_size=BATCH)
    actor, words = system(CLOCK), gettext("Due %(old)s → %(new)s, because %(why)s.")
    OrderLog.objects.bulk_create(
        OrderLog(
            order=order, at=now, verb="due_moved", before=order.state, after=order.state,
            actor_name=CLOCK,
            text=words % {"old": times.moment(old), "new": times.moment(new), "why": why},
        )
        for order, old, new in moved
    )  # fmt: skip
    AuditRow.objects.bulk_create(
        audit.draft(
            actor, "orders.due_moved", order, why=why, before=old.isoformat()[:19],
            after=new.isoformat()[:19],
        )
        for order, old, new in moved
    )  # fmt: skip


CLOCKED = OrderClocks()

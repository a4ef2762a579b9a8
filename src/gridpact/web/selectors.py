"""Reads of the shell pages: the workbench by role, search, messages, the audit log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.accounts.models import User
from gridpact.audit.models import AuditRow
from gridpact.clocks.tables import findings as clock_findings
from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.core.script import simplified
from gridpact.duties.selectors.mine import due_count
from gridpact.grid.addressing import Found as Located
from gridpact.grid.addressing import locate_address
from gridpact.grid.choices import Level
from gridpact.grid.gap_tables import gap_stats
from gridpact.grid.gaps import gap_lists
from gridpact.grid.models import Cell
from gridpact.grid.tree import tree
from gridpact.honesty.cards import question_lines
from gridpact.orders.filters import is_key, search
from gridpact.orders.models import Order
from gridpact.orders.models.sight import OrderQuerySet
from gridpact.orders.search.found import with_snippets
from gridpact.orders.search.wording import says_nothing
from gridpact.orders.selectors.counting import badge
from gridpact.orders.selectors.queues import (
    DESK,
    EVERYTHING,
    IN_HAND,
    Queue,
    counts,
    queues_of,
    rows_of,
    standing_cell,
)
from gridpact.orders.tables import OrderRow, order_rows
from gridpact.routing.selectors.live import finding_count
from gridpact.supervision.cards import card_lines
from gridpact.ui import parts

FIRST_ROWS = 6
FOUND_ORDERS = 20
FOUND_CELLS = 10
LEADER_LEVELS = frozenset({Level.MICRO_GRID, Level.UNIT})

_TONES: dict[str, parts.Tone] = {"overdue": "red", "mine": "amber"}


@dataclass(frozen=True, slots=True)
class Task:
    """A queue with something to do: a capped count that opens its list."""

    label: Promise
    href: str
    icon: str
    count: int
    tone: parts.Tone

    @property
    def shown(self) -> str:
        """The count as text, at most 99+."""
        return badge(self.count)

    @property
    def stat(self) -> parts.Stat:
        """The same as a stat card."""
        return parts.Stat(self.label, self.href, self.shown, icon=self.icon, tone=self.tone)


@dataclass(frozen=True, slots=True)
class Workbench:
    """What one person has to do now, and the first rows of the most urgent queue."""

    tasks: list[Task]
    urgent: Task | None
    rows: list[OrderRow]
    place: str
    is_leader: bool
    handles_orders: bool
    may_place: bool
    findings: list[parts.Stat]


def workbench(actor: Actor) -> Workbench:
    """The workbench of `actor`: the capped counts in one query, then at most six rows."""
    cell = standing_cell(actor)
    handles = cell is not None or bool(actor.memberships)
    queues = [each for each in queues_of(actor) if each.name != EVERYTHING] if handles else []
    found = counts(actor, [each.name for each in queues])
    tasks = [_task(each, found[each.name]) for each in queues]
    # Who decides for others looks at what is late; everybody else at what is in their own hands.
    own_first = not actor.has("orders.accept")
    by_urgency = sorted(tasks, key=lambda task: own_first and task.label != IN_HAND.label)
    urgent = next((task for task in by_urgency if task.count), None)
    rows: list[OrderRow] = []
    if urgent is not None:
        name = queues[tasks.index(urgent)].name
        first = rows_of(actor, name, cell).for_rows().order_by("due_at", "id")[:FIRST_ROWS]
        rows = order_rows(first, actor, cell.level if cell is not None else Level.DISTRICT)
    post = actor.post
    return Workbench(
        tasks=[*_cards(actor), *_duties(actor), *tasks],
        urgent=urgent,
        rows=rows,
        place=cell.name if cell is not None else "",
        is_leader=post is not None and post.level in LEADER_LEVELS,
        handles_orders=handles,
        may_place=actor.has("orders.submit_for"),
        findings=[*clock_findings(actor), *_findings(actor, cell)],
    )


def _duties(actor: Actor) -> list[Task]:
    """The tasks of the matrix that are due in the hands of somebody who works in the net."""
    if not actor.has("orders.read"):
        return []
    due, late = due_count(actor)
    tone: parts.Tone = "red" if late else ""
    return [Task(_("Tasks of today"), reverse("duties:tasks"), "checkup-list", due, tone)]


def _cards(actor: Actor) -> list[Task]:
    """What is under a card, and instructions and questions that wait for an answer."""
    tones: dict[str, parts.Tone] = {"red": "red", "amber": "amber"}
    return [
        Task(line.label, line.href, line.icon, line.number, tones[line.tone])
        for line in (*card_lines(actor), *question_lines(actor))
    ]


def _findings(actor: Actor, cell: Cell | None) -> list[parts.Stat]:
    """What is wrong in the area of a head or desk, by kind."""
    if cell is None or not (actor.has("orders.accept") and actor.has("grid.read")):
        return []
    return [*_broken_rules(actor), *gap_stats(cell, gap_lists(cell))]


def _broken_rules(actor: Actor) -> list[parts.Stat]:
    """Routing rules in force that do not work, for those who mend them."""
    count = finding_count() if actor.has("routing.edit") else 0
    if not count:
        return []
    return [
        parts.Stat(
            _("Broken routing rules"), reverse("routing:live"), count, icon="route", tone="red"
        )
    ]


def _task(each: Queue, count: int) -> Task:
    pages = {"offered": "orders:hall", DESK.name: "orders:desk"}
    page = pages.get(each.name)
    href = reverse(page) if page else f"{reverse('orders:list')}?queue={each.name}"
    tone = _TONES.get(each.name, "") if count else ""
    return Task(each.label, href, each.icon, count, tone)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `exact` is the address of the one thing that was meant.

    is_common: only words that are in every text were asked for, and none is looked for.
    """

    exact: str
    orders: list[OrderRow]
    cells: list[tuple[str, str]]
    is_common: bool = False


def find(actor: Actor, query: str) -> Found:
    """Orders in sight by number, phone or words, and cells of the actor's territory by name."""
    query = query.strip().replace("\x00", "")[:60]
    if not query:
        return Found("", [], [])
    seen = Order.objects.visible_to(actor)
    number = seen.filter(number=query.upper()).values_list("number", flat=True).first()
    if number is not None:
        return Found(reverse("orders:detail", args=(number,)), [], [])
    found = list(_found(seen, query, actor)[:FOUND_ORDERS])
    rows = order_rows(found, actor)
    if not is_key(query):
        rows = with_snippets(found, rows, query, actor)
    return Found("", rows, _cells(actor, query), says_nothing(query))


def _found(seen: OrderQuerySet, query: str, actor: Actor) -> OrderQuerySet:
    """Rows by number or phone, the newest first; by words the best first."""
    order_by = ("-created_at", "-id") if is_key(query) else ("place",)
    return search(seen, query, actor).for_rows().order_by(*order_by)


def _cells(actor: Actor, query: str) -> list[tuple[str, str]]:
    """Cells in sight by name or code; else what the words mean as an address, with the path."""
    seen = Cell.objects.visible_to(actor).open().order_by("path")
    plain = simplified(query)
    wanted = Q(name__icontains=query) | Q(name__icontains=plain) | Q(code=query)
    named = seen.filter(wanted).values_list("code", "name")
    rows = [(name, code) for code, name in named[:FOUND_CELLS]]
    if not rows:
        place = locate_address(plain)
        meant = [place.cell] if isinstance(place, Located) else place.candidates
        ids = [ref.id for ref in meant[:FOUND_CELLS]]
        codes = seen.filter(pk__in=ids).values_list("pk", "code")
        rows = [(tree().names(pk), code) for pk, code in codes]
    return [(name, reverse("grid:cell", args=(code,))) for name, code in rows]


def audit_rows(data: dict[str, Any]) -> QuerySet[AuditRow]:
    """Audit rows narrowed by the fields of `AuditFilter`; the caller checks `audit.read`."""
    rows = AuditRow.objects.all()
    narrow: dict[str, Callable[[Any], Q]] = {
        "actor": _by_actor,
        "action": _by_action,
        "subject": _by_subject,
        "day": _by_day,
    }
    for key, condition in narrow.items():
        if data.get(key):
            rows = rows.filter(condition(data[key]))
    return rows


def _by_actor(text: str) -> Q:
    """A person with an account by sign-in name or name; system actors by name."""
    users = User.objects.filter(Q(username=text) | Q(name=text)).values("pk")
    return Q(actor_id__in=users) | Q(actor_id__isnull=True, actor_name=text)


def _by_action(text: str) -> Q:
    return Q(action__startswith=text) if text.endswith(".") else Q(action=text)


def _by_subject(text: str) -> Q:
    """An order by its number (indexed), anything else by its label."""
    order = Order.objects.filter(number=text.upper()).values_list("pk", flat=True).first()
    if order is not None:
        return Q(subject_type="orders.order", subject_id=order)
    return Q(subject_label=text)


def _by_day(day: Any) -> Q:
    start = datetime.combine(day, time.min, tzinfo=clock.LOCAL)
    return Q(at__gte=start, at__lt=start + timedelta(days=1))

"""The version in force, compiled once a process, and the facts rules are asked about."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gridpact.core import clock
from gridpact.core.rows import execute
from gridpact.core.worktime import HALVES, is_working
from gridpact.grid.models import Appointment
from gridpact.grid.selectors import calendar
from gridpact.grid.tree import Tree, tree
from gridpact.orders.models import Category, Order
from gridpact.routing.choices import Stage
from gridpact.routing.matcher import (
    BadPattern,
    Facts,
    Ready,
    RuleBook,
    book,
    compiled_pattern,
    minutes_of,
)
from gridpact.routing.models import Rule, RuleFinding
from gridpact.routing.rule import BadRule, Conditions, Target

VERSION_SQL = "SELECT id FROM routing_ruleset WHERE is_live"
_STAFFED_SECONDS = 60.0


@dataclass(slots=True)
class Compiled:
    """A version ready to be asked, for one state of the tree.

    Rules whose conditions cannot be understood are left out of the books; they are findings.
    """

    rule_set: int
    tree_version: int
    books: dict[str, RuleBook]
    needs_photos: bool = False
    needs_categories: bool = False
    told: set[tuple[int, str]] = field(default_factory=set)  # findings this process wrote down
    _staffed: dict[int, tuple[float, bool]] = field(default_factory=dict)

    def first_staffed(self, path: Iterable[int]) -> int | None:
        """The first of these cells whose post may accept orders; asked again after a minute."""
        wanted = list(path)
        now = time.monotonic()
        stale = [
            cell
            for cell in wanted
            if now - self._staffed.get(cell, (float("-inf"), False))[0] > _STAFFED_SECONDS
        ]
        if stale:
            held = set(
                Appointment.objects.in_term()
                .filter(cell_id__in=stale, kind__rights__contains="orders.accept")
                .filter(user__is_active=True)
                .values_list("cell_id", flat=True)
            )
            self._staffed |= {cell: (now, cell in held) for cell in stale}
        return next((cell for cell in wanted if self._staffed[cell][1]), None)


def ready(rule: Rule, snapshot: Tree) -> Ready:
    """A rule as it is asked. Raises `BadRule` or `BadPattern` when it cannot be understood."""
    conditions, target = Conditions.read(rule.conditions), Target.read(rule.target)
    made = Ready(rule.pk, rule.name, conditions, target)
    if conditions.cell:
        ref = snapshot.by_code.get(conditions.cell)
        if ref is None:
            raise BadRule("cell")
        made.inside = f"/{ref.id}/"
    if conditions.pattern:
        compiled_pattern(conditions.pattern)
    try:
        minutes_of(conditions)
    except ValueError as error:
        raise BadRule("since") from error
    return made


def compile_rules(rule_set: int, rules: Iterable[Rule], snapshot: Tree) -> Compiled:
    """Books of both stages from rules in their order; those not in use are left out."""
    stages: dict[str, list[Ready]] = {stage.value: [] for stage in Stage}
    for rule in rules:
        if not rule.is_active:
            continue
        try:
            stages[rule.stage].append(ready(rule, snapshot))
        except (BadRule, BadPattern):
            continue  # `checks.faults` says it, to those who can mend it
    late = stages[Stage.DISPATCH]
    return Compiled(
        rule_set,
        snapshot.version,
        {stage: book(found) for stage, found in stages.items()},
        needs_photos=any(each.conditions.photos is not None for each in late),
        needs_categories=any(each.conditions.categories for each in late),
    )


_lock = threading.Lock()
_current: Compiled | None = None


def compiled(version: int, snapshot: Tree) -> Compiled:
    """The version in force, kept in memory until it or the tree changes."""
    global _current
    kept = _current
    if kept is None or (kept.rule_set, kept.tree_version) != (version, snapshot.version):
        with _lock:
            kept = _current
            if kept is None or (kept.rule_set, kept.tree_version) != (version, snapshot.version):
                rules = Rule.objects.filter(rule_set_id=version)
                kept = compile_rules(version, rules, snapshot)
                _current = kept
    return kept


def live_version() -> int:
    """The key of the version in force, 0 when there is none (one indexed read)."""
    rows = execute(VERSION_SQL, [])
    return int(rows[0][0]) if rows else 0


def live() -> Compiled | None:
    """The version in force, None when no rules were ever published."""
    version = live_version()
    return compiled(version, tree()) if version else None


def in_office_hours(at: datetime) -> bool:
    """True on a working day within one of the two halves; `at` in local time."""
    if not is_working(at.date(), calendar()):
        return False
    return any(opens <= at.time() < closes for opens, closes in HALVES)


def arrival_facts(order: Order, path: str, *, photos: bool) -> Facts:
    """What is known of an order that just comes in."""
    return Facts(
        path=path,
        kind=order.kind,
        channel=order.channel,
        text=f"{order.title}\n{order.text}",
        at=order.created_at.astimezone(clock.LOCAL),
        photos=photos,
        working=in_office_hours,
    )


def triaged_facts(order: Order, categories: dict[int, frozenset[str]], *, photos: bool) -> Facts:
    """What is known after triage; `categories` as `category_codes` gives them."""
    facts = arrival_facts(order, order.cell.path, photos=photos)
    facts.klass = order.klass
    facts.categories = categories.get(order.category_id or 0, frozenset())
    return facts


def category_codes() -> dict[int, frozenset[str]]:
    """The codes that a category answers to, by id: its own and its service area's (one query)."""
    rows = Category.objects.values_list("pk", "code", "parent__code")
    return {pk: frozenset(filter(None, (code, above))) for pk, code, above in rows}


def finding_count() -> int:
    """How many rules in force do not work."""
    rows = RuleFinding.objects.filter(rule__rule_set__is_live=True)
    return rows.values("rule_id").distinct().count()

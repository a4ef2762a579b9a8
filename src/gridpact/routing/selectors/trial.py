"""A dry run: what the draft would do to past orders, beside what the rules in force would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from gridpact.core.access import Actor
from gridpact.grid.tree import CellRef, Tree, tree
from gridpact.orders.choices import PhotoRole
from gridpact.orders.models import Order, Photo
from gridpact.routing.choices import Stage
from gridpact.routing.matcher import Ready
from gridpact.routing.models import Rule, RuleSet
from gridpact.routing.router import desk_of
from gridpact.routing.selectors.live import (
    Compiled,
    arrival_facts,
    category_codes,
    compile_rules,
    triaged_facts,
)
from gridpact.routing.selectors.receivers import Receivers

MOST, USUAL = 2000, 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where rules send an order at one stage. `rule` is empty when none fits."""

    rule: str
    place: str  # desk or receiver, in words; empty: the desk chooses
    urgent: bool = False
    key: bool = False

    @property
    def effect(self) -> tuple[str, bool, bool]:
        """What counts as a difference: not which rule says it."""
        return self.place, self.urgent, self.key


@dataclass(frozen=True, slots=True)
class Moved:
    """An order that the draft would treat otherwise at one stage."""

    order: Order
    stage: str
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run found; `used`: how many orders each rule of the draft fitted, by its id."""

    looked: int
    moved: list[Moved]
    used: dict[int, int]


class _Side:
    """One set of rules, asked about one order after the other."""

    def __init__(self, rules: Iterable[Rule], snapshot: Tree, key: int) -> None:
        self.compiled: Compiled = compile_rules(key, rules, snapshot)
        self.tree = snapshot
        late = self.compiled.books[Stage.DISPATCH].rules
        self.receivers = Receivers.read((rule.target for rule in late), snapshot)

    def desk(self, order: Order, cell: CellRef, *, photos: bool) -> tuple[Outcome, Ready | None]:
        facts = arrival_facts(order, cell.path, photos=photos)
        rule = self.compiled.books[Stage.INTAKE].first(facts)
        if rule is None:
            return Outcome("", self.tree.names(cell.desk_id)), None
        desk, _fallback = desk_of(rule, cell, self.tree, self.compiled)
        target = rule.target
        return Outcome(rule.name, self.tree.names(desk), target.urgent, target.key), rule

    def receiver(
        self, order: Order, cell: CellRef, codes: dict[int, frozenset[str]], *, photos: bool
    ) -> tuple[Outcome, Ready | None]:
        facts = triaged_facts(order, codes, photos=photos)
        rule = self.compiled.books[Stage.DISPATCH].first(facts)
        if rule is None:
            return Outcome("", ""), None
        return Outcome(rule.name, self.receivers.of(rule.target, cell).label), rule


def try_draft(draft: RuleSet, actor: Actor, last: int = USUAL) -> Trial:
    """The draft on the newest `last` orders in sight (at most 2,000); nothing is changed.

    Both sides see today's tree and posts, so that every difference is the rules' doing.
    """
    snapshot = tree()
    live = RuleSet.objects.live().first()
    old = _Side([] if live is None else live.rules.all(), snapshot, 0)
    new = _Side(draft.rules.all(), snapshot, draft.pk)
    codes = category_codes()
    moved: list[Moved] = []
    used: dict[int, int] = {}
    looked = 0
    for order in _orders(actor, min(max(last, 1), MOST)):
        cell = snapshot.by_id.get(order.cell_id)
        if cell is None:
            continue
        looked += 1
        photos: bool = order.has_photos  # type: ignore[attr-defined]  # annotated below
        answers = [
            [
                (Stage.INTAKE, *side.desk(order, cell, photos=photos)),
                (Stage.DISPATCH, *side.receiver(order, cell, codes, photos=photos)),
            ][: 2 if order.klass else 1]
            for side in (old, new)
        ]
        for (stage, before, _rule), (_stage, after, fitted) in zip(*answers, strict=True):
            if fitted is not None:
                used[fitted.id] = used.get(fitted.id, 0) + 1
            if before.effect != after.effect:
                moved.append(Moved(order, stage, before, after))
    return Trial(looked, moved, used)


def _orders(actor: Actor, last: int) -> Iterable[Order]:
    pictures = Photo.objects.filter(order_id=OuterRef("pk"), role=PhotoRole.REPORT)
    rows = Order.objects.visible_to(actor).annotate(has_photos=Exists(pictures))
    rows = rows.select_related("cell").only(
        "number", "title", "text", "kind", "channel", "klass", "category_id", "created_at",
        "cell_id", "cell__path",
    )  # fmt: skip
    return rows.order_by("-created_at", "-id")[:last]

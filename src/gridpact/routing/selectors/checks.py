"""What is wrong with rules: faults that forbid to publish them, and warnings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gridpact.core.texts import refusal_text
from gridpact.grid.choices import Level
from gridpact.grid.models import PostKind
from gridpact.grid.tree import CellRef, Tree, tree
from gridpact.orders.choices import Channel, Kind, Klass
from gridpact.orders.models import Category
from gridpact.orgs.models import Org
from gridpact.routing.choices import MAX_PATTERN, MAX_WORD, MAX_WORDS, Hours, Stage
from gridpact.routing.matcher import BadPattern, compiled_pattern, minutes_of
from gridpact.routing.models import Rule
from gridpact.routing.rule import BadRule, Conditions, Target, covers
from gridpact.routing.selectors.receivers import Receivers

DESK_LEVELS = (Level.COMMUNITY, Level.TOWNSHIP, Level.DISTRICT)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the code and parameters of its sentence, and the field it belongs to."""

    code: str
    field: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For people, in the active language."""
        return refusal_text(self.code, {"field": self.field, **self.params})


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may refer to, read once for any number of them."""

    tree: Tree
    categories: frozenset[str]
    orgs: frozenset[str]
    posts: dict[str, str]  # code → name
    receivers: Receivers

    @classmethod
    def read(cls, targets: Iterable[Target] = ()) -> Known:
        """Five queries at most."""
        snapshot = tree()
        return cls(
            snapshot,
            frozenset(Category.objects.filter(is_active=True).values_list("code", flat=True)),
            frozenset(Org.objects.active().values_list("code", flat=True)),
            dict(PostKind.objects.values_list("code", "name")),
            Receivers.read(targets, snapshot),
        )


def faults(conditions: Conditions, target: Target, stage: str, known: Known) -> list[Fault]:
    """Everything that makes a rule impossible, the most important first."""
    return [
        *_conditions(conditions, stage, known),
        *_texts(conditions),
        *(_desk(conditions, target, known) if stage == Stage.INTAKE else _receiver(target, known)),
    ]


def _conditions(want: Conditions, stage: str, known: Known) -> Iterable[Fault]:
    if want.is_empty:
        yield Fault("rule_empty")
    if want.cell and want.cell not in known.tree.by_code:
        yield Fault("rule_cell", "cell", {"code": want.cell[:20]})
    for name, given, allowed in (
        ("kinds", want.kinds, Kind.values),
        ("channels", want.channels, Channel.values),
        ("classes", want.classes, Klass.values),
        ("hours", (want.hours,) if want.hours else (), Hours.values),
    ):
        for each in given:
            if each not in allowed:
                yield Fault("rule_unknown", name, {"given": each[:20]})
    for code in want.categories:
        if code not in known.categories:
            yield Fault("rule_category", "categories", {"code": code[:20]})
    if stage == Stage.INTAKE and (want.classes or want.categories):
        yield Fault("rule_too_early", "classes")


def _texts(want: Conditions) -> Iterable[Fault]:
    for name in ("any_words", "all_words", "no_words"):
        found = getattr(want, name)
        if len(found) > MAX_WORDS or any(len(word) > MAX_WORD for word in found):
            yield Fault("rule_words", name, {"most": MAX_WORDS, "signs": MAX_WORD})
    if len(want.pattern) > MAX_PATTERN:
        yield Fault("rule_pattern_long", "pattern", {"most": MAX_PATTERN})
    elif want.pattern:
        try:
            compiled_pattern(want.pattern)
        except BadPattern as error:
            yield Fault("rule_pattern", "pattern", {"why": str(error)[:80]})
    try:
        minutes_of(want)
    except ValueError:
        yield Fault("rule_time", "since")


def _desk(want: Conditions, target: Target, known: Known) -> Iterable[Fault]:
    if target.post or target.org or target.by_itself:
        yield Fault("rule_wrong_target", "post")
    if not (target.desk or target.urgent or target.key):
        yield Fault("rule_aimless", "desk")
    if not target.desk or target.desk in DESK_LEVELS:
        return
    desk = known.tree.by_code.get(target.desk)
    if desk is None:
        yield Fault("rule_cell", "desk", {"code": target.desk[:20]})
        return
    area = area_of(want, known.tree)
    if desk.level != Level.DISTRICT and (area is None or not area.is_under(desk.id)):
        yield Fault("rule_desk_not_over", "desk", {"desk": desk.name})


def _receiver(target: Target, known: Known) -> Iterable[Fault]:
    if target.desk or target.urgent or target.key:
        yield Fault("rule_wrong_target", "desk")
    if target.post and target.org:
        yield Fault("rule_two_targets", "org")
    if not (target.post or target.org):
        yield Fault("rule_aimless", "post")
    if target.post and target.post not in known.posts:
        yield Fault("rule_post", "post", {"code": target.post[:40]})
    if target.org and target.org not in known.orgs:
        yield Fault("rule_org", "org", {"code": target.org[:40]})


def area_of(want: Conditions, snapshot: Tree) -> CellRef | None:
    """The cell of the conditions; None: the whole district (or a cell that is no more)."""
    return snapshot.by_code.get(want.cell) if want.cell else None


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule with what is wrong with it. `shadow`: the earlier rule that leaves it nothing."""

    rule: Rule
    conditions: Conditions
    target: Target
    faults: list[Fault]
    vacant: Fault | None
    shadow: Rule | None


def checked(rules: Sequence[Rule], known: Known | None = None) -> list[Checked]:
    """Every rule, looked at with those before it."""
    parts = [_parts(rule) for rule in rules]
    known = known or Known.read(target for _want, target, _bad in parts)
    done: list[Checked] = []
    for rule, (want, target, bad) in zip(rules, parts, strict=True):
        found = bad or faults(want, target, rule.stage, known)
        vacant = None if found else _vacant(want, target, known)
        shadow = None if found else _shadow(rule, want, done, known.tree)
        done.append(Checked(rule, want, target, found, vacant, shadow))
    return done


def _parts(rule: Rule) -> tuple[Conditions, Target, list[Fault]]:
    try:
        return Conditions.read(rule.conditions), Target.read(rule.target), []
    except BadRule as error:
        return Conditions(), Target(), [Fault("rule_shape", error.field)]


def _vacant(want: Conditions, target: Target, known: Known) -> Fault | None:
    if not target.post or known.receivers.is_held(target.post, area_of(want, known.tree)):
        return None
    return Fault("rule_vacant", "post", {"post": known.posts.get(target.post, target.post)})


def _shadow(rule: Rule, want: Conditions, before: list[Checked], snapshot: Tree) -> Rule | None:
    if not rule.is_active:
        return None
    area = area_of(want, snapshot)
    for other in before:
        same = other.rule.is_active and other.rule.stage == rule.stage and not other.faults
        if same and covers(
            other.conditions, want, cell_within=_within(area, other.conditions, snapshot)
        ):
            return other.rule
    return None


def _within(area: CellRef | None, wide: Conditions, snapshot: Tree) -> bool:
    over = area_of(wide, snapshot)
    return over is None or (area is not None and area.is_under(over.id))

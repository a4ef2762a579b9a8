"""What changed from one version of the rules to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridpact.routing.models import Rule

ADDED, GONE, CHANGED, MOVED = "added", "gone", "changed", "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that is new, gone, changed or asked at another place; `before`, `after` by need."""

    kind: str
    before: Rule | None
    after: Rule | None

    @property
    def rule(self) -> Rule:
        """The rule as it is now, or was last."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change without a rule")
        return found


def changes(before: Sequence[Rule], after: Sequence[Rule]) -> list[Change]:
    """Differences by the rules' keys, in the order of `after`, those that are gone at the end.

    A rule counts as moved only against its neighbours, not because one before it was added.
    """
    old = {rule.key: rule for rule in before}
    new = {rule.key: rule for rule in after}
    was = [rule.key for rule in before if rule.key in new]
    now = [rule.key for rule in after if rule.key in old]
    done: list[Change] = []
    for rule in after:
        known = old.get(rule.key)
        if known is None:
            done.append(Change(ADDED, None, rule))
        elif _content(known) != _content(rule):
            done.append(Change(CHANGED, known, rule))
        elif was.index(rule.key) != now.index(rule.key):
            done.append(Change(MOVED, known, rule))
    return [*done, *(Change(GONE, rule, None) for rule in before if rule.key not in new)]


def _content(rule: Rule) -> tuple[object, ...]:
    return rule.name, rule.stage, rule.is_active, rule.conditions, rule.target

"""Rules as programs and files carry them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gridpact.routing.models import Rule, RuleSet


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule; what is read here can be written again unchanged."""
    return {
        "key": str(rule.key),
        "name": rule.name,
        "stage": rule.stage,
        "active": rule.is_active,
        "conditions": rule.conditions,
        "target": rule.target,
    }


def rules_json(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules in the order in which they are asked."""
    return [rule_json(rule) for rule in rules]


def set_json(found: RuleSet, *, with_rules: bool) -> dict[str, Any]:
    """A version or the draft."""
    data: dict[str, Any] = {
        "version": found.number,
        "in_force": found.is_live,
        "revision": found.revision,
        "note": found.note,
        "published_at": found.published_at,
        "published_by": str(found.published_by) if found.published_by is not None else None,
    }
    return data | {"rules": rules_json(found.rules.all())} if with_rules else data

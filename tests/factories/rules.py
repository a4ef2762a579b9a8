"""Rules in force, without the way through draft and form."""

from __future__ import annotations

from typing import Any

from gridpact.routing.models import Rule, RuleSet
from gridpact.routing.services import RuleText, fill_draft, publish_draft
from tests.factories.world import World


def text(name: str = "灯", stage: str = "INTAKE", **given: Any) -> RuleText:
    """A rule as a program writes it: `conditions` and `target` as JSON."""
    return RuleText.read({"name": name, "stage": stage, **given})


def lamp(**target: Any) -> RuleText:
    """Orders that speak of lamps go to the township's desk, or to `target`."""
    return text(conditions={"any_words": ["灯"]}, target=target or {"desk": "TOWNSHIP"})


def receiver(**target: Any) -> RuleText:
    """Easy matters about lamps go to `target`."""
    conditions = {"any_words": ["灯"], "classes": ["EASY"]}
    return text("灯归谁", "DISPATCH", conditions=conditions, target=target)


def in_force(world: World, *rules: RuleText) -> RuleSet:
    """These rules, published by the district's desk."""
    actor = world.actor("district")
    draft = fill_draft(rules, actor=actor)
    return publish_draft(actor=actor, revision=draft.revision, note="试")


def first_rule(found: RuleSet) -> Rule:
    """The first rule of a version."""
    return found.rules.all()[0]

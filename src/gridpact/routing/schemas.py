"""Shapes of the calls on routing rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from gridpact.core.words import Words
from gridpact.routing.choices import MAX_RULES


class RuleJson(Schema):
    """A rule. `conditions` and `target` hold only what is set; see the handbook for their keys."""

    key: str | None = None
    name: Words
    stage: Words = "INTAKE"
    active: bool = True
    conditions: dict[str, Any] = {}
    target: dict[str, Any] = {}


class RulesIn(Schema):
    """All rules of the draft, in the order in which they are asked."""

    rules: list[RuleJson] = Field(max_length=MAX_RULES)


class RuleSetOut(Schema):
    """A version or the draft (`version` null)."""

    version: int | None
    in_force: bool
    revision: int
    note: str
    published_at: datetime | None
    published_by: str | None
    rules: list[RuleJson] = []


class RuleFindingOut(Schema):
    """Something wrong with a rule in force: a stable code and a sentence."""

    rule: str
    key: str
    code: str
    text: str


class RulesOut(Schema):
    """The rules in force and what is wrong with them."""

    rules: RuleSetOut | None
    findings: list[RuleFindingOut]


class PublishIn(Schema):
    """`revision` is the one of the draft that was looked at."""

    revision: int
    note: Words = ""


class TrialOutcomeOut(Schema):
    """Where rules send an order at one stage."""

    rule: str | None
    place: str
    urgent: bool
    key: bool


class TrialMoveOut(Schema):
    """An order that the draft would treat otherwise."""

    number: str
    stage: str
    before: TrialOutcomeOut
    after: TrialOutcomeOut


class TrialOut(Schema):
    """A dry run: orders looked at, those that would move, and how often each rule would fit."""

    looked: int
    moved: list[TrialMoveOut]
    used: dict[str, int]


class TrialQuery(Schema):
    """On how many of the newest orders in sight."""

    last: int = Field(default=500, ge=1, le=2000)

"""Shapes of the calls on what was learnt."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class ClassScoreOut(Schema):
    """A value: held-back orders decided so, how many were named so, how many of these rightly."""

    label: str
    rows: int
    named: int
    right: int


class LearntOut(Schema):
    """A version of a field; shares are 0 to 1, on the newest orders, which were held back."""

    id: int
    field: str
    version: int
    in_use: bool
    trained_at: datetime
    trained_by: str | None
    rows: int
    first_at: datetime
    last_at: datetime
    held_rows: int
    accuracy: float | None
    macro_f1: float | None
    top3: float | None
    digest: str
    by_class: list[ClassScoreOut]


class SwitchIn(Schema):
    """Suggest the field or not; fill the form from this confidence (0.5 to 1) on, null: never."""

    is_on: bool
    preselect: float | None = None


class SwitchOut(Schema):
    """A field's switch. `pinned`: newer versions wait until one is chosen."""

    field: str
    is_on: bool
    preselect: float | None
    pinned: bool


class ModelsOut(Schema):
    """Switches of all fields, and the newest 20 versions of each."""

    switches: list[SwitchOut]
    models: list[LearntOut]


class OtherOut(Schema):
    """Another likely value."""

    value: str
    confidence: float


class SuggestionOut(Schema):
    """What is suggested for a field of an order; `version` null: by words of the code table."""

    field: str
    value: str
    name: str
    confidence: float | None
    others: list[OtherOut]
    evidence: list[str]
    version: int | None
    made_at: datetime
    decided: str | None


class QueuedOut(Schema):
    """False when it was asked for already."""

    queued: bool

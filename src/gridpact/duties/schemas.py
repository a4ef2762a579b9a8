"""Shapes of the calls on work items, the matrix and tasks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gridpact.core.words import Words


class WorkItemOut(Schema):
    """A work item; `levels` and `…_kinds` are codes."""

    code: str
    name: str
    category: str
    levels: list[str]
    cadence: str
    required: bool
    guidance: str
    lead_kinds: list[str]
    assist_kinds: list[str]
    supervise_kinds: list[str]
    active: bool


class MatrixQuery(Schema):
    """Which part of the matrix: a cell (code; default the caller's own), a level, one category."""

    cell: Words = ""
    level: Words = ""
    category: Words = ""
    findings: bool = False
    cursor: Words = ""
    limit: int = Field(default=200, ge=1, le=200)


class MatrixFieldOut(Schema):
    """One field: `roles` taken, and what is wrong with it."""

    item: str
    roles: list[str]
    blank: bool
    ended: bool


class MatrixLineOut(Schema):
    """A cell with its fields, one a work item."""

    code: str
    name: str
    level: str
    fields: list[MatrixFieldOut]


class MatrixOut(Schema):
    """The matrix of one level; `blanks` and `ended` count the findings of this page."""

    level: str
    items: list[str]
    lines: list[MatrixLineOut]
    blanks: int
    ended: int
    next: str | None


class TaskQuery(Schema):
    """`mine` (default) or all in sight; by state, cell (code) and whether overdue."""

    mine: bool = True
    state: Words = ""
    cell: Words = ""
    overdue: bool = False
    cursor: Words = ""
    limit: int = Field(default=50, ge=1, le=200)


class TaskOut(Schema):
    """A task; `cell` is a code, `level` counts how often it climbed."""

    id: int
    title: str
    item: str | None
    cell: str
    state: str
    due_on: date
    overdue: bool
    holder: str | None
    post: str | None
    level: int
    climbed_from: int | None
    note: str
    photos: list[UUID]
    order: str | None
    made_at: datetime
    ended_at: datetime | None


class TaskPage(Schema):
    """Tasks, the most urgent first."""

    items: list[TaskOut]
    next: str | None


class FinishIn(Schema):
    """The proof of a task: a note, own uploads by id, or the number of an order in sight."""

    note: Words = ""
    photos: list[UUID] = Field(default=[], max_length=9)
    order: Words = ""

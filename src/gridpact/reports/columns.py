"""What the list behind a figure shows of each kind of record, for pages and programs alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import MOVES
from gridpact.orders.models import Order


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a record: `key` for programs, `label` for people."""

    key: str
    label: Promise
    read: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Shape:
    """How records of a table are listed: what is fetched with them, their order, their columns.

    `link` names the page of one record and the column that identifies it there. No text of an
    order is shown: a figure is read by more people than its private matters.
    """

    related: tuple[str, ...]
    order: tuple[str, ...]
    columns: tuple[Column, ...]
    link: tuple[str, str] | None = None

    def fetch(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with everything the columns read, in the same query."""
        return rows.select_related(*self.related) if self.related else rows


def _order_columns(reach: Callable[[Any], Order]) -> tuple[Column, ...]:
    return (
        Column("number", _("Number"), lambda row: reach(row).number),
        Column("kind", _("Kind"), lambda row: reach(row).get_kind_display()),
        Column("class", _("Class"), lambda row: reach(row).get_klass_display()),
        Column("state", _("State"), lambda row: reach(row).get_state_display()),
        Column("cell", _("Cell"), lambda row: reach(row).cell.name),
    )


def _of(row: Any) -> Order:
    order: Order = row.order
    return order


def _move_name(row: Any) -> object:
    return MOVES[row.verb].name if row.verb in MOVES else row.verb


SHAPES: dict[str, Shape] = {
    "cells": Shape(
        (), ("code",),
        (
            Column("code", _("Code"), lambda row: row.code),
            Column("name", _("Called"), lambda row: row.name),
            Column("level", _("Level"), lambda row: row.get_level_display()),
            Column("since", _("Since"), lambda row: row.opened_on),
        ),
        ("grid:cell", "code"),
    ),
    "posts": Shape(
        ("cell", "kind", "user"), ("cell__code", "pk"),
        (
            Column("code", _("Code"), lambda row: row.cell.code),
            Column("cell", _("Cell"), lambda row: row.cell.name),
            Column("post", _("Post"), lambda row: row.kind.name),
            Column("holder", _("Holder"), lambda row: str(row.user)),
            Column("since", _("In post since"), lambda row: row.starts),
        ),
        ("grid:cell", "code"),
    ),
    "orders": Shape(
        ("cell",), ("-created_at", "-pk"),
        (
            *_order_columns(lambda row: row),
            Column("placed", _("Placed"), lambda row: row.created_at),
            Column("verified", _("Verified"), lambda row: row.verified_at),
        ),
        ("orders:detail", "number"),
    ),
    "log": Shape(
        ("order__cell",), ("-at", "-pk"),
        (
            *_order_columns(_of),
            Column("move", _("Move"), _move_name),
            Column("at", _("When"), lambda row: row.at),
            Column("post", _("By"), lambda row: row.post),
        ),
        ("orders:detail", "number"),
    ),
    "steps": Shape(
        ("order__cell",), ("-due_at", "-pk"),
        (
            *_order_columns(_of),
            Column("owner", _("Owner"), lambda row: row.owner),
            Column("due", _("Due"), lambda row: row.due_at),
            Column("ended", _("Ended"), lambda row: row.ended_at),
        ),
        ("orders:detail", "number"),
    ),
    "ratings": Shape(
        ("order__cell",), ("-at", "-pk"),
        (
            *_order_columns(_of),
            Column("solved", _("Solved"), lambda row: _("yes") if row.solved else _("no")),
            Column("satisfaction", _("Satisfaction"), lambda row: row.get_satisfaction_display()),
            Column("at", _("When"), lambda row: row.at),
        ),
        ("orders:detail", "number"),
    ),
    "items": Shape(
        (), ("sort", "code"),
        (
            Column("code", _("Code"), lambda row: row.code),
            Column("name", _("Work item"), lambda row: row.name),
            Column("category", _("Category"), lambda row: row.get_category_display()),
            Column("cadence", _("How often"), lambda row: row.get_cadence_display()),
        ),
        ("duties:items_detail", "code"),
    ),
    "duties": Shape(
        (), ("sort", "code"),
        (
            Column("code", _("Code"), lambda row: row.code),
            Column("name", _("Duty"), lambda row: row.name),
        ),
        ("duties:nine_detail", "code"),
    ),
    "areas": Shape(
        (), ("code",),
        (
            Column("code", _("Code"), lambda row: row.code),
            Column("name", _("Called"), lambda row: row.name),
        ),
    ),
}  # fmt: skip

"""Roles and open tasks follow a redraw: they go on in the cells that follow a closed one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q

from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, Task
from gridpact.grid.dependents import CellsMoved


def follow_cells(moved: CellsMoved) -> dict[str, Any]:
    """End the roles of closed cells the day before; give them to the heirs.

    A post of the cell itself goes on where its term goes on, a post from elsewhere in every heir.
    What an heir has already stands. Returns what was ended (key, last day) and made (keys).
    """
    rows = Assignment.objects.filter(cell_id__in=list(moved.heirs)).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=moved.day)
    )
    ended: list[tuple[int, str | None]] = []
    goes_on: list[Assignment] = []
    for row in rows.select_related("post").order_by("pk"):
        ended.append((row.pk, row.valid_until.isoformat() if row.valid_until else None))
        goes_on += _heirs_of(row, moved)
        row.valid_until = max(row.valid_from, moved.day - timedelta(days=1))
        row.save(update_fields=["valid_until"])
    made = Assignment.objects.bulk_create(_not_held(goes_on, moved))
    return {"ended": ended, "made": [row.pk for row in made], "tasks": _pass_tasks(moved)}


def _pass_tasks(moved: CellsMoved) -> list[tuple[int, list[int]]]:
    """Open tasks of a term that goes on as another go with it: (old term, tasks)."""
    passed: list[tuple[int, list[int]]] = []
    for old, new in moved.posts.items():
        if new is not None:
            keys = list(Task.objects.open().filter(post_id=old).values_list("pk", flat=True))
            Task.objects.filter(pk__in=keys).update(post_id=new)
            passed.append((old, keys))
    return passed


def _heirs_of(row: Assignment, moved: CellsMoved) -> list[Assignment]:
    """The role as the cells that follow take it."""
    own = row.post_id in moved.posts
    post = moved.posts.get(row.post_id) if own else row.post_id
    if post is None:
        return []
    heirs = moved.heirs[row.cell_id]
    cells = heirs[:1] if own else heirs
    return [
        Assignment(
            item_id=row.item_id, cell_id=cell, role=row.role, post_id=post,
            valid_from=moved.day, valid_until=row.valid_until,
        )
        for cell in cells
    ]  # fmt: skip


def _not_held(rows: Iterable[Assignment], moved: CellsMoved) -> list[Assignment]:
    """Without the roles an heir has already: one lead an item, each post once a role."""
    cells = [cell for heirs in moved.heirs.values() for cell in heirs]
    standing = Assignment.objects.filter(cell_id__in=cells).on(moved.day)
    held = {key for row in standing for key in _keys(row)}
    new: list[Assignment] = []
    for row in rows:
        if not held & _keys(row):
            held |= _keys(row)
            new.append(row)
    return new


def _keys(row: Assignment) -> set[tuple[object, ...]]:
    keys: set[tuple[object, ...]] = {(row.item_id, row.cell_id, row.role, row.post_id)}
    return keys | {(row.item_id, row.cell_id)} if row.role == Role.LEAD else keys


def return_cells(kept: dict[str, Any]) -> None:
    """Take back what `follow_cells` did."""
    Assignment.objects.filter(pk__in=kept["made"]).delete()
    for old, keys in kept["tasks"]:
        Task.objects.filter(pk__in=keys, post__isnull=False).update(post_id=old)
    for pk, last_day in kept["ended"]:
        Assignment.objects.filter(pk=pk).update(valid_until=last_day)

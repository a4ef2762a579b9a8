"""Keeping the dated versions in step when cells are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest

from gridpact.grid.models import Cell, CellVersion, Redraw, TreeVersion

_CARRIED = ("name", "kind", "boundary", "doors")


def version_of(cell: Cell, valid_from: date, redraw: Redraw | None = None) -> CellVersion:
    """An unsaved version with what `cell` is now."""
    return CellVersion(
        cell=cell,
        valid_from=valid_from,
        name=cell.name,
        kind=cell.kind,
        parent_id=cell.parent_id,
        boundary=cell.boundary,
        doors=cell.doors,
        redraw=redraw,
    )


def open_versions(cells: Iterable[Cell]) -> None:
    """Write the first version of new cells, from the day they open."""
    CellVersion.objects.bulk_create(
        [version_of(cell, cell.opened_on) for cell in cells], batch_size=1000
    )


def renew_versions(cells: Iterable[Cell], on: date, redraw: Redraw | None = None) -> None:
    """Write what `cells` are from day `on`.

    The running version ends there, or is overwritten when it began on the same day; later
    (planned) versions are left alone.
    """
    changed = {cell.pk: cell for cell in cells}
    running = {
        version.cell_id: version
        for version in CellVersion.objects.select_for_update().at(on).filter(cell_id__in=changed)
    }
    later = {row.cell_id: row for row in _planned_after(on, changed)}
    fresh: list[CellVersion] = []
    for pk, cell in changed.items():
        new = version_of(cell, on, redraw)
        old = running.get(pk)
        if old is not None:
            new.valid_until = old.valid_until
            if pk in later:
                _carry_over(old, new, later[pk])
        fresh.append(new)
    same_day = [old.pk for old in running.values() if old.valid_from == on]
    CellVersion.objects.filter(pk__in=same_day).delete()
    CellVersion.objects.filter(pk__in=[old.pk for old in running.values()]).update(valid_until=on)
    CellVersion.objects.bulk_create(fresh, batch_size=1000)
    CellVersion.objects.bulk_update(later.values(), _CARRIED, batch_size=200)


def _planned_after(on: date, cell_ids: Iterable[int]) -> Iterable[CellVersion]:
    """The versions of these cells that begin later; plans leave at most one of each."""
    return CellVersion.objects.select_for_update().filter(cell_id__in=cell_ids, valid_from__gt=on)


def _carry_over(old: CellVersion, new: CellVersion, later: CellVersion) -> None:
    """What a plan did not change is what the cell is now, not what it was when it was planned."""
    for name in _CARRIED:
        if getattr(later, name) == getattr(old, name):
            setattr(later, name, getattr(new, name))


def bump_tree() -> None:
    """Tell every process that the tree changed.

    The number is the time in microseconds: one that was taken back with its transaction never
    comes again, so that no process keeps a snapshot of what was never saved.
    """
    moment = RawSQL("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint", [])
    TreeVersion.objects.update(number=Greatest(F("number") + 1, moment))

"""The day a redraw takes effect: cells become their versions, what lies in them follows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from shapely.geometry import shape

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.events import publish
from gridpact.grid import dependents
from gridpact.grid.choices import RedrawState
from gridpact.grid.dependents import Strip
from gridpact.grid.events import TermEnded
from gridpact.grid.models import Appointment, Cell, CellVersion, Redraw
from gridpact.grid.redrawing import assign
from gridpact.grid.services.features import inner_point
from gridpact.grid.services.redraw import rows
from gridpact.grid.services.versions import bump_tree, renew_versions
from gridpact.grid.tree import Tree

_log = logging.getLogger(__name__)
_COPIED = ("name", "kind", "parent_id", "boundary", "doors", "point_lon", "point_lat")


def apply_due(*, actor: Actor) -> int:
    """Carry out the plans whose day has come, in their order; how many. Two workers share them.

    A plan that cannot be carried out is logged and left; those after it are not held up.
    """
    done, failed = 0, list[int]()
    while True:
        try:
            with transaction.atomic():
                plans = Redraw.objects.select_for_update(skip_locked=True)
                due = plans.filter(state=RedrawState.PLANNED, effective_on__lte=clock.today())
                redraw = due.exclude(pk__in=failed).order_by("effective_on", "pk").first()
                if redraw is None:
                    return done
                apply_now(redraw, actor=actor)
        except Refused as refusal:
            assert redraw is not None
            failed.append(redraw.pk)
            _log.error("redraw %s: %s", redraw.code, refusal.code)
        else:
            done += 1


def apply_now(redraw: Redraw, *, actor: Actor) -> None:
    """Carry out a planned redraw inside the caller's transaction.

    Raises `Refused` redraw_orphans (409) when a row would stay in a cell that is no more.
    """
    plan = redraw.undo
    heirs = {int(closed): list(to) for closed, to in plan["heirs"].items()}
    late = plan["late"] = _take_in_latecomers(redraw, heirs)
    become_versions({*plan["writes"], *plan["opened"], *late}, clock.today())
    tops = top_cells({*plan["moved"], *plan["opened"], *late})
    rows.repath(tops)
    strips = [Strip(giver, taker, shape(area)) for giver, taker, area in plan.get("strips", ())]
    plan["rows"] = rows.joined(rows.relocate(heirs), rows.shift(strips))
    moved = set(under(tops)) | {heir for to in heirs.values() for heir in to}
    moved |= {strip.taker for strip in strips if strip.taker is not None}
    rows.rescope(moved)
    posts = {int(old): new for old, new in plan.get("posts", {}).items()}
    tree = Tree(0, clock.today())  # not the shared snapshot: this may still be rolled back
    plan["followed"] = dependents.follow(
        dependents.CellsMoved(frozenset(moved), heirs, posts, tree, clock.today())
    )
    hand_on(posts)
    refuse_left_behind(heirs)
    redraw.state, redraw.done_at = RedrawState.DONE, clock.now()
    redraw.save(update_fields=["state", "done_at", "undo"])
    bump_tree()
    audit.record(actor, "grid.apply_redraw", redraw, why=redraw.reason)


def hand_on(posts: Mapping[int, int | None]) -> None:
    """Tell who keeps work by terms that these go on as others; the rest is handed over later."""
    now = clock.now()
    for post in Appointment.objects.filter(pk__in=list(posts)).order_by("pk"):
        heir = posts[post.pk]
        if heir is not None and post.ends is not None:
            Appointment.objects.filter(pk=post.pk).update(handed_over_at=now)
            publish(TermEnded(post.pk, post.cell_id, post.ends, heir, is_successor=True))


def _take_in_latecomers(redraw: Redraw, heirs: dict[int, list[int]]) -> list[int]:
    """Cells and terms that came under a closing cell after it was planned go to its heirs too."""
    day = redraw.effective_on
    inside = Cell.objects.open().filter(parent_id__in=list(heirs))
    late = list(inside.exclude(pk__in=redraw.undo["writes"]))
    for cell in late:
        cell.parent_id = _heir_of(cell, heirs[cell.parent_id or 0])
    renew_versions(late, clock.today(), redraw)
    running = Appointment.objects.filter(cell_id__in=list(heirs), starts__lt=day)
    running.filter(Q(ends__isnull=True) | Q(ends__gte=day)).update(ends=day - timedelta(days=1))
    later = Appointment.objects.filter(cell_id__in=list(heirs), starts__gte=day)
    later.exclude(ends=F("starts")).update(ends=F("starts"))
    return [cell.pk for cell in late]


def _heir_of(cell: Cell, heirs: list[int]) -> int:
    if len(heirs) == 1 or not cell.boundary:
        return heirs[0]
    parts = dict(Cell.objects.filter(pk__in=heirs).values_list("pk", "boundary"))
    dealt = assign([shape(cell.boundary)], [shape(parts[pk] or {}) for pk in heirs])
    if dealt.part_of[0] is not None:
        return heirs[dealt.part_of[0]]
    shares = dealt.orphans[0].shares
    return heirs[max(shares, key=lambda each: each.share).part] if shares else heirs[0]


def become_versions(cell_ids: Iterable[int], day: date) -> None:
    """Copy what each cell is on the day from its version; without one it stays as it is."""
    cells: list[Cell] = []
    versions = CellVersion.objects.at(day).filter(cell_id__in=list(cell_ids))
    for version in versions.select_related("cell"):
        redrawn = version.boundary != version.cell.boundary
        cell = version.as_cell()
        if redrawn:
            cell.point_lon, cell.point_lat = _point(version.boundary)
        cells.append(cell)
    Cell.objects.bulk_update(cells, _COPIED, batch_size=200)


def _point(boundary: dict[str, Any] | None) -> tuple[float | None, float | None]:
    return (None, None) if boundary is None else inner_point(shape(boundary))


def top_cells(ids: Iterable[int]) -> list[int]:
    """Those of the cells that lie under no other of them, by their parents as they are now."""
    wanted = set(ids)
    parents = dict(Cell.objects.values_list("pk", "parent_id"))

    def is_below(pk: int) -> bool:
        above: int | None = parents[pk]
        while above is not None:
            if above in wanted:
                return True
            above = parents[above]
        return False

    return [pk for pk in wanted if not is_below(pk)]


def under(tops: Iterable[int]) -> list[int]:
    """Ids of these cells and all below, by their paths."""
    scope = Q(pk__in=())
    for path in Cell.objects.filter(pk__in=list(tops)).values_list("path", flat=True):
        scope |= Q(path__startswith=path)
    return list(Cell.objects.filter(scope).order_by().values_list("pk", flat=True))


def refuse_left_behind(gone: Iterable[int]) -> None:
    """No row may stay in a cell that is no more: nobody's scope would show it."""
    for model in rows.following_models():
        left = rows.lying_in(model, gone).count()
        if left:
            raise Refused("redraw_orphans", 409, count=left)

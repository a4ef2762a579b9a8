"""Planning a redraw: its versions, new cells and terms are written at once, for its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.grid.choices import RedrawKind, RedrawState
from gridpact.grid.models import Appointment, Cell, CellVersion, Lineage, Redraw, TreeVersion
from gridpact.grid.services.redraw.apply import apply_now
from gridpact.grid.services.redraw.asking import read_request
from gridpact.grid.services.redraw.drawing import Drawing, geojson_of
from gridpact.grid.services.redraw.preview import check_rights, draw, posts_on, preview_of
from gridpact.grid.services.versions import bump_tree, renew_versions, version_of

_LOCK = 7_301_002  # advisory lock: one redraw is written at a time
_FIELDS = (
    "cell_id", "valid_from", "valid_until", "name", "kind", "parent_id", "boundary", "doors",
    "redraw_id",
)  # fmt: skip


def lock_net() -> None:
    """Hold the net until the transaction ends. Raises `Refused` redraw_running (409)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Refused("redraw_running", 409)
    TreeVersion.objects.select_for_update().first()  # loads of cells wait, too


@transaction.atomic
def plan_redraw(
    kind: str,
    cell: Cell,
    *,
    effective_on: date,
    reason: str,
    request: Mapping[str, Any],
    actor: Actor,
) -> Redraw:
    """Change the tree from a day on; from today it is done at once, later by the worker.

    Raises `Refused`: what `preview_redraw` raises, its first fault as 422 (409 redraw_conflict),
    missing (no reason), redraw_running (409) while another is written.
    """
    why = reason.strip()
    if not why:
        raise Refused("redraw_reason", 422, field="reason")
    lock_net()
    ask = read_request(request)
    drawing = draw(kind, cell, effective_on, ask, _next_key)
    check_rights(drawing, actor)
    if drawing.faults:
        fault = drawing.faults[0]
        status = 409 if fault.code == "redraw_conflict" else 422
        raise Refused(fault.code, status, **fault.params, place=fault.point or "")
    redraw = Redraw.objects.create(
        code=_next_code(), kind=kind, state=RedrawState.PLANNED, effective_on=effective_on,
        cell=cell, reason=why[:200], request=dict(ask.raw), made_at=clock.now(),
        moves=preview_of(kind, drawing, actor).as_dict(), made_by_id=actor.user_id,
    )  # fmt: skip
    redraw.undo = _before(drawing)
    _write(drawing, redraw)
    redraw.undo |= _end_posts(drawing)
    redraw.save(update_fields=["undo"])
    bump_tree()
    audit.record(actor, "grid.plan_redraw", redraw, why=why, after=audit.fingerprint(ask.raw))
    if effective_on <= clock.today():
        apply_now(redraw, actor=actor)
    return redraw


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('grid_cell', 'id'))")
        return int(cursor.fetchone()[0])


def _next_code() -> str:
    """R, the year and a number of the year; the lock keeps it free of gaps."""
    head = f"R{clock.today().year}"
    last = Redraw.objects.filter(code__startswith=head).order_by("-code").first()
    return f"{head}{int(last.code[5:]) + 1 if last else 1:05d}"


def _before(drawing: Drawing) -> dict[str, Any]:
    """What is needed to carry the plan out and to take it back, as JSON."""
    kept = CellVersion.objects.filter(cell_id__in=drawing.writes).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=drawing.base.day)
    )
    points = Cell.objects.filter(pk__in=drawing.writes)
    return {
        "points": list(points.values_list("pk", "point_lon", "point_lat").order_by("pk")),
        "versions": [_plain(row) for row in kept.values(*_FIELDS)],
        "writes": sorted(drawing.writes),
        "reads": sorted(drawing.reads | drawing.homes),
        "opened": [new.pk for new in drawing.opened],
        "closed": drawing.closed,
        "moved": sorted(drawing.moved),
        "strips": [
            [strip.giver, strip.taker, geojson_of(strip.area)]
            for strip in drawing.strips
            if strip.taker is not None
        ],
        "heirs": {str(closed): heirs for closed, heirs in drawing.heirs.items()},
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()
    }


def _write(drawing: Drawing, redraw: Redraw) -> None:
    """New cells, new versions from the day, the end of those that close, and who became whom."""
    day = drawing.base.day
    Cell.objects.bulk_create(drawing.opened)
    CellVersion.objects.bulk_create(version_of(new, day, redraw) for new in drawing.opened)
    renew_versions(drawing.changed.values(), day, redraw)
    closing = CellVersion.objects.filter(cell_id__in=drawing.closed)
    closing.filter(valid_from__gte=day).delete()
    closing.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day)).update(valid_until=day)
    Cell.objects.filter(pk__in=drawing.closed).update(closed_on=day)
    if redraw.kind in (RedrawKind.SPLIT, RedrawKind.MERGE):
        Lineage.objects.bulk_create(
            Lineage(redraw=redraw, before_id=closed, after_id=heir)
            for closed, heirs in drawing.heirs.items()
            for heir in heirs
        )


def _end_posts(drawing: Drawing) -> dict[str, Any]:
    """End the terms on closing cells the day before; they go on at the first heir of the level.

    A head goes on only where no head stands: a split keeps its head, a merger has one already.
    """
    day = drawing.base.day
    levels = {ref.id: ref.level for ref in drawing.base.tree.by_id.values()}
    levels |= {new.pk: new.level for new in drawing.opened}
    ended: list[list[Any]] = []
    posts: dict[int, int | None] = {}
    for post in posts_on(drawing.closed, day).order_by("acting_for__pk", "pk"):
        heir = drawing.heirs[post.cell_id][0]
        ended.append([post.pk, post.ends.isoformat() if post.ends else None])
        new = None
        if levels[heir] == post.cell.level and not _is_held(post, heir, day):
            new = Appointment.objects.create(
                user_id=post.user_id, kind_id=post.kind_id, cell_id=heir, ends=post.ends,
                starts=max(day, post.starts), acting_for_id=posts.get(post.acting_for_id or 0),
            ).pk  # fmt: skip
        posts[post.pk] = new
        last_day = max(post.starts, day - timedelta(days=1))
        Appointment.objects.filter(pk=post.pk).update(ends=last_day)
    return {"ended": ended, "posts": {str(old): new for old, new in posts.items()}}


def _is_held(post: Appointment, heir: int, day: date) -> bool:
    """The successor has this post already: a head's by anybody, any other by the same person."""
    rows = posts_on([heir], day).filter(kind=post.kind)
    if post.kind.is_head and post.acting_for_id is None:
        return rows.filter(acting_for__isnull=True).exists()
    return rows.filter(user_id=post.user_id).exists()

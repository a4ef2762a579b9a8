"""Taking a redraw back while nothing depends on it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.grid import dependents
from gridpact.grid.choices import RedrawState
from gridpact.grid.models import Appointment, Cell, CellVersion, Redraw
from gridpact.grid.services.redraw import rows
from gridpact.grid.services.redraw.apply import (
    become_versions,
    hand_on,
    refuse_left_behind,
    top_cells,
    under,
)
from gridpact.grid.services.redraw.plan import lock_net
from gridpact.grid.services.versions import bump_tree
from gridpact.grid.tree import tree


@transaction.atomic
def undo_redraw(redraw: Redraw, *, actor: Actor) -> Redraw:
    """Take back a redraw, or drop one that waits: versions, cells, terms and rows stand as before.

    Cells it created stay as codes that are never used again. Raises `Refused`: forbidden,
    redraw_undone, redraw_later (another redraw came after), redraw_edited (cells were changed
    since), redraw_depends (posts, cells or rows are new in cells it created), redraw_running.
    """
    lock_net()
    row = Redraw.objects.select_for_update().get(pk=redraw.pk)
    _check_rights(row, actor)
    if row.state == RedrawState.UNDONE:
        raise Refused("redraw_undone", 409)
    plan = row.undo
    touched = {*plan["writes"], *plan["opened"]}
    _refuse_later(row, touched)
    _refuse_dependents(row)
    was_done = row.state == RedrawState.DONE
    _restore_versions(row)
    _restore_posts(row)
    Cell.objects.filter(pk__in=plan["closed"]).update(closed_on=None)
    Cell.objects.filter(pk__in=plan["opened"]).update(closed_on=row.effective_on)
    if was_done:
        _return_rows(row)
    else:
        row.lineage.all().delete()
    row.state, row.undone_at = RedrawState.UNDONE, clock.now()
    row.save(update_fields=["state", "undone_at"])
    bump_tree()
    audit.record(actor, "grid.undo_redraw", row)
    return row


def _check_rights(row: Redraw, actor: Actor) -> None:
    """Who could have made it may take it back."""
    by_id = tree().by_id
    ids = [*row.undo["writes"], *row.undo["opened"], *row.undo["moved"]]
    above = {by_id[pk].parent_id or pk for pk in ids if pk in by_id}
    above |= {version["parent_id"] for version in row.undo["versions"]}
    require(actor, "grid.redraw", [by_id[pk] for pk in above if pk in by_id])


def _refuse_later(row: Redraw, touched: set[int]) -> None:
    later = Redraw.objects.exclude(state=RedrawState.UNDONE).filter(pk__gt=row.pk)
    for other in later.order_by("pk"):
        theirs = {*other.undo.get("writes", ()), *other.undo.get("opened", ()),
                  *other.undo.get("reads", ())}  # fmt: skip
        if theirs & touched:
            raise Refused("redraw_later", 409, code=other.code)
    since = CellVersion.objects.filter(cell_id__in=touched, valid_from__gte=row.effective_on)
    changed = since.exclude(redraw=row).select_related("cell").first()
    if changed is not None:
        raise Refused("redraw_edited", 409, name=changed.cell.name)


def _refuse_dependents(row: Redraw) -> None:
    opened, ours = row.undo["opened"], [new for new in row.undo["posts"].values() if new]
    posts = Appointment.objects.filter(cell_id__in=opened).exclude(pk__in=ours).count()
    cells = Cell.objects.filter(parent_id__in=opened).exclude(pk__in=row.undo["writes"]).count()
    found = posts + cells + len(row.undo.get("late", ()))
    for model in rows.scoped_models():
        kept = [pk for pk, _cell in row.undo.get("rows", {}).get(model._meta.label, ())]
        found += rows.lying_in(model, opened).exclude(pk__in=kept).count()
    if found:
        raise Refused("redraw_depends", 409, count=found)


def _restore_versions(row: Redraw) -> None:
    """What ended for the redraw runs on, what it replaced on its very day stands again."""
    day = row.effective_on
    row.made.all().delete()
    ended = CellVersion.objects.filter(cell_id__in=row.undo["writes"], valid_until=day)
    replaced = [each for each in row.undo["versions"] if each["valid_from"] == day.isoformat()]
    ended.exclude(cell_id__in=[each["cell_id"] for each in replaced]).update(valid_until=None)
    CellVersion.objects.bulk_create(
        CellVersion(**{**each, "valid_from": day, "valid_until": None}) for each in replaced
    )


def _restore_posts(row: Redraw) -> None:
    new = [pk for pk in row.undo["posts"].values() if pk]
    for post in Appointment.objects.filter(pk__in=new):
        Appointment.objects.filter(pk=post.pk).update(ends=max(post.starts, clock.today()))
    hand_on({new: int(old) for old, new in row.undo["posts"].items() if new})
    if row.state == RedrawState.DONE:
        dependents.put_back(row.undo["followed"])  # rows leave the terms that are taken back
    try:
        Appointment.objects.filter(pk__in=new, acting_for__isnull=False).delete()
        Appointment.objects.filter(pk__in=new).delete()
    except ProtectedError as error:  # somebody has taken on work under the new term
        raise Refused("redraw_depends", 409, count=len(error.protected_objects)) from error
    for pk, ends in row.undo["ended"]:
        Appointment.objects.filter(pk=pk).update(ends=ends, handed_over_at=None)


def _return_rows(row: Redraw) -> None:
    plan = row.undo
    become_versions(plan["writes"], clock.today())
    for pk, lon, lat in plan["points"]:
        Cell.objects.filter(pk=pk).update(point_lon=lon, point_lat=lat)
    Cell.objects.filter(pk__in=plan["closed"]).update(closed_on=None)
    tops = top_cells(plan["moved"])
    rows.repath(tops)
    rows.put_back(plan["rows"])
    givers = [strip[0] for strip in plan.get("strips", ())]
    rows.rescope({*under(tops), *plan["closed"], *givers})
    row.lineage.all().delete()
    refuse_left_behind(plan["opened"])

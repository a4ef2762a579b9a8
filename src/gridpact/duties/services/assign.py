"""Filling the matrix: one field by hand, or a whole subtree from kinds of posts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, WorkItem
from gridpact.grid.models import Appointment, Cell


@transaction.atomic
def assign(
    item: WorkItem,
    cell: Cell,
    role: str,
    post: Appointment,
    *,
    actor: Actor,
    starts: date | None = None,
) -> Assignment:
    """Let a post take `role` in `item` of `cell` from `starts` (today); a new lead ends the old.

    Raises `Refused`: forbidden, item_not_here, post_elsewhere, post_not_in_term, already_assigned,
    assignment_backwards (a later lead stands already).
    """
    locked = Cell.objects.select_for_update().defer("boundary").get(pk=cell.pk)
    require(actor, "duties.assign", locked)
    day = starts or clock.today()
    role = Role(role).value
    check_fit(item, locked, post, day)
    standing = Assignment.objects.filter(item=item, cell=locked, role=role, valid_until=None)
    if standing.filter(post=post).exists():
        raise Refused("already_assigned", 409, name=post.user)
    if role == Role.LEAD:
        if standing.filter(valid_from__gt=day).exists():
            raise Refused("assignment_backwards", 409)
        end_rows(standing, day)
    row = Assignment(item=item, cell=locked, role=role, post=post, valid_from=day)
    row.save(force_insert=True)
    audit.record(actor, "duties.assign", row, label=f"{locked.code} {item.code} {role}",
                 after=audit.fingerprint(post.pk, day))  # fmt: skip
    return row


def check_fit(item: WorkItem, cell: Cell, post: Appointment, day: date) -> None:
    """Refuse an item of another level, a post of another ground, or one out of term on `day`."""
    if not item.is_active or cell.level not in item.levels:
        raise Refused("item_not_here", 422, item=item.name, cell=cell.name)
    if post.cell_id not in cell.path_ids:
        raise Refused("post_elsewhere", 422, post=post.label, cell=cell.name)
    if post.starts > day or (post.ends is not None and post.ends < day):
        raise Refused("post_not_in_term", 422, name=post.user, day=day)


@transaction.atomic
def unassign(assignment: Assignment, *, actor: Actor) -> None:
    """End an assignment: yesterday was its last day; one that began today stays in the log only.

    Raises `Refused`: forbidden, not_found (ended meanwhile).
    """
    cell = Cell.objects.select_for_update().defer("boundary").get(pk=assignment.cell_id)
    require(actor, "duties.unassign", cell)
    row = Assignment.objects.select_related("item").filter(pk=assignment.pk, valid_until=None)
    found = row.first()
    if found is None:
        raise Refused("not_found", 404)
    label = f"{cell.code} {found.item.code} {found.role}"
    audit.record(actor, "duties.unassign", found, label=label,
                 before=audit.fingerprint(found.post_id, found.valid_from))  # fmt: skip
    end_rows([found], clock.today())


def end_rows(rows: Iterable[Assignment], day: date) -> None:
    """End assignments so that `day` is free; those that began on or after it are removed."""
    found = list(rows)
    begun = [row.pk for row in found if row.valid_from < day]
    Assignment.objects.filter(pk__in=begun).update(valid_until=day - timedelta(days=1))
    Assignment.objects.filter(pk__in=[row.pk for row in found if row.pk not in set(begun)]).delete()


@transaction.atomic
def fill_matrix(
    root: Cell,
    *,
    level: str,
    items: Sequence[WorkItem],
    actor: Actor,
    kinds: Mapping[str, Sequence[str]] | None = None,
    replace: bool = False,
) -> int:
    """Assign by kinds of posts in all cells of `level` in `root`; returns the number of new rows.

    `kinds` maps a role to codes of post kinds and takes the place of every item's own defaults.
    The post is the nearest in term, on the cell or above it. A role that is taken stays, unless
    `replace`, which ends what another post had. Raises `Refused`: forbidden, item_not_here.
    """
    locked = Cell.objects.select_for_update().defer("boundary").get(pk=root.pk)
    require(actor, "duties.assign", locked)
    for item in items:
        if level not in item.levels:
            raise Refused("item_not_here", 422, item=item.name, cell=locked.name)
    day = clock.today()
    cells = list(Cell.objects.open().under(locked).filter(level=level).defer("boundary"))
    holders = _holders(cells, day)
    standing: dict[tuple[int, int, str], list[Assignment]] = {}
    rows = Assignment.objects.filter(
        cell__in=[cell.pk for cell in cells], item__in=items, valid_until=None
    )
    for row in rows:
        standing.setdefault((row.cell_id, row.item_id, row.role), []).append(row)
    made, ended = [], []
    for cell in cells:
        for item in items:
            for role in Role.values:
                codes = kinds.get(role, ()) if kinds is not None else item.kinds_for(role)
                post_id = _nearest(cell, codes, holders)
                taken = standing.get((cell.pk, item.pk, role), [])
                if post_id is None or any(row.post_id == post_id for row in taken):
                    continue
                if taken and not replace:
                    continue
                ended += taken
                made.append(Assignment(item=item, cell=cell, role=role, post_id=post_id,
                                       valid_from=day))  # fmt: skip
    end_rows(ended, day)
    Assignment.objects.bulk_create(made, batch_size=2000)
    after = audit.fingerprint(level, *(item.code for item in items), replace)
    label = f"{locked.code} {level} +{len(made)}"
    audit.record(actor, "duties.fill", locked, label=label, after=after)
    return len(made)


def _holders(cells: Sequence[Cell], day: date) -> dict[tuple[int, str], int]:
    """Appointment ids by (cell, kind), holders before deputies, of these cells and those above."""
    ids = {each for cell in cells for each in cell.path_ids}
    rows = Appointment.objects.in_term(day).filter(cell_id__in=ids, user__is_active=True)
    found: dict[tuple[int, str], int] = {}
    first = F("acting_for_id").asc(nulls_first=True)
    for pk, cell_id, kind in rows.order_by(first, "starts", "pk").values_list(
        "pk", "cell_id", "kind__code"
    ):
        found.setdefault((cell_id, kind), pk)
    return found


def _nearest(
    cell: Cell, codes: Sequence[str], holders: Mapping[tuple[int, str], int]
) -> int | None:
    for cell_id in reversed(cell.path_ids):
        for code in codes:
            post_id = holders.get((cell_id, code))
            if post_id is not None:
                return post_id
    return None

"""The matrix as a table: one row a cell and work item, with the usernames of each role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, can
from gridpact.core.loads import LoadReport, Row
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, WorkItem
from gridpact.duties.services.assign import check_fit, end_rows
from gridpact.grid.models import Appointment, Cell, CellQuerySet
from gridpact.grid.territory import in_sight

COLUMNS = {"lead": Role.LEAD, "assist": Role.ASSIST, "supervise": Role.SUPERVISE}
NOBODY = "-"
_SPLIT = re.compile(r"[,;，；、\s]+")


@dataclass
class _Load:
    """What a load knows of cells, items, posts and what stands; everything is read once."""

    actor: Actor
    cells: dict[str, Cell]
    items: dict[str, WorkItem]
    posts: dict[str, list[Appointment]]
    standing: dict[tuple[int, int, str], list[Assignment]]
    may: dict[int, bool] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)
    made: list[Assignment] = field(default_factory=list)
    ended: list[Assignment] = field(default_factory=list)


@transaction.atomic
def load_matrix(table: Iterable[Row], *, actor: Actor, dry_run: bool = False) -> LoadReport:
    """Set roles from rows `cell`, `item` (codes), `lead`, `assist`, `supervise` (usernames).

    Several usernames are separated by commas; an empty field leaves the role as it is, `-` clears
    it. One rejected row and nothing is saved; the same file again changes nothing.
    """
    rows = list(table)
    sight = in_sight(actor).filter(code__in={row.get("cell", "") for _n, row in rows})
    load = _read(actor, sight)
    report = LoadReport()
    for number, row in rows:
        try:
            changed = _take(row, load)
        except Refused as refusal:
            report.reject(number, refusal.sentence)
        else:
            report.accepted += changed
            report.unchanged += not changed
    report.saved = not report.rejected and not dry_run
    if report.saved and (load.made or load.ended):
        end_rows(load.ended, clock.today())
        Assignment.objects.bulk_create(load.made, batch_size=2000)
        label = f"+{len(load.made)} -{len(load.ended)}"
        audit.record(actor, "duties.load_matrix", label=label)
    return report


def _read(actor: Actor, sight: CellQuerySet) -> _Load:
    cells = {cell.code: cell for cell in sight.select_for_update()}
    above = {each for cell in cells.values() for each in cell.path_ids}
    posts: dict[str, list[Appointment]] = {}
    rows = Appointment.objects.in_term().filter(cell_id__in=above, user__is_active=True)
    for post in rows.select_related("user", "kind", "cell").defer("cell__boundary"):
        posts.setdefault(post.user.username, []).append(post)
    standing: dict[tuple[int, int, str], list[Assignment]] = {}
    taken = Assignment.objects.filter(cell__in=cells.values(), valid_until=None)
    for row in taken.select_related("post__user"):
        standing.setdefault((row.cell_id, row.item_id, row.role), []).append(row)
    items = {item.code: item for item in WorkItem.objects.all()}
    return _Load(actor, cells, items, posts, standing)


def _take(row: dict[str, str], load: _Load) -> bool:
    cell = load.cells.get(row.get("cell", ""))
    if cell is None:
        raise Refused("cell_unknown", 422, code=row.get("cell", "")[:20])
    if cell.pk not in load.may:
        load.may[cell.pk] = can(load.actor, "duties.assign", cell)
    if not load.may[cell.pk]:
        raise Refused("forbidden", 403)
    item = load.items.get(row.get("item", ""))
    if item is None:
        raise Refused("item_unknown", 422, code=row.get("item", "")[:40])
    if (cell.pk, item.pk) in load.seen:
        raise Refused("bad_input", 422, field="item", why=_("stands in the file twice"))
    load.seen.add((cell.pk, item.pk))
    changes = [
        _set(cell, item, role, row[column], load)
        for column, role in COLUMNS.items()
        if row.get(column)
    ]
    for ended, made in changes:
        load.ended += ended
        load.made += made
    return any(ended or made for ended, made in changes)


def _set(
    cell: Cell, item: WorkItem, role: Role, given: str, load: _Load
) -> tuple[list[Assignment], list[Assignment]]:
    """Rows to end and to make, so that exactly these people have the role."""
    day = clock.today()
    names = [] if given == NOBODY else [name for name in _SPLIT.split(given) if name]
    if role == Role.LEAD and len(names) > 1:
        raise Refused("bad_input", 422, field="lead", why=_("one person leads"))
    standing = load.standing.get((cell.pk, item.pk, role.value), [])
    kept = {row.post.user.username for row in standing}
    made = []
    for name in dict.fromkeys(names):
        if name in kept:
            continue
        post = _post(cell, name, load)
        check_fit(item, cell, post, day)
        made.append(Assignment(item=item, cell=cell, role=role.value, post=post, valid_from=day))
    return [row for row in standing if row.post.user.username not in names], made


def _post(cell: Cell, name: str, load: _Load) -> Appointment:
    """The nearest post of a person, on the cell or above it."""
    posts = [post for post in load.posts.get(name, ()) if post.cell_id in cell.path_ids]
    if not posts:
        raise Refused("holder_unknown", 422, given=name[:40], cell=cell.name)
    return max(posts, key=lambda post: (cell.path_ids.index(post.cell_id), -post.pk))

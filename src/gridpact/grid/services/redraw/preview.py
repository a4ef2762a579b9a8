"""What a redraw moves and orphans, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.grid.choices import RedrawKind, RedrawState
from gridpact.grid.dependents import Dependent, Touched, dependents
from gridpact.grid.models import Appointment, AppointmentQuerySet, Cell, Redraw
from gridpact.grid.services.redraw import cuts, kinds, outline
from gridpact.grid.services.redraw.asking import Request, read_request
from gridpact.grid.services.redraw.drawing import Base, Drawing, Problem

MOST_DAYS_AHEAD = 3660
_NAMED = 12  # names listed of each thing; the count is of all

_DRAW: dict[str, Callable[[Drawing, Request], None]] = {
    RedrawKind.RENAME: kinds.rename,
    RedrawKind.MOVE: kinds.move,
    RedrawKind.SPLIT: cuts.split,
    RedrawKind.MERGE: cuts.merge_cells,
    RedrawKind.CLOSE: kinds.close,
    RedrawKind.BOUNDARY: outline.new_boundary,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing that is moved: how many, the first names, where the list opens."""

    label: str
    count: int
    names: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A redraw before it is made; not possible with `faults`, `orphans` need somebody's eye."""

    kind: str
    cell: Cell
    effective_on: date
    moves: tuple[Line, ...]
    orphans: tuple[Line, ...]
    faults: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    becomes: tuple[tuple[str, str], ...]
    outlines: dict[str, Any]

    @property
    def is_possible(self) -> bool:
        """True when nothing stands against it."""
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        """As JSON: for programs, and kept with the redraw."""
        return {
            "moves": [asdict(line) for line in self.moves],
            "orphans": [asdict(line) for line in self.orphans],
            "faults": [_said(fault) for fault in self.faults],
            "notes": [_said(note) for note in self.notes],
            "becomes": [{"code": code, "name": name} for code, name in self.becomes],
        }


def _said(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "text": problem.sentence, "point": problem.point}


def preview_redraw(
    kind: str, cell: Cell, *, effective_on: date, request: Mapping[str, Any], actor: Actor
) -> Preview:
    """Say what a redraw would do; nothing is written.

    Raises `Refused`: bad_input, redraw_past, redraw_far, not_found (no such cell on the day),
    forbidden. What else stands against it is in `faults`.
    """
    drawing = draw(kind, cell, effective_on, read_request(request), count(-1, -1).__next__)
    check_rights(drawing, actor)
    return preview_of(kind, drawing, actor)


def draw(
    kind: str, cell: Cell, effective_on: date, ask: Request, new_key: Callable[[], int]
) -> Drawing:
    """The drawing of a redraw, with everything that stands against it."""
    today = clock.today()
    if kind not in _DRAW:
        raise Refused("bad_input", 422, field="kind", why=_("unknown"))
    if effective_on < today:
        raise Refused("redraw_past", 422, field="effective_on", day=effective_on)
    if effective_on > today + timedelta(days=MOST_DAYS_AHEAD):
        raise Refused("redraw_far", 422, field="effective_on", day=effective_on)
    base = Base(effective_on)
    subject = base.cells([cell.pk]).get(cell.pk)
    if subject is None:
        raise Refused("not_found", 404)
    drawing = Drawing(base, subject, new_key)
    _DRAW[kind](drawing, ask)
    if not drawing.faults:
        _refuse_conflicts(drawing)
        _refuse_unanswered(drawing)
    return drawing


def check_rights(drawing: Drawing, actor: Actor) -> None:
    """The actor must keep the ground above everything that changes, before and after."""
    by_id = drawing.base.tree.by_id
    above = {drawing.cell.parent_id}
    for pk in drawing.writes:
        after = drawing.changed[pk].parent_id if pk in drawing.changed else None
        above |= {by_id[pk].parent_id, after or by_id[pk].parent_id}
    ground = [by_id[pk] for pk in above if pk in by_id]
    require(actor, "grid.redraw", ground or [by_id[drawing.cell.pk]])


def _refuse_conflicts(drawing: Drawing) -> None:
    """No two plans may touch the same cells: the later would rest on ground that moves."""
    writes, reads = drawing.writes, drawing.reads | drawing.homes
    for plan in Redraw.objects.filter(state=RedrawState.PLANNED).order_by("pk"):
        theirs = set(plan.undo.get("writes", ())) | set(plan.undo.get("opened", ()))
        if theirs & (writes | reads) or writes & set(plan.undo.get("reads", ())):
            drawing.refuse("redraw_conflict", code=plan.code, day=plan.effective_on)
            return


def _refuse_unanswered(drawing: Drawing) -> None:
    """Where things come to lie somebody must hold a post that sees them on the day."""
    base = drawing.base
    for home in drawing.homes & set(base.tree.by_id):
        if not _answering(base, base.chain(home)).exists():
            drawing.refuse("redraw_nobody", name=base.tree.by_id[home].name)


def _answering(base: Base, chain: Iterable[int]) -> AppointmentQuerySet:
    return Appointment.objects.in_term(base.day).filter(
        cell_id__in=list(chain), kind__rights__contains=["orders.read"], user__is_active=True
    )


def preview_of(kind: str, drawing: Drawing, actor: Actor) -> Preview:
    """Counts and names of what the drawing moves."""
    following = drawing.following()
    touched = Touched(frozenset(following), frozenset(drawing.closed), tuple(drawing.strips))
    found = [] if drawing.faults else dependents(actor, touched)
    moves = [*_cell_lines(drawing, following), *_post_lines(drawing, following)]
    moves += [Line(str(one.label), one.count, href=one.href) for one in found if one.count]
    return Preview(
        kind=kind,
        cell=drawing.cell,
        effective_on=drawing.base.day,
        moves=tuple(moves),
        orphans=tuple(_orphans(drawing, found)),
        faults=tuple(drawing.faults),
        notes=tuple(drawing.notes),
        becomes=tuple((new.code, new.name) for new in drawing.opened),
        outlines=_outlines(drawing),
    )


def _named(label: str, names: Iterable[str]) -> list[Line]:
    listed = sorted(names)
    return [Line(label, len(listed), tuple(listed[:_NAMED]))] if listed else []


def _cell_lines(drawing: Drawing, following: set[int]) -> list[Line]:
    by_id = drawing.base.tree.by_id
    own = {drawing.cell.pk, *drawing.closed}
    below = [by_id[pk].name for pk in following - own]
    ground = [
        cell.name
        for pk, cell in drawing.changed.items()
        if pk not in following and pk != drawing.cell.pk
    ]
    return [
        *_named(_("Cells that close"), (by_id[pk].name for pk in drawing.closed)),
        *_named(_("Cells below that move along"), below),
        *_named(_("Cells whose outline changes with it"), ground),
    ]


def posts_on(cell_ids: Iterable[int], day: date) -> AppointmentQuerySet:
    """Appointments on these cells that run on the day or begin later."""
    rows = Appointment.objects.filter(cell_id__in=list(cell_ids))
    running = rows.filter(Q(ends__isnull=True) | Q(ends__gte=day))
    return running.select_related("kind", "user", "cell")


def _post_lines(drawing: Drawing, following: set[int]) -> list[Line]:
    posts = posts_on(following, drawing.base.day).defer("cell__boundary")
    return _named(_("Posts"), (f"{post.label} {post.user}" for post in posts))


def _orphans(drawing: Drawing, found: Iterable[Dependent]) -> list[Line]:
    """Rows without a point in a divided cell, and parts that nobody heads yet."""
    lines = []
    if len(drawing.opened) > 1:
        first = drawing.opened[0].name
        for one in found:
            if one.placeless:
                label = _("%(what)s without a place on the map, go to %(first)s")
                words = {"what": one.label, "first": first}
                lines.append(Line(label % words, one.placeless, href=one.href))
        lines += _named(_("New cells without a head"), (new.name for new in drawing.opened[1:]))
    return lines


def _outlines(drawing: Drawing) -> dict[str, Any]:
    """GeoJSON of the ground as it will be: new cells and changed outlines."""
    shown = [*drawing.opened, *drawing.changed.values()]
    if not drawing.opened and drawing.cell.pk not in drawing.changed:
        shown.append(drawing.cell)
    cells = [cell for cell in shown if cell.boundary and cell.level == drawing.cell.level]
    features = [
        {
            "type": "Feature",
            "properties": {"code": cell.code, "name": cell.name, "count": at + 1},
            "geometry": cell.boundary,
        }
        for at, cell in enumerate(cells)
    ]
    return {"type": "FeatureCollection", "features": features}

"""The responsibility matrix: cells × work items with one letter per role (责任矩阵)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.duties.choices import Role
from gridpact.duties.models import Assignment, WorkItem
from gridpact.duties.selectors.gaps import counts
from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Appointment, Cell, CellQuerySet
from gridpact.grid.territory import in_sight

ORDER = {Role.LEAD.value: 0, Role.ASSIST.value: 1, Role.SUPERVISE.value: 2}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the matrix: which roles are taken.

    `blank`: required and without a lead; `ended`: the term of a holder is over; `applies` False
    where the item is not for this level.
    """

    roles: tuple[str, ...] = ()
    blank: bool = False
    ended: bool = False
    applies: bool = True

    @property
    def is_finding(self) -> bool:
        """Somebody has to mend it."""
        return self.blank or self.ended


@dataclass(frozen=True, slots=True)
class Line:
    """A cell and its fields, one an item, in the order of `Matrix.items`."""

    cell: Cell
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Items across, cells down."""

    items: tuple[WorkItem, ...]
    lines: tuple[Line, ...]

    @property
    def blanks(self) -> int:
        """Required fields without a lead."""
        return sum(field.blank for line in self.lines for field in line.fields)

    @property
    def ended(self) -> int:
        """Fields with a holder whose term is over."""
        return sum(field.ended for line in self.lines for field in line.fields)


def items_of(level: str, category: str = "") -> QuerySet[WorkItem]:
    """Active work items of a level, in their order."""
    rows = WorkItem.objects.filter(is_active=True, levels__contains=[level])
    return rows.filter(category=category) if category else rows


def cells_of(actor: Actor, cell: Cell, level: str) -> CellQuerySet:
    """Cells of one level in `cell` that the actor sees, without outlines."""
    return in_sight(actor).filter(level=level).under(cell)


def with_findings(cells: CellQuerySet, day: date | None = None) -> CellQuerySet:
    """Those of `cells` where something required is blank or held by nobody."""
    return cells.filter(pk__in=list(counts(cells.order_by().values_list("pk", flat=True), day)))


def matrix(items: Sequence[WorkItem], cells: Sequence[Cell], day: date | None = None) -> Matrix:
    """The matrix of given items and cells on `day` (one query, whatever their number)."""
    at = day or clock.today()
    taken: dict[tuple[int, int], list[tuple[str, bool]]] = {}
    rows = (
        Assignment.objects.on(at)
        .filter(cell_id__in=[cell.pk for cell in cells], item_id__in=[item.pk for item in items])
        .order_by()
        .values_list(
            "cell_id", "item_id", "role", "post__starts", "post__ends", "post__user__is_active"
        )
    )
    for cell_id, item_id, role, starts, ends, is_open in rows.iterator(chunk_size=5000):
        held = is_open and starts <= at and (ends is None or ends >= at)
        taken.setdefault((cell_id, item_id), []).append((role, held))
    known: dict[tuple[object, ...], Field] = {}
    lines = []
    for cell in cells:
        fields = []
        for item in items:
            held_roles = tuple(sorted(taken.get((cell.pk, item.pk), ()), key=_by_role))
            applies = cell.level in item.levels
            key = (held_roles, item.required, applies)
            if key not in known:
                known[key] = _field(held_roles, required=item.required, applies=applies)
            fields.append(known[key])
        lines.append(Line(cell, tuple(fields)))
    return Matrix(tuple(items), tuple(lines))


def _by_role(pair: tuple[str, bool]) -> tuple[int, bool]:
    return ORDER[pair[0]], pair[1]


def _field(roles: tuple[tuple[str, bool], ...], *, required: bool, applies: bool) -> Field:
    names = tuple(dict.fromkeys(role for role, _held in roles))
    return Field(
        names,
        blank=applies and required and Role.LEAD.value not in names,
        ended=any(not held for _role, held in roles),
        applies=applies,
    )


def field_rows(cell: Cell, item: WorkItem) -> list[Assignment]:
    """All assignments of one field, standing ones first, then those that ended, newest first."""
    rows = Assignment.objects.filter(cell=cell, item=item)
    rows = rows.select_related("post__kind", "post__user", "post__cell").defer(
        "post__cell__boundary"
    )
    today = clock.today()

    def key(row: Assignment) -> tuple[bool, int, int]:
        over = row.valid_until is not None and row.valid_until < today
        return over, ORDER[row.role], -row.valid_from.toordinal()

    return sorted(rows, key=key)


def candidates(cell: Cell, day: date | None = None) -> QuerySet[Appointment]:
    """Posts that may take a role in `cell`: those on the cell itself and on the cells above."""
    return (
        Appointment.objects.in_term(day)
        .filter(cell_id__in=cell.path_ids, user__is_active=True)
        .exclude(kind__rights__contains=["accounts.manage"])
        .exclude(kind__rights__contains=["audit.read"])
        .exclude(kind__rights__contains=["system.doctor"])
        .select_related("kind", "user", "cell")
        .defer("cell__boundary")
        .order_by("-cell__path", "kind__sort", "pk")
    )


def level_of(cell: Cell, asked: str = "") -> str:
    """The level of the cells shown: the one asked for, else grids, below them the cell's own."""
    lowest = RANK[Level.MICRO_GRID]
    if asked in RANK and RANK[cell.level] <= RANK[asked] <= lowest:
        return asked
    return Level.GRID.value if RANK[cell.level] <= RANK[Level.GRID] else cell.level

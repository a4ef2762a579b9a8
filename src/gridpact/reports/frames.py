"""What a figure is asked for: a period, a day for the registers, and a territory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.core.texts import register_refusals
from gridpact.grid.models import Cell, CellVersion, under_q
from gridpact.grid.tree import tree_at

register_refusals(
    {
        "period_backwards": _("The period ends (%(end)s) before it starts (%(start)s)."),
        "date_far": _("The date %(given)s is too far away."),
        "figure_unknown": _("There is no figure “%(key)s”."),
    }
)


@dataclass(frozen=True, slots=True)
class Root:
    """A cell whose whole subtree is counted."""

    id: int
    level: str
    path: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Local days `start` to `end`, both counted; registers as they stood on `as_of`.

    `roots` None means everything in this installation, an empty tuple nothing at all.
    """

    start: date
    end: date
    as_of: date
    roots: tuple[Root, ...] | None
    now: datetime

    def during(self, field: str) -> Q:
        """The time in `field` lies in the period (half-open in instants)."""
        return Q(
            **{f"{field}__gte": _midnight(self.start), f"{field}__lt": _midnight(self.end, days=1)}
        )

    def under(self, prefix: str = "") -> Q:
        """A row with territory columns lies under one of the roots."""
        if self.roots is None:
            return Q()
        return _any(under_q(root.level, root.id, prefix) for root in self.roots)

    def in_cells(self, prefix: str = "") -> Q:
        """A cell, or the cell behind `prefix`, is a root or lies under one."""
        if self.roots is None:
            return Q()
        return _any(Q(**{f"{prefix}path__startswith": root.path}) for root in self.roots)

    def exists(self) -> Q:
        """A cell was there on the day: opened by then, closed later or not at all."""
        return Q(opened_on__lte=self.as_of) & (
            Q(closed_on__isnull=True) | Q(closed_on__gt=self.as_of)
        )

    def standing(self, prefix: str = "") -> Q:
        """A cell, or the cell behind `prefix`, lay under one of the roots on the day."""
        if self.as_of == clock.today():
            return self.in_cells(prefix)
        then = CellVersion.objects.at(self.as_of).values("cell_id")
        if self.roots is None:
            return Q(**{f"{prefix}pk__in": then})
        snapshot = tree_at(self.as_of)
        ids = {ref.id for root in self.roots for ref in snapshot.under(root.id)}
        return Q(**{f"{prefix}pk__in": list(ids)})

    def in_term(self) -> Q:
        """An appointment was in force on the day; `ends` is the last day in office."""
        return Q(starts__lte=self.as_of) & (Q(ends__isnull=True) | Q(ends__gte=self.as_of))


def frame_for(
    actor: Actor,
    *,
    start: date | None = None,
    end: date | None = None,
    cell: str | None = None,
    as_of: date | None = None,
) -> Frame:
    """The frame of a question; by default this year to date, in the area of the actor's posts.

    Raises `Refused`: 404 for a cell (code) that is unknown or outside the area, 422 for a period
    that ends before it starts or a date of another age.
    """
    for given in (start, end, as_of):
        if given is not None and not 1950 <= given.year <= 2150:
            raise Refused("date_far", 422, field="from", given=given)
    today = clock.today()
    last = end or max(today, start or today)
    first = start or last.replace(month=1, day=1)
    if last < first:
        raise Refused("period_backwards", 422, field="to", start=first, end=last)
    day = as_of or min(last, today)
    return Frame(first, last, day, _roots(actor, cell), clock.now())


def _roots(actor: Actor, code: str | None) -> tuple[Root, ...] | None:
    own = [grant.cell_id for grant in actor.grants_for("figures.read")]
    if not code:
        return None if actor.is_system else tuple(map(_root, Cell.objects.filter(pk__in=own)))
    cell = Cell.objects.filter(code=code).first() if "\x00" not in code else None
    if cell is None or not (actor.is_system or any(cell.is_under(each) for each in own)):
        raise Refused("not_found", 404)
    return (_root(cell),)


def _root(cell: Cell) -> Root:
    return Root(cell.pk, cell.level, cell.path)


def _any(conditions: Iterable[Q]) -> Q:
    result = Q(pk__in=())
    for condition in conditions:
        result |= condition
    return result


def _midnight(day: date, *, days: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(0), clock.LOCAL)

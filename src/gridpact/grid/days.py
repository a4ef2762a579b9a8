"""The territory on another day than today: which cells stood there, where, and who held them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from shapely.geometry import shape

from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Cell, CellVersion, CellVersionQuerySet
from gridpact.grid.services.features import inner_point
from gridpact.grid.territory import CellLine, features_of, lines
from gridpact.grid.tree import CellRef, Tree, tree_at

NEAREST, FURTHEST = date(1950, 1, 1), date(2150, 12, 31)


@dataclass(frozen=True, slots=True)
class Dated:
    """The net on `day` as one actor sees it: what lay under their posts' cells then."""

    actor: Actor
    day: date
    tree: Tree
    roots: tuple[CellRef, ...]

    def sees(self, ref: CellRef) -> bool:
        """The cell lay under one of the actor's cells."""
        return self.actor.is_system or any(ref.is_under(root.id) for root in self.roots)

    def cell(self, code: str) -> Cell:
        """The cell as it was; `Refused` not_found (404) where there was none in sight."""
        ref = self.tree.by_code.get(code)
        if ref is None or not self.sees(ref):
            raise Refused("not_found", 404)
        return self.cells([ref])[0]

    def cells(self, refs: Iterable[CellRef]) -> list[Cell]:
        """Cells as they were, in the order of their codes, with the path of the day."""
        return cells_on(self.tree, refs)

    def children(self, cell: Cell) -> list[Cell]:
        """What lay right below the cell."""
        return self.cells(self.tree.children.get(cell.pk, ()))

    def chain(self, cell: Cell) -> list[CellRef]:
        """From the top of the tree down to the cell."""
        return [self.tree.by_id[pk] for pk in cell.path_ids]

    def lines(self, cells: Iterable[Cell]) -> list[CellLine]:
        """Cells with those who headed them that day."""
        return lines(self.actor, list(cells), self.day)

    def found(self, words: str, level: str) -> list[Cell]:
        """Cells in sight with all words in the name or at the head of the code; 200 at most."""
        refs = [
            ref
            for ref in self.tree.by_code.values()
            if (not level or ref.level == level)
            and all(word in ref.name or ref.code.startswith(word) for word in words.split())
            and self.sees(ref)
        ]
        return self.cells(sorted(refs, key=lambda ref: ref.code)[:200])

    @property
    def query(self) -> str:
        """What keeps the day when a link is followed."""
        return f"?as_of={self.day.isoformat()}"

    def outlines(self, cell: Cell, layer: str) -> dict[str, Any]:
        """GeoJSON of what lay inside the cell, or of the cell itself at the bottom."""
        inside = [child for child in self.children(cell) if child.boundary]
        shown = self.lines(inside or [each for each in (cell,) if each.boundary])
        return features_of(shown, layer, cell, self.query)

    def href(self, ref: CellRef) -> str:
        """The cell's page of the same day."""
        return reverse("grid:cell", kwargs={"code": ref.code}) + self.query


def day_asked(text: str) -> date | None:
    """The day an address asks for with `as_of`; None without one. Raises `Refused` 422."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        why = _("“%(given)s” is not a day like 2026-01-31") % {"given": text[:20]}
        raise Refused("bad_input", 422, field="as_of", why=why) from error


def dated(actor: Actor, day: date) -> Dated:
    """The net on a day. Raises `Refused` date_far (422) for a day of another age."""
    if not NEAREST <= day <= FURTHEST:
        raise Refused("day_far", 422, field="as_of", given=day)
    snapshot = tree_at(day)
    ids = dict.fromkeys(grant.cell_id for grant in actor.grants_for("grid.read"))
    roots = [snapshot.by_id[pk] for pk in ids if pk in snapshot.by_id]
    tops = [ref for ref in roots if not any(ref.is_under(o.id) for o in roots if o is not ref)]
    return Dated(actor, day, snapshot, tuple(tops))


def cells_on(snapshot: Tree, refs: Iterable[CellRef]) -> list[Cell]:
    """Cells as they were on the snapshot's day, in the order of their codes."""
    wanted = {ref.id: ref for ref in refs}
    found = list(_as_were(CellVersion.objects.at(snapshot.day).filter(cell_id__in=list(wanted))))
    for cell in found:
        cell.path = wanted[cell.pk].path
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows a list of cells: a level, the parent's code, words of the name or a code."""

    level: str = ""
    parent: str = ""
    words: str = ""


def listed(day: date, asked: Asked, after: str, limit: int) -> tuple[list[Cell], int]:
    """The first `limit` cells of the day behind the code `after`, and how many there are in all.

    Codes, levels and parents are those of the day; a cell's `point` lies inside its outline then.
    """
    rows = CellVersion.objects.at(day)
    if asked.level:
        rows = rows.filter(cell__level=asked.level)
    if asked.parent:
        rows = rows.filter(parent__code=asked.parent)
    if asked.words:
        by_code = Q(cell__code__startswith=asked.words)
        rows = rows.filter(Q(name__icontains=asked.words) | by_code)
    keys = list(
        rows.filter(cell__code__gt=after)
        .order_by("cell__code")
        .values_list("pk", flat=True)[:limit]
    )
    return list(_as_were(CellVersion.objects.filter(pk__in=keys))), rows.count()


def _as_were(versions: CellVersionQuerySet) -> Iterator[Cell]:
    same = Case(When(boundary=F("cell__boundary"), then=True), default=False)
    rows = versions.select_related("cell", "parent").defer("cell__boundary", "parent__boundary")
    for version in rows.annotate(same=same).order_by("cell__code"):
        is_same = getattr(version, "same")  # noqa: B009 - an annotation, unknown to the type
        cell = version.as_cell()
        cell.parent = version.parent
        if version.boundary and not is_same:
            cell.point_lon, cell.point_lat = inner_point(shape(version.boundary))
        yield cell

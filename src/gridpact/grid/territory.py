"""The territory as staff see it: their cells, what lies below, who answers, the outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor, Refused
from gridpact.grid.choices import RANK, Level
from gridpact.grid.figures import CellFigure, cell_figures
from gridpact.grid.models import Appointment, Cell, CellQuerySet, PostKind
from gridpact.grid.tree import tree_at

VACANT = _("vacant")
ORDERS_LAYER, HEADS_LAYER = "orders", "heads"


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell with its heads in term; `head_kind` is the post a head should hold here, or None."""

    cell: Cell
    heads: tuple[Appointment, ...]
    head_kind: str | None
    child_count: int
    figures: tuple[CellFigure, ...]

    @property
    def is_vacant(self) -> bool:
        """True where a head is due and nobody holds the post today."""
        return self.head_kind is not None and not self.heads


def in_sight(actor: Actor) -> CellQuerySet:
    """Open cells the actor may see, without their outlines."""
    return Cell.objects.visible_to(actor).open().defer("boundary")


def seen_cell(sight: CellQuerySet, code: str) -> Cell:
    """The cell `code` of those in `sight`, or `Refused` not_found (404)."""
    cell = None if "\x00" in code else sight.filter(code=code).first()
    if cell is None:
        raise Refused("not_found", 404)
    return cell


def own_cells(actor: Actor, sight: CellQuerySet) -> list[Cell]:
    """The cells of the actor's posts, the one acted for first, none inside another of them."""
    first = actor.post.cell_id if actor.post else None
    ids = {grant.cell_id for grant in actor.grants_for("grid.read")}
    cells = list(sight.filter(pk__in=ids))
    tops = [cell for cell in cells if not (ids - {cell.pk}) & set(cell.path_ids)]
    return sorted(tops, key=lambda cell: (cell.pk != first, cell.rank, cell.code))


def children_of(sight: CellQuerySet, cell: Cell) -> list[Cell]:
    """The cells in sight right below `cell`, by code."""
    return list(sight.filter(parent=cell).order_by("code"))


def chain_of(cell: Cell) -> list[Cell]:
    """From the top of the tree down to `cell` (one query). Names and codes only."""
    rows = Cell.objects.filter(pk__in=cell.path_ids).only("pk", "code", "name", "level", "path")
    return sorted(rows, key=lambda row: len(row.path_ids))


def beside(sight: CellQuerySet, cell: Cell) -> tuple[Cell | None, Cell | None]:
    """The cells before and after `cell` under the same parent, as far as they are in sight."""
    if cell.parent_id is None:
        return None, None
    around = sight.filter(parent_id=cell.parent_id)
    before = around.filter(code__lt=cell.code).order_by("-code").first()
    return before, around.filter(code__gt=cell.code).order_by("code").first()


def vacant(rows: CellQuerySet) -> CellQuerySet:
    """Those of `rows` where a head is due and nobody holds the post today."""
    levels = PostKind.objects.filter(is_head=True).values("level")
    heads = Appointment.objects.in_term().filter(
        cell_id=OuterRef("pk"), kind__is_head=True, user__is_active=True
    )
    return rows.filter(level__in=levels).filter(~Exists(heads))


def lines(actor: Actor, cells: Sequence[Cell], day: date | None = None) -> list[CellLine]:
    """`cells` with heads, number of cells below and figures; the query count is constant.

    On another `day` than today the heads are those of the day, and there are no figures.
    """
    ids = [cell.pk for cell in cells]
    heads: dict[int, list[Appointment]] = {}
    rows = Appointment.objects.in_term(day).filter(cell_id__in=ids, kind__is_head=True)
    if day is None:  # who left since answered then
        rows = rows.filter(user__is_active=True)
    for row in rows.select_related("kind", "user", "cell").order_by("kind__sort", "pk"):
        heads.setdefault(row.cell_id, []).append(row)
    kinds = dict(
        PostKind.objects.filter(is_head=True).order_by("-sort").values_list("level", "name")
    )
    below = _below(ids, day)
    figures = cell_figures(actor, cells) if day is None else {}
    return [
        CellLine(
            cell,
            tuple(heads.get(cell.pk, ())),
            kinds.get(cell.level),
            below.get(cell.pk, 0),
            tuple(figures.get(cell.pk, ())),
        )
        for cell in cells
    ]


def _below(ids: Sequence[int], day: date | None) -> dict[int, int]:
    """The number of cells right below each of these."""
    if day is not None:
        children = tree_at(day).children
        return {pk: len(children.get(pk, ())) for pk in ids}
    rows = Cell.objects.open().filter(parent_id__in=ids).order_by()
    return dict(rows.values_list("parent_id").annotate(number=Count("pk")))


def answering(cell: Cell, day: date | None = None) -> list[Appointment]:
    """Who answers here, today or on `day`: every post of the cell, heads and workers above it.

    The posts of a whole district (desks, administrators) are shown on the district's page only.
    """
    mine = Q(cell_id=cell.pk)
    above = Q(cell_id__in=cell.path_ids[:-1]) & (Q(kind__is_head=True) | Q(kind__level=Level.GRID))
    rows = (
        Appointment.objects.in_term(day).filter(mine | above).select_related("kind", "user", "cell")
    )
    if day is None:  # who left since answered then
        rows = rows.filter(user__is_active=True)
    return sorted(rows, key=lambda row: (-RANK[row.cell.level], row.kind.sort, row.starts, row.pk))


def findings(sight: CellQuerySet, cell: Cell) -> dict[str, int]:
    """Vacant head posts in `cell` and below, counted by level (one query)."""
    rows: QuerySet[Cell, Any] = vacant(sight.under(cell))
    counted = rows.order_by().values_list("level").annotate(number=Count("pk"))
    return dict(sorted(counted, key=lambda pair: RANK[pair[0]]))


def outlines(actor: Actor, cell: Cell, layer: str = ORDERS_LAYER) -> dict[str, Any]:
    """GeoJSON (WGS-84) of the cells right below `cell`, or of `cell` itself at the bottom.

    Properties: code, name, facts [[label, value]], href; `count` (the first figure) in the layer
    of orders, `tone` (amber vacant, green held, empty where no head is due) in that of heads.
    """
    around = Cell.objects.visible_to(actor).open().filter(boundary__isnull=False)
    cells = list(around.filter(parent=cell).order_by("code")) or list(around.filter(pk=cell.pk))
    return features_of(lines(actor, cells), layer, cell)


def features_of(
    shown: Sequence[CellLine], layer: str, inside: Cell, query: str = ""
) -> dict[str, Any]:
    """GeoJSON of cells with an outline, fine enough for the level of the cell they lie in.

    `query` is added to the address of each cell's page, e.g. `?as_of=2026-03-01`.
    """
    places = 5 if RANK[inside.level] < RANK[Level.GRID] else 6  # a metre, below it a decimetre
    features = [
        {
            "type": "Feature",
            "properties": _properties(line, layer, query),
            "geometry": _rounded(line.cell.boundary or {}, places),
        }
        for line in shown
    ]
    return {"type": "FeatureCollection", "features": features}


def _properties(line: CellLine, layer: str, query: str) -> dict[str, Any]:
    facts = [[str(one.kind.name), str(one.user)] for one in line.heads]
    if line.is_vacant:
        facts.append([str(line.head_kind), str(VACANT)])
    facts += [[str(one.label), one.shown] for one in line.figures]
    meaning: dict[str, Any] = {"tone": _tone(line)}
    if layer == ORDERS_LAYER:
        meaning = {"count": line.figures[0].count if line.figures else 0}
    return {
        "code": line.cell.code,
        "name": line.cell.name,
        "facts": facts,
        "href": reverse("grid:cell", kwargs={"code": line.cell.code}) + query,
        **meaning,
    }


def _tone(line: CellLine) -> str:
    if line.head_kind is None:
        return ""
    return "green" if line.heads else "amber"


def _rounded(boundary: dict[str, Any], places: int) -> dict[str, Any]:
    def cut(part: Any) -> Any:
        if isinstance(part, float | int):
            return round(part, places)
        return [cut(each) for each in part]

    return {"type": boundary["type"], "coordinates": cut(boundary["coordinates"])}

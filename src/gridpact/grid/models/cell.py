"""Cells of the territory tree, and rows that lie in a cell."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor
from gridpact.grid.choices import RANK, CellKind, Level

_M = TypeVar("_M", bound=models.Model)


class _Today(models.Value):
    """The local day when the query runs, not when it is written."""

    def __init__(self) -> None:
        super().__init__(None, output_field=models.DateField())

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The day as a parameter."""
        return "%s", [clock.today()]


class CellQuerySet(models.QuerySet["Cell"]):
    """Cells by place in the tree."""

    def visible_to(self, actor: Actor) -> Self:
        """Cells under the actor's posts (public pages read the tree without an actor)."""
        if actor.is_system:
            return self
        roots = [grant.cell_id for grant in actor.grants_for("grid.read")]
        paths = Cell.objects.filter(pk__in=roots).values_list("path", flat=True)
        scope = Q(pk__in=())
        for path in paths:
            scope |= Q(path__startswith=path)
        return self.filter(scope)

    def open(self) -> Self:
        """Cells that exist on the day the query runs; `closed_on` is the first day one is no more.

        The choices of a form are written when the server starts and asked for weeks.
        """
        day = _Today()
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), opened_on__lte=day)

    def under(self, cell: Cell) -> Self:
        """`cell` and everything below it."""
        return self.filter(path__startswith=cell.path)


class Cell(models.Model):
    """A node of the territory tree. `parent` is the truth, `path` (ids, `/1/12/`) is derived."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    kind = models.CharField(
        _("kind"), max_length=10, choices=CellKind.choices, default=CellKind.BASIC
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, editable=False)
    boundary = models.JSONField(_("boundary"), null=True, help_text="GeoJSON geometry, WGS-84")
    point_lon = models.FloatField(null=True)
    point_lat = models.FloatField(null=True)
    doors = models.PositiveIntegerField(_("declared doors"), default=0)
    opened_on = models.DateField(_("since"), default=clock.today)
    closed_on = models.DateField(_("closed on"), null=True)

    objects = CellQuerySet.as_manager()

    class Meta:
        ordering = ("code",)
        indexes = (
            models.Index(fields=["path"], name="cell_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["parent", "code"], name="cell_parent_code"),
            models.Index(fields=["level", "code"], name="cell_level_code"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="cell_closes_after_it_opens",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def path_ids(self) -> tuple[int, ...]:
        """Ids from the root down to this cell."""
        return tuple(int(part) for part in self.path.split("/") if part)

    @property
    def rank(self) -> int:
        """Depth of the level, province = 0."""
        return RANK[self.level]

    def is_under(self, cell_id: int) -> bool:
        """True for the cell itself and every ancestor's id."""
        return f"/{cell_id}/" in self.path


class ScopedQuerySet(models.QuerySet[_M]):
    """Rows that lie in a cell. `under` is the one place where territory becomes SQL."""

    def under(self, cell: Cell) -> Self:
        """Rows in `cell` or below it, by the derived ancestor column of its level."""
        return self.filter(under_q(cell.level, cell.pk))


def under_q(level: str, cell_id: int, prefix: str = "") -> Q:
    """The condition "lies under this cell" for a model with `CellScoped` columns."""
    column = {
        Level.DISTRICT: "district_id",
        Level.TOWNSHIP: "township_id",
        Level.COMMUNITY: "community_id",
        Level.GRID: "grid_id",
    }.get(Level(level))
    if column is not None:
        return Q(**{prefix + column: cell_id})
    if RANK[level] < RANK[Level.DISTRICT]:
        return Q(**{prefix + "cell__path__contains": f"/{cell_id}/"})
    micro = Cell.objects.filter(Q(pk=cell_id) | Q(parent_id=cell_id)).values("pk")
    return Q(**{prefix + "cell_id__in": micro})


class CellScoped(models.Model):
    """Columns of a row that lies in a cell: the cell and its ancestors, derived for quick scope.

    The ancestors are written with the cell and rewritten by a redraw; `cell` is the truth.
    Rows of a model that `stays` keep a cell that closes; others go to the cells that follow it.
    """

    stays: ClassVar[bool] = False

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+", db_index=False)
    district_id = models.BigIntegerField(null=True, editable=False)
    township_id = models.BigIntegerField(null=True, editable=False)
    community_id = models.BigIntegerField(null=True, editable=False)
    grid_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True

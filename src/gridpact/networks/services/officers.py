"""Who of the departments answers for a place: the officers of the network cells that lie on it."""

from __future__ import annotations

from django.db.models import Count, QuerySet
from shapely.geometry import Point, shape

from gridpact.grid.choices import RANK, Level
from gridpact.grid.models import Cell
from gridpact.grid.tree import Tree, tree
from gridpact.networks.models import FusionShare, Network, NetworkCell
from gridpact.networks.selectors.fusing import laid_on
from gridpact.networks.services.fused import fused

Place = tuple[float, float]
MOST = 200


def cells_at(
    cell: Cell, place: Place | None = None, snapshot: Tree | None = None
) -> list[NetworkCell]:
    """The network cells on `cell`, by network and share; `place` is (lon, lat) in WGS-84.

    Below a grid the shares of its grid count, above it those of all grids inside. Where a place
    is given, the cells of each network that hold it are named alone, if there are any. With the
    tree of another day the cells are those in force then, laid over the grids of that day.
    """
    networks = list(Network.objects.active())
    if snapshot is not None and not snapshot.is_today:
        laid = laid_on(networks, _grids(cell, snapshot), snapshot)
        return [each for found in laid.values() for each in _holding(found, place)][:MOST]
    fused(networks)
    rows = _shares(cell).filter(network_cell__network__in=networks)
    rows = rows.select_related("network_cell__network__org", "network_cell__org",
                               "network_cell__officer")  # fmt: skip
    if place is None:
        rows = rows.defer("network_cell__boundary")
    by_network: dict[int, dict[int, NetworkCell]] = {}
    for row in rows.order_by("network_cell__network__code", "-of_ours", "network_cell__code"):
        found = by_network.setdefault(row.network_cell.network_id, {})
        found.setdefault(row.network_cell_id, row.network_cell)
    return [
        each for found in by_network.values() for each in _holding(list(found.values()), place)
    ][:MOST]


def officers_at(cell: Cell, place: Place | None = None) -> list[NetworkCell]:
    """`cells_at` that have an officer."""
    return [each for each in cells_at(cell, place) if each.officer_name]


def numbers_under(cell: Cell, snapshot: Tree | None = None) -> dict[int, int]:
    """How many cells each network has on `cell` and below (on the tree's day), by network id."""
    networks = list(Network.objects.active())
    if snapshot is not None and not snapshot.is_today:
        laid = laid_on(networks, _grids(cell, snapshot), snapshot)
        return {pk: len(found) for pk, found in laid.items()}
    fused(networks)
    rows = _shares(cell).order_by().values_list("network_cell__network_id")
    return dict(rows.annotate(number=Count("network_cell", distinct=True)))


def _grids(cell: Cell, snapshot: Tree) -> list[str]:
    """Codes of the grids inside a cell, or of the grid it lies in, on the tree's day."""
    ref = snapshot.by_id.get(cell.pk)
    if ref is None:
        return []
    if RANK[ref.level] >= RANK[Level.GRID]:
        grid = ref.ancestors.get(Level.GRID)
        return [snapshot.by_id[grid].code] if grid is not None else []
    return [each.code for each in snapshot.under(ref.id) if each.level == Level.GRID]


def _shares(cell: Cell) -> QuerySet[FusionShare]:
    """The shares on a cell: of the grids inside, or of the grid it lies in."""
    if RANK[cell.level] < RANK[Level.GRID]:
        return FusionShare.objects.filter(cell__path__startswith=cell.path)
    ref = tree().by_id.get(cell.pk)
    grid = ref.ancestors.get(Level.GRID) if ref is not None else None
    return FusionShare.objects.none() if grid is None else FusionShare.objects.filter(cell_id=grid)


def _holding(cells: list[NetworkCell], place: Place | None) -> list[NetworkCell]:
    """Those whose outline holds the place; one that names cells of ours holds all their ground."""
    if place is None:
        return cells
    point = Point(place)
    holding = [
        each for each in cells if each.boundary is None or shape(each.boundary).covers(point)
    ]
    return holding or cells

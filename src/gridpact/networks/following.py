"""Network cells that name cells of ours follow a redraw: they serve those that come after, too."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.dependents import CellsMoved, Dependent, Touched
from gridpact.grid.models import Cell
from gridpact.networks.models import NetworkCell


def redraw_networks(actor: Actor, touched: Touched) -> list[Dependent]:
    """Cells of networks that name cells which close; drawn ones are laid over the new net anew."""
    codes = Cell.objects.filter(pk__in=touched.shared).order_by().values_list("code", flat=True)
    return [Dependent(_("Cells of departments' networks"), _naming(list(codes)).count())]


def _naming(codes: list[str]) -> QuerySet[NetworkCell]:
    named = Q(pk__in=())
    for code in codes:
        named |= Q(serves__contains=[code])
    return NetworkCell.objects.filter(named)


def follow_cells(moved: CellsMoved) -> list[tuple[int, list[str]]]:
    """Add the heirs of a closed cell where they are of its level; the old code keeps its days.

    Returns what was changed as it was: (cell of the network, codes).
    """
    closed = {cell.pk: cell for cell in Cell.objects.filter(pk__in=list(moved.heirs))}
    after: dict[str, list[str]] = {}
    for pk, heirs in moved.heirs.items():
        refs = [moved.tree.by_id[heir] for heir in heirs if heir in moved.tree.by_id]
        after[closed[pk].code] = [ref.code for ref in refs if ref.level == closed[pk].level]
    kept: list[tuple[int, list[str]]] = []
    changed: list[NetworkCell] = []
    for row in _naming(list(after)).order_by("pk"):
        kept.append((row.pk, list(row.serves)))
        heirs_of = [heir for code in row.serves for heir in after.get(code, ())]
        row.serves = list(dict.fromkeys([*row.serves, *heirs_of]))
        changed.append(row)
    NetworkCell.objects.bulk_update(changed, ("serves",), batch_size=500)
    return kept


def return_cells(kept: list[tuple[int, list[str]]]) -> None:
    """Take back what `follow_cells` did."""
    for pk, codes in kept:
        NetworkCell.objects.filter(pk=pk).update(serves=codes)

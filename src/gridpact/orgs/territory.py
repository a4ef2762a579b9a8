"""Organisations and Party bodies follow a redraw: they go where the rows of their cell go."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.dependents import CellsMoved, Dependent, Touched
from gridpact.orgs.models import Org, PartyOrg
from gridpact.orgs.party_days import forget_move, keep_version


def redraw_orgs(actor: Actor, touched: Touched) -> list[Dependent]:
    """Bodies that sit in the cells; those of a cell that closes go to the first that follows it."""
    orgs = Org.objects.active().filter(cell_id__in=touched.cells)
    party = PartyOrg.objects.active().filter(cell_id__in=touched.cells)
    return [
        Dependent(
            _("Organisations"), orgs.count(), reverse("orgs:orgs_list"), _shared(orgs, touched)
        ),
        Dependent(
            _("Party bodies"), party.count(), reverse("orgs:party_list"), _shared(party, touched)
        ),
    ]


def _shared(rows: QuerySet[Any], touched: Touched) -> int:
    return rows.filter(cell_id__in=touched.shared).count()


def follow_cells(moved: CellsMoved) -> dict[str, list[tuple[int, int]]]:
    """Give bodies of closed cells the first heir; what was (body, cell) before, by kind.

    A Party body stays where the heir has one of its own: which of the two goes on, people decide.
    """
    first = {closed: heirs[0] for closed, heirs in moved.heirs.items()}
    kept: dict[str, list[tuple[int, int]]] = {"orgs": [], "party": []}
    for org in Org.objects.filter(cell_id__in=first).order_by("pk"):
        kept["orgs"].append((org.pk, org.cell_id or 0))
        Org.objects.filter(pk=org.pk).update(cell_id=first[org.cell_id or 0])
    taken = set(_party_on(first.values()).values_list("cell_id", flat=True))
    for body in _party_on(first).order_by("code"):
        heir = first[body.cell_id or 0]
        if heir not in taken:
            taken.add(heir)
            kept["party"].append((body.pk, body.cell_id or 0))
            body.cell_id = heir
            body.save(update_fields=["cell"])
            keep_version(body, moved.day)
    return kept


def _party_on(cell_ids: Any) -> QuerySet[PartyOrg]:
    return PartyOrg.objects.active().filter(cell_id__in=list(cell_ids))


def return_cells(kept: dict[str, list[tuple[int, int]]]) -> None:
    """Take back what `follow_cells` did."""
    for pk, cell_id in kept["orgs"]:
        Org.objects.filter(pk=pk).update(cell_id=cell_id)
    for pk, cell_id in kept["party"]:
        PartyOrg.objects.filter(pk=pk).update(cell_id=cell_id)
        forget_move(pk, cell_id)

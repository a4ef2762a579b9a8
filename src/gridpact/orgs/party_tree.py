"""Reads over the Party bodies: the line over the net, and the tree below one body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Actor
from gridpact.grid.models import Cell
from gridpact.grid.second_line import Body, SecondLine
from gridpact.orgs.choices import PARTY_LEVELS
from gridpact.orgs.models import PartyOrg, PartyOrgQuerySet
from gridpact.orgs.party_days import bodies_on, kept_since, on_cells


def party_registered(actor: Actor) -> PartyOrgQuerySet:
    """Party bodies in sight with what their rows name."""
    rows = PartyOrg.objects.visible_to(actor).select_related("cell", "parent", "org", "secretary")
    return rows.defer("cell__boundary")


def party_href(code: str) -> str:
    """The page of a Party body."""
    return reverse("orgs:party_detail", kwargs={"key": code})


def bodies(actor: Actor, cells: Sequence[Cell], day: date | None = None) -> dict[int, Body]:
    """The Party body of each cell in sight and its secretary, today or on `day` (one query)."""
    if day is not None:
        return {
            row.cell_id: Body(row.name, str(row.secretary or ""), party_href(row.body.code))
            for row in on_cells(day, [cell.pk for cell in cells])
            if row.cell_id is not None
        }
    found = party_registered(actor).active().filter(cell__in=[cell.pk for cell in cells])
    return {
        row.cell_id: Body(row.name, str(row.secretary or ""), party_href(row.code))
        for row in found
        if row.cell_id is not None
    }


PARTY_LINE = SecondLine(
    "party", _("Party building"), _("Party body"), _("Secretary"), frozenset(PARTY_LEVELS), bodies,
    kept_since,
)  # fmt: skip


@dataclass
class Twig:
    """A body of the tree with those below it."""

    body: PartyOrg
    below: list[Twig] = field(default_factory=list)

    @property
    def href(self) -> str:
        """The page of the body."""
        return party_href(self.body.code)

    @property
    def count(self) -> int:
        """How many bodies stand below, at any depth."""
        return sum(1 + twig.count for twig in self.below)


def party_tree(actor: Actor, day: date | None = None) -> list[Twig]:
    """The Party bodies in sight as a tree, tops by code; as it was on `day` if one is given."""
    rows: Iterable[PartyOrg] = party_registered(actor).active().order_by("code")
    if day is not None:
        rows = bodies_on(actor, day)
    twigs = {row.pk: Twig(row) for row in rows}
    tops: list[Twig] = []
    for twig in twigs.values():
        above = twigs.get(twig.body.parent_id or 0)
        (above.below if above else tops).append(twig)
    return tops

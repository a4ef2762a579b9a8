"""The Party line of the demo district: a body for every community, grid and building."""

from __future__ import annotations

from datetime import date

from gridpact.core import clock
from gridpact.demo.people import Cast
from gridpact.grid.choices import Level
from gridpact.grid.models import Cell
from gridpact.orgs.choices import PartyKind
from gridpact.orgs.models import PartyOrg, PartyVersion
from gridpact.orgs.party_days import version_of

# Level of the cell → kind of body, how it is called, and whose holder is its secretary.
_BODIES = {
    Level.COMMUNITY.value: (PartyKind.COMMITTEE, "中共{name}委员会", "general_head"),
    Level.GRID.value: (PartyKind.BRANCH, "{name}党支部", "area_head"),
    Level.MICRO_GRID.value: (PartyKind.GROUP, "{name}党小组", "building_leader"),
}


def build_party(cells: list[Cell], cast: Cast) -> int:
    """Create the bodies, parents first; returns how many."""
    made: dict[int, PartyOrg] = {}
    for level, (kind, called, post) in _BODIES.items():
        rows = []
        for cell in cells:
            if cell.level != level:
                continue
            secretary = cast.holders.get((post, cell.pk))
            body = PartyOrg(
                code=f"P{cell.code}", name=called.format(name=cell.name), kind=kind, cell=cell,
                parent=made.get(cell.parent_id or 0),
                secretary_id=secretary.user_id if secretary else None,
            )  # fmt: skip
            rows.append(body)
        for body in PartyOrg.objects.bulk_create(rows):
            made[body.cell_id or 0] = body
    first = date(clock.today().year - 1, 1, 1)
    PartyVersion.objects.bulk_create(version_of(body, first) for body in made.values())
    return len(made)

"""Organisations and Party bodies follow closed cells and come back with them."""

from __future__ import annotations

from django.utils.translation import gettext

from gridpact.grid.services.redraw import undo_redraw
from gridpact.orgs.models import Org, PartyOrg
from tests.factories.world import GRID, World
from tests.grid.redraws import LINE, SECOND, THIRD, WITH_SECOND, cell, look, make


def bodies(world: World) -> tuple[Org, PartyOrg]:
    """A shop and a Party branch in the first grid of 致和."""
    shop = Org.objects.create(code="shop", name="便民超市", kind="FIRM", cell=world.cells[GRID])
    branch = PartyOrg.objects.create(
        code="p1", name="第一网格党支部", kind="BRANCH", cell=world.cells[GRID]
    )
    return shop, branch


def places(*rows: Org | PartyOrg) -> list[str | None]:
    for row in rows:
        row.refresh_from_db()
    return [row.cell.code if row.cell else None for row in rows]


def test_bodies_of_a_split_cell_go_to_the_first_part_and_are_told_before(world: World) -> None:
    shop, branch = bodies(world)
    seen = look(world, "SPLIT", GRID, line=LINE)
    kinds = (gettext("Organisations"), gettext("Party bodies"))
    for lines in (seen.moves, seen.orphans):
        found = {line.label: line.count for line in lines}
        named = [count for label, count in found.items() if any(kind in label for kind in kinds)]
        assert named == [1, 1]
    redraw = make(world, "SPLIT", GRID, line=LINE)
    assert places(shop, branch) == [THIRD, THIRD]
    undo_redraw(redraw, actor=world.actor("township"))
    assert places(shop, branch) == [GRID, GRID]


def test_a_party_body_whose_new_cell_has_one_stays_for_people_to_decide(world: World) -> None:
    shop, branch = bodies(world)
    second = PartyOrg.objects.create(
        code="p2", name="第二网格党支部", kind="BRANCH", cell=cell(SECOND)
    )
    Org.objects.filter(pk=shop.pk).update(cell=cell(SECOND))
    make(world, "MERGE", GRID, **WITH_SECOND)
    assert places(shop, branch, second) == [GRID, GRID, SECOND]

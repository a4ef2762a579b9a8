"""Networks on other days: officers of the day, faults of the day, and redraws of what they name."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext

from gridpact.core import clock
from gridpact.grid.services.redraw import undo_redraw
from gridpact.grid.tree import tree, tree_at
from gridpact.networks.models import NetworkCell
from gridpact.networks.selectors.fusing import lay
from gridpact.networks.territory import faulty_on, officers_card
from tests.factories.world import GRID, ZHIHE, World
from tests.grid.redraws import FOURTH, LINE, THIRD, look, make
from tests.networks.nets import SECOND, feature, network, whole


def test_the_card_of_a_past_day_names_who_answered_then(world: World) -> None:
    whole()
    today = clock.today()
    past = today - timedelta(days=20)
    actor = world.actor("zhihe")
    NetworkCell.objects.filter(code="A").update(
        valid_from=past - timedelta(days=5), valid_until=today - timedelta(days=1)
    )
    network(feature("N", (110.1, 25.1, 110.15, 25.2), officer="黄试"))
    (now,) = officers_card(actor, world.cells[GRID], tree()).lines
    (then,) = officers_card(actor, world.cells[GRID], tree_at(past)).lines
    assert (now.text, then.text) == ("黄试", "梁试")
    (wide,) = officers_card(actor, world.cells[ZHIHE], tree_at(past)).lines
    assert "1" in str(wide.text)  # B began today
    assert faulty_on(tree_at(past)) == {
        world.cells[code].pk for code in (SECOND, "450312100007001")
    }


def test_a_network_cell_that_names_a_grid_goes_on_in_its_parts(world: World) -> None:
    cg = network(feature("S", cells=[GRID]))
    moved = {line.label: line.count for line in look(world, "SPLIT", GRID, line=LINE).moves}
    assert moved[gettext("Cells of departments' networks")] == 1
    redraw = make(world, "SPLIT", GRID, line=LINE)
    row = NetworkCell.objects.get(code="S")
    assert row.serves == [GRID, THIRD, FOURTH]
    assert not lay(cg, clock.today()).lost
    assert [row.home for row in lay(cg, clock.today()).fusion.rows if row.shares] == ["S", "S"]
    undo_redraw(redraw, actor=world.actor("township"))
    row.refresh_from_db()
    assert row.serves == [GRID]


def test_a_grid_that_closes_without_a_successor_is_reported_as_lost(world: World) -> None:
    cg = network(feature("S", cells=[SECOND, GRID]))
    make(world, "CLOSE", SECOND)
    assert NetworkCell.objects.get(code="S").serves == [GRID, SECOND]
    assert lay(cg, clock.today()).lost == {"S": [SECOND]}

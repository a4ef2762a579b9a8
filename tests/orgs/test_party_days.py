"""Party bodies of another day: kept by verbs and redraws, shown by tree, line and map."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.grid.services.redraw import undo_redraw
from gridpact.orgs.models import PartyOrg, PartyVersion
from gridpact.orgs.party import save_party
from gridpact.orgs.party_tree import Twig, party_tree
from tests.factories.world import GRID, QILIPING, ZHIHE, World
from tests.grid.redraws import LINE, SECOND, THIRD, make
from tests.pages import browser, words

FORMED, RENAMED, DISSOLVED = 9, 6, 3  # days ago


def day(ago: int) -> date:
    return clock.today() - timedelta(days=ago)


def keep(world: World, body: PartyOrg, ago: int = 0, **facts: Any) -> PartyOrg:
    """Save the body as the head of its community would have, some days ago."""
    for name, value in facts.items():
        setattr(body, name, value)
    with clock.frozen(clock.now() - timedelta(days=ago)):
        return save_party(body, actor=world.actor("district"))


@pytest.fixture
def branch(world: World) -> PartyOrg:
    """Formed nine days ago under the worker, renamed and given another secretary six days ago."""
    body = PartyOrg(
        code="P1", name="一支部", kind="BRANCH", cell=world.cells[GRID],
        secretary=world.users["worker"],
    )  # fmt: skip
    keep(world, body, FORMED)
    return keep(world, body, RENAMED, name="先锋支部", secretary=world.users["area"])


def names(twigs: list[Twig]) -> list[tuple[str, str]]:
    return [(twig.body.name, str(twig.body.secretary)) for twig in twigs]


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (FORMED + 1, []),
        (FORMED, [("一支部", "worker甲")]),
        (RENAMED + 1, [("一支部", "worker甲")]),
        (RENAMED, [("先锋支部", "area甲")]),
        (0, [("先锋支部", "area甲")]),
    ],
)
def test_the_tree_of_a_day_has_the_names_and_secretaries_of_then(
    world: World, branch: PartyOrg, ago: int, shown: list[tuple[str, str]]
) -> None:
    assert names(party_tree(world.actor("zhihe"), day(ago))) == shown
    page = words(browser(world, "zhihe").get(f"/party/tree?as_of={day(ago)}"))
    assert all(name in page for pair in shown for name in pair)


def test_a_dissolved_body_is_found_on_the_days_it_stood(world: World, branch: PartyOrg) -> None:
    keep(world, branch, DISSOLVED, is_active=False)
    assert names(party_tree(world.actor("zhihe"), day(DISSOLVED + 1)))
    assert not party_tree(world.actor("zhihe"), day(DISSOLVED))
    keep(world, branch, 0, is_active=True)
    assert not party_tree(world.actor("zhihe"), day(1))
    assert names(party_tree(world.actor("zhihe"), day(0)))


def test_changes_of_one_day_leave_one_version(world: World, branch: PartyOrg) -> None:
    for name in ("甲支部", "乙支部"):
        keep(world, branch, 1, name=name)
    assert list(branch.versions.values_list("name", "valid_from")) == [
        ("一支部", day(FORMED)), ("先锋支部", day(RENAMED)), ("乙支部", day(1)),
    ]  # fmt: skip


def test_a_refused_change_leaves_no_version(world: World, branch: PartyOrg) -> None:
    keep(world, PartyOrg(code="P2", name="二支部", kind="BRANCH", cell=world.cells[SECOND]), 5)
    before = PartyVersion.objects.count()
    with pytest.raises(Refused) as refusal:
        keep(world, branch, cell=world.cells[SECOND])
    assert refusal.value.code == "party_cell_taken"
    assert PartyVersion.objects.count() == before


def test_the_line_over_a_cell_names_the_bodies_of_the_day(world: World, branch: PartyOrg) -> None:
    for ago, name in ((RENAMED + 1, "一支部"), (RENAMED, "先锋支部")):
        query = f"line=party&as_of={day(ago)}"
        page = words(browser(world, "zhihe").get(f"/cells/{ZHIHE}?{query}"))
        assert name in page
        drawn = browser(world, "zhihe").get(f"/cells/{ZHIHE}/outlines.geojson?{query}").json()
        facts = {one["properties"]["code"]: one["properties"]["facts"] for one in drawn["features"]}
        assert facts[GRID][0][1] == name
        assert not facts[SECOND]


def test_a_day_before_the_records_is_said_to_be_unknown(world: World, branch: PartyOrg) -> None:
    first = day(FORMED).isoformat()
    for url in (
        f"/party/tree?as_of={day(FORMED + 1)}",
        f"/cells/{ZHIHE}?line=party&as_of={day(FORMED + 1)}",
        f"/cells/map?layer=party&as_of={day(FORMED + 1)}",
    ):
        page = browser(world, "zhihe").get(url)
        assert page.context["unknown"] == day(FORMED), url
        assert first in words(page)
    known = browser(world, "zhihe").get(f"/cells/map?layer=party&as_of={day(FORMED)}")
    assert known.context["unknown"] is None


def test_a_body_that_followed_a_split_lay_on_its_old_cell_before(
    world: World, branch: PartyOrg
) -> None:
    redraw = make(world, "SPLIT", GRID, line=LINE)
    on = {ago: PartyVersion.objects.at(day(ago)).get().cell for ago in (1, 0)}
    assert (on[1].code if on[1] else "", on[0].code if on[0] else "") == (GRID, THIRD)
    undo_redraw(redraw, actor=world.actor("township"))
    assert [row.cell.code for row in branch.versions.all() if row.cell] == [GRID, GRID]
    assert branch.versions.get(valid_until__isnull=True).valid_from == day(RENAMED)


def test_a_neighbour_sees_no_body_of_other_ground(world: World, branch: PartyOrg) -> None:
    assert not party_tree(world.actor("neighbour"), day(RENAMED))
    answer = browser(world, "neighbour").get(f"/cells/{QILIPING}?line=party&as_of={day(RENAMED)}")
    assert "先锋支部" not in words(answer)

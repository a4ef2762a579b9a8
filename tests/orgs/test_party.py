"""The Party line over the net: what may stand where, the tree, the switch, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused, system
from gridpact.orgs.models import PartyOrg
from gridpact.orgs.party import load_party, save_party
from gridpact.orgs.party_tree import bodies, party_tree
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.users[name], "django.contrib.auth.backends.ModelBackend")
    return client


def line(world: World) -> dict[str, PartyOrg]:
    """Community committee, grid branch and building group of 致和, each with a secretary."""
    made: dict[str, PartyOrg] = {}
    above = None
    for code, kind, name in (
        (ZHIHE, "COMMITTEE", "zhihe"),
        (GRID, "BRANCH", "area"),
        (MICRO, "GROUP", "building"),
    ):
        above = PartyOrg.objects.create(
            code=f"P{code}", name=f"{kind} {code}", kind=kind, parent=above,
            cell=world.cells[code], secretary=world.users[name],
        )  # fmt: skip
        made[code] = above
    return made


def new(world: World, **facts: Any) -> PartyOrg:
    given = {
        "code": "P1",
        "name": "第二网格党支部",
        "kind": "BRANCH",
        "cell": world.cells[ZHIHE + "002"],
    }
    return PartyOrg(**(given | facts))


def test_a_desk_keeps_the_bodies_of_its_ground(world: World) -> None:
    made = line(world)
    body = save_party(new(world, parent=made[ZHIHE]), actor=world.actor("zhihe"))
    body.secretary = world.users["worker"]
    save_party(body, actor=world.actor("orgdept"))
    assert PartyOrg.objects.get(code="P1").secretary == world.users["worker"]
    assert AuditRow.objects.filter(action="orgs.save_party").count() == 2
    save_party(PartyOrg.objects.get(code="P1"), actor=world.actor("zhihe"))
    assert AuditRow.objects.filter(action="orgs.save_party").count() == 2


@pytest.mark.parametrize("name", ["neighbour", "worker", "building", "auditor"])
def test_others_keep_none_here(world: World, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        save_party(new(world), actor=world.actor(name))
    assert refusal.value.status == 403
    assert not PartyOrg.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code": f"P{GRID}"}, "party_code_taken"),
        ({"cell": GRID}, "party_cell_taken"),
        ({"kind": "GROUP"}, "party_cell_level"),
        ({"cell": UNIT, "kind": "GROUP"}, "party_cell_level"),
        ({"parent": MICRO}, "party_parent_elsewhere"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_kept(
    world: World, facts: dict[str, Any], code: str
) -> None:
    made = line(world)
    if "cell" in facts:
        facts = facts | {"cell": world.cells[facts["cell"]]}
    if "parent" in facts:
        facts = facts | {"parent": made[facts["parent"]]}
    with pytest.raises(Refused) as refusal:
        save_party(new(world, **facts), actor=world.actor("zhihe"))
    assert refusal.value.code == code
    assert PartyOrg.objects.count() == 3


def test_a_body_never_stands_below_itself(world: World) -> None:
    made = line(world)
    top = made[ZHIHE]
    top.cell, top.parent = None, made[GRID]
    with pytest.raises(Refused) as refusal:
        save_party(top, actor=world.actor("district"))
    assert refusal.value.code == "party_cycle"
    assert PartyOrg.objects.get(pk=top.pk).parent is None


def test_the_database_itself_keeps_one_body_a_cell(world: World) -> None:
    line(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyOrg.objects.create(code="P9", name="x", kind="BRANCH", cell=world.cells[GRID])


def test_the_tree_holds_what_is_in_sight(world: World) -> None:
    line(world)
    (top,) = party_tree(world.actor("zhihe"))
    assert (top.count, [twig.body.kind for twig in top.below]) == (2, ["BRANCH"])
    (own,) = party_tree(world.actor("area"))
    assert own.body.kind == "BRANCH"
    assert party_tree(world.actor("neighbour")) == []
    page = browser(world, "zhihe").get("/party/tree").content.decode()
    assert "area甲" in page
    assert browser(world, "neighbour").get(f"/party/P{ZHIHE}").status_code == 404
    assert browser(world, "dept").get("/party/tree").status_code == 403


def test_the_pages_of_the_net_switch_to_the_party_line(world: World) -> None:
    line(world)
    client = browser(world, "zhihe")
    table = client.get(f"/cells/{ZHIHE}?line=party").context["inside"]
    first, second = table.rows
    assert [cell.shown for cell in first.cells] == ["第一网格", f"BRANCH {GRID}", "area甲"]
    assert (first.tone, second.tone) == ("", "amber")
    assert [
        cell.shown for cell in client.get("/cells/?line=party").context["inside"].rows[0].cells
    ][2] == "area甲"
    drawn = client.get(f"/cells/{ZHIHE}/outlines.geojson?line=party").json()["features"]
    assert [each["properties"]["tone"] for each in drawn] == ["green", "amber"]
    assert drawn[0]["properties"]["facts"][1][1] == "area甲"
    plain = client.get(f"/cells/{ZHIHE}?line=nonsense").context["inside"]
    assert "area甲" in [cell.shown for cell in plain.rows[0].cells]


def test_bodies_out_of_sight_are_not_told(world: World) -> None:
    line(world)
    assert bodies(world.actor("neighbour"), [world.cells[GRID], world.cells[QILIPING]]) == {}


ROWS = [
    {"code": "P1", "name": "致和党委", "kind": "committee", "cell": ZHIHE, "secretary": "zhihe"},
    {"code": "P2", "name": "一网格党支部", "kind": "BRANCH", "parent": "P1", "cell": GRID},
]


def test_a_file_is_loaded_once(world: World) -> None:
    table = list(enumerate(ROWS, start=2))
    report = load_party(table, actor=system("import"))
    assert (report.saved, report.accepted) == (True, 2)
    assert PartyOrg.objects.get(code="P2").parent == PartyOrg.objects.get(code="P1")
    again = load_party(table, actor=system("import"))
    assert (again.accepted, again.unchanged) == (0, 2)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "CLUB"}, {"parent": "P7"}, {"cell": "999"}, {"name": ""}, {"secretary": "nobody"}],
)
def test_one_wrong_row_and_nothing_is_loaded(world: World, wrong: dict[str, str]) -> None:
    table = [(2, ROWS[0]), (3, ROWS[1] | wrong)]
    report = load_party(table, actor=system("import"))
    assert not report.saved
    assert [row for row, _why in report.rejected] == [3]
    assert not PartyOrg.objects.exists()

"""Keeping organisations and members: rights by ground, refusals, and what stays unchanged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.orgs.models import Org, OrgMember
from gridpact.orgs.services import end_member, save_member, save_org
from tests.factories.world import QILIPING, ZHIHE, World


def _code(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_a_head_keeps_an_organisation_on_the_own_ground(world: World) -> None:
    org = Org(code="shop", name="金水超市", kind="PRIVATE_FIRM", cell=world.cells[ZHIHE])
    save_org(org, actor=world.actor("zhihe"))
    assert Org.objects.get(code="shop").cell == world.cells[ZHIHE]
    row = AuditRow.objects.get(action="orgs.save")
    assert (row.subject_label, row.before) == ("金水超市", "")


@pytest.mark.parametrize("name", ["neighbour", "area", "worker", "dept", "secadmin", "resident"])
def test_others_keep_no_organisation_there(world: World, name: str) -> None:
    actor = world.actor(name)
    school = Org.objects.get(code="school")
    school.name = "改名"
    with pytest.raises(Refused) as refusal:
        save_org(school, actor=actor)
    assert _code(refusal) == "forbidden"
    assert Org.objects.get(code="school").name == "致和小学"


def test_nobody_moves_an_organisation_off_or_onto_foreign_ground(world: World) -> None:
    school = Org.objects.get(code="school")
    school.cell = world.cells[QILIPING]
    for name in ("zhihe", "neighbour"):
        with pytest.raises(Refused):
            save_org(school, actor=world.actor(name))
    assert Org.objects.get(code="school").cell == world.cells[ZHIHE]
    save_org(school, actor=world.actor("township"))
    assert Org.objects.get(code="school").cell == world.cells[QILIPING]


def test_an_organisation_without_a_cell_is_the_districts(world: World) -> None:
    bureau = Org.objects.get(code="chengguan")
    bureau.phone = "0773-5550000"
    with pytest.raises(Refused):
        save_org(bureau, actor=world.actor("township"))
    save_org(bureau, actor=world.actor("orgdept"))
    assert Org.objects.get(code="chengguan").phone == "0773-5550000"


def test_the_same_facts_change_nothing(world: World) -> None:
    save_org(Org.objects.get(code="school"), actor=world.actor("zhihe"))
    assert not AuditRow.objects.filter(action="orgs.save").exists()


def test_a_credit_code_is_checked_and_a_code_stays_unique(world: World) -> None:
    actor, cell = world.actor("zhihe"), world.cells[ZHIHE]
    wrong = Org(code="a", name="甲", kind="SOCIAL", cell=cell, uscc="91110000600037341X")
    with pytest.raises(Refused) as refusal:
        save_org(wrong, actor=actor)
    assert _code(refusal) == "uscc_wrong"
    with pytest.raises(Refused) as refusal:
        save_org(Org(code="school", name="乙", kind="SOCIAL", cell=cell), actor=actor)
    assert _code(refusal) == "org_code_taken"
    right = Org(code="b", name="丙", kind="SOCIAL", cell=cell, uscc="91110000600037341L")
    assert save_org(right, actor=actor).pk


def _member(world: World, user: str, org: str, role: str = "MEMBER") -> OrgMember:
    return OrgMember(user=world.users[user], org=world.orgs[org], role=role)


def test_a_head_takes_a_member_into_a_unit_of_the_ground(world: World) -> None:
    save_member(_member(world, "unit", "school"), actor=world.actor("zhihe"))
    assert OrgMember.objects.get(user=world.users["unit"]).org.code == "school"
    assert AuditRow.objects.filter(action="orgs.save_member").count() == 1


def test_members_are_refused_elsewhere_twice_and_backwards(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        save_member(_member(world, "unit", "school"), actor=world.actor("neighbour"))
    assert _code(refusal) == "forbidden"
    again = _member(world, "unit_liaison", "school", "LIAISON")
    with pytest.raises(Refused) as refusal:
        save_member(again, actor=world.actor("zhihe"))
    assert _code(refusal) == "member_already"
    backwards = _member(world, "unit", "school")
    backwards.ends = backwards.starts - timedelta(days=1)
    with pytest.raises(Refused) as refusal:
        save_member(backwards, actor=world.actor("zhihe"))
    assert _code(refusal) == "appointment_backwards"
    assert OrgMember.objects.count() == 3


def test_a_membership_that_ended_gives_no_rights_any_more(world: World) -> None:
    member = OrgMember.objects.get(user=world.users["unit_liaison"])
    assert world.actor("unit_liaison").has("orders.claim_org")
    end_member(member, clock.today() - timedelta(days=1), actor=world.actor("zhihe"))
    assert not world.actor("unit_liaison").has("orders.claim_org")


def test_an_end_is_not_put_off_nor_before_the_start_nor_by_a_neighbour(world: World) -> None:
    member = OrgMember.objects.get(user=world.users["unit_liaison"])
    actor, today = world.actor("zhihe"), clock.today()
    with pytest.raises(Refused) as refusal:
        end_member(member, today, actor=world.actor("neighbour"))
    assert _code(refusal) == "forbidden"
    with pytest.raises(Refused) as refusal:
        end_member(member, member.starts - timedelta(days=1), actor=actor)
    assert _code(refusal) == "appointment_backwards"
    end_member(member, today, actor=actor)
    with pytest.raises(Refused) as refusal:
        end_member(member, today + timedelta(days=1), actor=actor)
    assert _code(refusal) == "appointment_ended"
    assert OrgMember.objects.get(pk=member.pk).ends == today

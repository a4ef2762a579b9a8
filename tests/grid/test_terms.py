"""Terms and cells kept one by one: rights, refusals, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.grid.models import Appointment, PostKind
from gridpact.grid.services import appoint, change_term, edit_cell, end_term
from gridpact.grid.tree import current_version
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World


def _kind(code: str) -> PostKind:
    return PostKind.objects.get(code=code)


def test_ending_a_term_keeps_its_last_day_and_the_reason(world: World) -> None:
    post = world.post("area")
    day = clock.today() + timedelta(days=3)
    end_term(post, day, "换届", actor=world.actor("zhihe"))
    assert Appointment.objects.get(pk=post.pk).ends == day
    assert AuditRow.objects.get(action="grid.end_term").why == "换届"


def test_an_end_may_be_brought_forward_but_not_put_off(world: World) -> None:
    post, actor = world.post("area"), world.actor("zhihe")
    end_term(post, clock.today() + timedelta(days=9), actor=actor)
    end_term(post, clock.today(), actor=actor)
    with pytest.raises(Refused) as refusal:
        end_term(post, clock.today() + timedelta(days=1), actor=actor)
    assert refusal.value.code == "appointment_ended"
    assert Appointment.objects.get(pk=post.pk).ends == clock.today()


def test_a_term_never_ends_before_it_starts(world: World) -> None:
    post, actor = world.post("area"), world.actor("zhihe")
    before = post.starts - timedelta(days=1)
    for attempt in (
        lambda: end_term(post, before, actor=actor),
        lambda: change_term(post, post.starts, before, actor=actor),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "appointment_backwards"
    assert Appointment.objects.get(pk=post.pk).ends is None


def test_changed_days_may_not_meet_another_heads_term(world: World) -> None:
    post, actor = world.post("area"), world.actor("zhihe")
    end_term(post, clock.today(), actor=actor)
    tomorrow = clock.today() + timedelta(days=1)
    appoint(world.users["dept"], post.kind, post.cell, tomorrow, actor=actor)
    with pytest.raises(Refused) as refusal:
        change_term(post, post.starts, None, actor=actor)
    assert refusal.value.code == "appointment_overlaps"
    assert Appointment.objects.get(pk=post.pk).ends == clock.today()


def test_a_deputy_acts_beside_the_head(world: World) -> None:
    post, actor = world.post("area"), world.actor("zhihe")
    deputy = appoint(
        world.users["dept"], post.kind, post.cell, ends=clock.today(), acting_for=post, actor=actor
    )
    assert deputy.acting_for_id == post.pk


def test_the_same_days_change_nothing(world: World) -> None:
    post = world.post("area")
    change_term(post, post.starts, post.ends, actor=world.actor("zhihe"))
    assert not AuditRow.objects.filter(action="grid.change_term").exists()


@pytest.mark.parametrize("name", ["neighbour", "area", "worker", "orgdept", "secadmin", "resident"])
def test_only_desks_and_heads_above_end_a_term(world: World, name: str) -> None:
    post = world.post("building")
    with pytest.raises(Refused) as refusal:
        end_term(post, clock.today(), actor=world.actor(name))
    assert refusal.value.code == "forbidden"
    assert Appointment.objects.get(pk=post.pk).ends is None


@pytest.mark.parametrize("kind", ["system_admin", "security_admin", "audit_admin"])
def test_the_administrators_posts_are_not_the_desks_to_give(world: World, kind: str) -> None:
    district, user = world.cells["450312"], world.users["volunteer"]
    with pytest.raises(Refused) as refusal:
        appoint(user, _kind(kind), district, actor=world.actor("district"))
    assert refusal.value.code == "forbidden"
    assert not Appointment.objects.filter(user=user).exists()
    assert appoint(user, _kind(kind), district, actor=world.actor("secadmin")).pk


def test_the_security_administrator_gives_no_other_posts(world: World) -> None:
    with pytest.raises(Refused):
        appoint(
            world.users["volunteer"], _kind("district_desk"), world.cells["450312"],
            actor=world.actor("secadmin"),
        )  # fmt: skip


def test_nobody_gives_a_post_with_more_rights_than_their_own(world: World) -> None:
    # A township desk may not load the tree, so it makes no district desk, above its own ground too.
    actor = world.actor("township")
    with pytest.raises(Refused):
        appoint(
            world.users["volunteer"], _kind("district_desk"), world.cells["450312"], actor=actor
        )
    made = appoint(
        world.users["volunteer"], _kind("community_desk"), world.cells[QILIPING], actor=actor
    )
    assert made.cell.code == QILIPING


def test_a_cell_keeps_its_name_and_doors_without_a_change(world: World) -> None:
    cell, version = world.cells[GRID], current_version()
    edit_cell(cell, cell.name, cell.doors, actor=world.actor("zhihe"))
    assert current_version() == version
    assert not AuditRow.objects.filter(action="grid.edit_cell").exists()


def test_a_closed_cell_is_not_kept_any_more(world: World) -> None:
    cell = world.cells[MICRO]
    cell.opened_on, cell.closed_on = date(2020, 1, 1), date(2024, 1, 1)
    cell.save(update_fields=["opened_on", "closed_on"])
    with pytest.raises(Refused) as refusal:
        edit_cell(cell, "新名", 1, actor=world.actor("zhihe"))
    assert refusal.value.status == 404


def test_a_neighbour_keeps_no_cell_here(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        edit_cell(world.cells[ZHIHE], "新名", 1, actor=world.actor("neighbour"))
    assert refusal.value.code == "forbidden"

"""Deputies, absences, phones on the sign, and who follows when a term is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.grid.models import Absence, Appointment
from gridpact.grid.services import appoint, change_term, end_term, report_absence, show_phone
from gridpact.grid.services.handover import heir_of
from tests.factories.world import World

TODAY = clock.today()


def deputy(world: World, name: str = "dept", ends: date | None = TODAY) -> Appointment:
    post = world.post("area")
    return appoint(
        world.users[name], post.kind, post.cell, ends=ends, acting_for=post,
        actor=world.actor("zhihe"),
    )  # fmt: skip


def test_a_holder_follows_before_a_deputy_and_a_deputy_before_the_head_above(world: World) -> None:
    post = world.post("area")
    assert heir_of(post) == (world.post("zhihe"), False)
    acting = deputy(world)
    assert heir_of(post) == (acting, True)
    own = Appointment.objects.create(
        user=world.users["volunteer"], kind=post.kind, cell=post.cell, starts=TODAY
    )
    assert heir_of(post) == (own, True)


def test_a_closed_account_follows_nobody(world: World) -> None:
    world.users["zhihe"].is_active = False
    world.users["zhihe"].save()
    assert heir_of(world.post("area")) == (None, False)


@pytest.mark.parametrize(
    ("name", "ends", "code"),
    [("dept", None, "acting_without_end"), ("area", TODAY, "acting_for_oneself")],
)
def test_a_deputy_has_days_and_is_somebody_else(
    world: World, name: str, ends: date | None, code: str
) -> None:
    before = Appointment.objects.count()
    with pytest.raises(Refused) as refusal:
        deputy(world, name, ends)
    assert refusal.value.code == code
    assert Appointment.objects.count() == before


def test_a_deputy_acts_on_the_same_cell_only(world: World) -> None:
    post = world.post("area")
    with pytest.raises(Refused) as refusal:
        appoint(
            world.users["dept"], post.kind, world.cells["450312100012002"], ends=TODAY,
            acting_for=post, actor=world.actor("zhihe"),
        )  # fmt: skip
    assert refusal.value.code == "acting_elsewhere"


def test_the_holder_notes_an_absence_once(world: World) -> None:
    post, actor = world.post("area"), world.actor("area")
    report_absence(post, TODAY, TODAY + timedelta(days=2), "学习", actor=actor)
    with pytest.raises(Refused) as refusal:
        report_absence(post, TODAY + timedelta(days=2), TODAY + timedelta(days=4), actor=actor)
    assert refusal.value.code == "absence_noted"
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "last", "code"), [(2, 1, "absence_backwards"), (-400, 1, "absence_out_of_term")]
)
def test_an_absence_lies_within_the_term(world: World, first: int, last: int, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        report_absence(
            world.post("area"), TODAY + timedelta(days=first), TODAY + timedelta(days=last),
            actor=world.actor("area"),
        )  # fmt: skip
    assert refusal.value.code == code
    assert not Absence.objects.exists()


@pytest.mark.parametrize("name", ["neighbour", "worker"])
def test_others_note_no_absence_and_show_no_phone(world: World, name: str) -> None:
    post = world.post("area")
    with pytest.raises(Refused):
        report_absence(post, TODAY, TODAY, actor=world.actor(name))
    with pytest.raises(Refused):
        show_phone(post, shown=True, actor=world.actor(name))
    assert not Absence.objects.exists()
    assert not Appointment.objects.get(pk=post.pk).public_phone


def test_the_holder_alone_lets_the_phone_stand_on_the_sign(world: World) -> None:
    post = world.post("area")
    with pytest.raises(Refused):
        show_phone(post, shown=True, actor=world.actor("zhihe"))
    assert show_phone(post, shown=True, actor=world.actor("area")).public_phone
    assert not show_phone(post, shown=False, actor=world.actor("area")).public_phone


def test_a_term_that_runs_again_can_be_handed_over_again(world: World) -> None:
    post, actor = world.post("area"), world.actor("zhihe")
    ended = end_term(post, TODAY - timedelta(days=1), actor=actor)
    assert ended.handed_over_at is not None
    again = change_term(post, post.starts, None, actor=actor)
    assert again.handed_over_at is None

"""My grid: own cells, what waits, whom to call, the own phone; and who held a cell's posts before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from gridpact.core import clock
from gridpact.grid.mine import mine
from gridpact.grid.models import Absence, Appointment
from gridpact.grid.services import end_term
from tests.factories.world import GRID, MICRO, UNIT, World


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.users[name], "django.contrib.auth.backends.ModelBackend")
    return client


def page(world: World, name: str) -> Any:
    return browser(world, name).get("/cells/mine")


def test_a_leader_finds_cells_orders_and_the_next_heads_above(world: World) -> None:
    world.users["area"].set_phone("13800002222")
    world.users["area"].save()
    order = world.order(cell=UNIT)
    seen = page(world, "building")
    assert [line.cell.code for line in seen.context["mine"].cells] == [MICRO]
    assert [one.name for one in seen.context["mine"].above] == ["area甲", "zhihe甲"]
    assert [one.name for one in seen.context["mine"].below] == ["unit甲"]
    text = seen.content.decode()
    assert 'href="tel:13800002222"' in text
    assert f"/orders/{order.number}" in text


def test_a_neighbour_sees_nothing_of_it(world: World) -> None:
    order = world.order(cell=UNIT)
    seen = page(world, "neighbour")
    assert order.number not in seen.content.decode()
    assert "area甲" not in seen.content.decode()


def test_those_who_handle_no_orders_here_get_no_phones(world: World) -> None:
    for name in ("area", "zhihe"):
        world.users[name].set_phone("13800002222")
        world.users[name].save()
    own = mine(world.actor("orgdept"))
    assert all(one.phone == "" for one in (*own.above, *own.below))
    assert page(world, "dept").status_code == 403


def test_the_holder_shows_and_takes_off_the_phone(world: World) -> None:
    post = world.post("area")
    client = browser(world, "area")
    assert client.post(f"/posts/{post.pk}/phone", {"shown": "1"}).status_code == 302
    assert Appointment.objects.get(pk=post.pk).public_phone
    client.post(f"/posts/{post.pk}/phone", {"shown": "0"})
    assert not Appointment.objects.get(pk=post.pk).public_phone
    assert browser(world, "zhihe").post(f"/posts/{post.pk}/phone", {}).status_code == 404


def test_an_absence_is_noted_on_its_page_and_a_wrong_one_is_not(world: World) -> None:
    post, today = world.post("area"), clock.today()
    address = f"/posts/{GRID}-area_head-area-{post.starts:%Y%m%d}/away"
    client = browser(world, "area")
    wrong = {"first_day": today.isoformat(), "last_day": "2020-01-01"}
    assert client.post(address, wrong).status_code == 422
    assert not Absence.objects.exists()
    days = {"first_day": today.isoformat(), "last_day": today.isoformat(), "why": "学习"}
    assert client.post(address, days).status_code == 302
    assert Absence.objects.get().post == post
    assert browser(world, "neighbour").get(address).status_code == 404


def test_the_cell_page_names_who_held_its_posts_before(world: World) -> None:
    end_term(
        world.post("worker"), clock.today() - timedelta(days=1), actor=world.actor("zhihe")
    )  # fmt: skip
    seen = browser(world, "zhihe").get(f"/cells/{GRID}")
    assert [row.cells[1].shown for row in seen.context["past"].rows] == ["worker甲"]
    listed = browser(world, "zhihe").get("/posts/?user=worker").content.decode()
    assert "worker甲" in listed
    assert "area甲" not in listed


def test_the_deputys_form_is_filled_in(world: World) -> None:
    post = world.post("area")
    form = browser(world, "zhihe").get(f"/cells/{GRID}/appoint?acting_for={post.pk}")
    assert f'value="{post.pk}" selected' in form.content.decode()

"""The register of appointments: scope, forms, export, import that can be sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridpact.core import clock
from gridpact.grid.models import Appointment
from gridpact.grid.registers import TERMS, terms
from gridpact.ui import register_import
from tests.factories.world import GRID, MICRO, QILIPING, ZHIHE, World


@pytest.fixture
def sign_in(world: World, client: Client, settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path

    def enter(name: str) -> Client:
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def _ref(world: World, name: str) -> str:
    return str(terms(world.actor("district")).get(user=world.users[name]).ref)  # type: ignore[attr-defined]


def _csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("t.csv", text.encode())


def test_a_term_is_named_by_cell_post_person_and_first_day(world: World) -> None:
    since = world.post("area").starts
    assert _ref(world, "area") == f"{GRID}-area_head-area-{since:%Y%m%d}"


def test_a_head_sees_the_terms_of_the_own_ground_only(sign_in: Any, world: World) -> None:
    page = sign_in("zhihe").get("/posts/").content.decode()
    assert "area甲" in page
    assert "neighbour甲" not in page
    assert "township甲" not in page
    assert sign_in("neighbour").get(f"/posts/{_ref(world, 'area')}").status_code == 404


def test_filters_narrow_by_post_cell_and_term(sign_in: Any, world: World) -> None:
    Appointment.objects.filter(user=world.users["worker"]).update(ends=clock.today().replace(day=1))
    staff = sign_in("district")
    heads = staff.get("/posts/?kind=area_head").content.decode()
    assert "area甲" in heads
    assert "worker甲" not in heads
    micro = staff.get(f"/posts/?cell={MICRO}").content.decode()
    assert "building甲" in micro
    assert "unit甲" in micro
    assert "area甲" not in micro
    Appointment.objects.filter(user=world.users["area"]).update(
        ends=clock.today() + timedelta(days=30)
    )
    Appointment.objects.filter(user=world.users["unit"]).update(
        ends=clock.today() + timedelta(days=31)
    )
    soon = staff.get("/posts/?term=soon").content.decode()
    assert "area甲" in soon
    assert "unit甲" not in soon
    later = staff.get("/posts/?term=later").content.decode()
    assert "area甲" not in later


def test_a_new_term_by_form_is_refused_outside_the_ground(sign_in: Any, world: World) -> None:
    form = {"user": "volunteer", "kind": "area_head", "cell": QILIPING + "001",
            "starts": "2026-11-01"}  # fmt: skip
    answer = sign_in("zhihe").post("/posts/new", form)
    assert answer.status_code == 422
    assert not Appointment.objects.filter(user=world.users["volunteer"]).exists()


def test_editing_a_term_changes_days_and_never_the_person(sign_in: Any, world: World) -> None:
    ref = _ref(world, "area")
    form = {"user": "dept", "kind": "grid_worker", "cell": MICRO,
            "starts": world.post("area").starts.isoformat(), "ends": "2027-06-30"}  # fmt: skip
    answer = sign_in("zhihe").post(f"/posts/{ref}/edit", form)
    assert answer.status_code == 302
    post = world.post("area")
    assert (post.cell.code, post.kind.code, f"{post.ends}") == (GRID, "area_head", "2027-06-30")


def test_ending_a_term_by_its_page(sign_in: Any, world: World) -> None:
    staff, ref = sign_in("zhihe"), _ref(world, "area")
    assert f"/posts/{ref}/end" in staff.get(f"/posts/{ref}").content.decode()
    early = staff.post(f"/posts/{ref}/end", {"last_day": "2000-01-01"})
    assert early.status_code == 422
    done = staff.post(f"/posts/{ref}/end", {"last_day": clock.today().isoformat(), "why": "换届"})
    assert done["Location"] == f"/cells/{GRID}"
    assert world.post("area").ends == clock.today()
    assert sign_in("worker").get(f"/posts/{ref}/end").status_code == 403


def test_an_import_takes_new_terms_once(world: World) -> None:
    actor = world.actor("zhihe")
    rows = (
        "user,kind,cell,starts,ends\n"
        f"volunteer,片区长,{ZHIHE}002,2026-11-01,\n"
        f"dept,grid_worker,{ZHIHE}002,2026-11-01,2027-10-31\n"
    )
    first = register_import.run_import(TERMS, _csv(rows), "t.csv", actor)
    assert (first.created, first.updated, first.rejected) == (2, 0, [])
    again = register_import.run_import(TERMS, _csv(rows), "t.csv", actor)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert Appointment.objects.filter(cell__code=ZHIHE + "002").count() == 2


def test_one_bad_row_and_nothing_is_imported(world: World) -> None:
    before = Appointment.objects.count()
    rows = (
        "user,kind,cell,starts,ends\n"
        f"volunteer,area_head,{ZHIHE}002,2026-11-01,\n"
        f"dept,area_head,{ZHIHE},2026-11-01,\n"
        f"dept,area_head,{QILIPING}001,2026-11-01,\n"
        f"nobody,area_head,{ZHIHE}002,2026-11-01,\n"
        f"dept,area_head,{ZHIHE}002,2026-11-01,\n"
    )
    result = register_import.run_import(TERMS, _csv(rows), "t.csv", world.actor("zhihe"))
    assert [one.row for one in result.rejected] == [3, 4, 5, 6]
    assert Appointment.objects.count() == before


def test_what_is_exported_can_be_imported_without_a_change(sign_in: Any, world: World) -> None:
    answer = sign_in("district").get("/posts/export.csv")
    raw = b"".join(answer.streaming_content)
    before = Appointment.objects.count()
    file = SimpleUploadedFile("t.csv", raw)
    result = register_import.run_import(TERMS, file, "t.csv", world.actor("district"))
    assert result.rejected == []
    assert (result.created, result.updated, result.unchanged) == (0, 0, before)

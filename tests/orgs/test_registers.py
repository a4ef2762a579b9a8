"""The registers of organisations and members as pages: scope, buttons, forms, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridpact.core import clock
from gridpact.orgs.models import Org, OrgMember
from gridpact.orgs.registers import MEMBERS, ORGS
from gridpact.ui import register_import
from tests.factories.world import QILIPING, ZHIHE, World

REF = "school-LIAISON-unit_liaison"


@pytest.fixture
def sign_in(world: World, client: Client, settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path

    def enter(name: str) -> Client:
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def _text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("district", {"chengguan", "school", "school2"}),
        ("orgdept", {"chengguan", "school", "school2"}),
        ("township", {"chengguan", "school", "school2"}),
        ("zhihe", {"chengguan", "school", "school2"}),
        ("neighbour", {"chengguan"}),
        ("dept", {"chengguan"}),
        ("unit_liaison", {"school"}),
        ("resident", set()),
    ],
)
def test_the_register_holds_the_own_ground_and_departments(
    world: World, name: str, seen: set[str]
) -> None:
    rows = ORGS.queryset(world.actor(name))
    assert set(rows.values_list("code", flat=True)) == seen


@pytest.mark.parametrize(
    ("name", "count"),
    [("district", 3), ("township", 2), ("zhihe", 2), ("neighbour", 0), ("unit_liaison", 1)],
)
def test_members_are_seen_where_the_organisation_is(world: World, name: str, count: int) -> None:
    assert MEMBERS.queryset(world.actor(name)).count() == count


def test_pages_of_a_foreign_organisation_look_missing(sign_in: Any) -> None:
    staff = sign_in("neighbour")
    for path in ("/orgs/school", "/orgs/school/edit", f"/members/{REF}", f"/members/{REF}/end"):
        assert staff.get(path).status_code == 404
    assert "致和小学" not in _text(staff.get("/orgs/"))


def test_a_new_organisation_by_form_and_its_edit(sign_in: Any, world: World) -> None:
    staff = sign_in("zhihe")
    form = {"code": "shop", "name": "金水超市", "kind": "PRIVATE_FIRM", "cell": ZHIHE,
            "is_active": "on"}  # fmt: skip
    assert staff.post("/orgs/new", form)["Location"] == "/orgs/shop"
    changed = {**form, "code": "other", "phone": "0773-5550001"}
    assert staff.post("/orgs/shop/edit", changed)["Location"] == "/orgs/shop"
    org = Org.objects.get(code="shop")
    assert (org.phone, org.cell) == ("0773-5550001", world.cells[ZHIHE])
    assert not Org.objects.filter(code="other").exists()


def test_a_refusal_of_the_verb_is_said_in_the_form(sign_in: Any) -> None:
    form = {"code": "shop", "name": "超市", "kind": "SOCIAL", "cell": QILIPING, "is_active": "on"}
    answer = sign_in("zhihe").post("/orgs/new", form)
    assert answer.status_code == 422
    assert not Org.objects.filter(code="shop").exists()


def test_filters_narrow_by_kind_ground_and_state(sign_in: Any) -> None:
    Org.objects.filter(code="school2").update(is_active=False)
    staff = sign_in("district")
    assert "致和小学" not in _text(staff.get("/orgs/?kind=DEPARTMENT"))
    assert "城市管理局" not in _text(staff.get(f"/orgs/?cell={ZHIHE}"))
    closed = _text(staff.get("/orgs/?closed=on"))
    assert "致和义工队" in closed
    assert "致和小学" not in closed


def test_a_membership_ends_by_its_page(sign_in: Any, world: World) -> None:
    staff = sign_in("zhihe")
    assert f"/members/{REF}/end" in _text(staff.get(f"/members/{REF}"))
    assert staff.post(f"/members/{REF}/end", {"last_day": "2000-01-01"}).status_code == 422
    done = staff.post(f"/members/{REF}/end", {"last_day": clock.today().isoformat()})
    assert done["Location"] == f"/members/{REF}"
    assert OrgMember.objects.get(user=world.users["unit_liaison"]).ends == clock.today()


def test_readers_are_shown_no_way_to_write(sign_in: Any) -> None:
    staff = sign_in("worker")
    assert "/orgs/new" not in _text(staff.get("/orgs/"))
    assert staff.get("/orgs/new").status_code == 403
    assert staff.get("/members/import").status_code == 403


@pytest.mark.parametrize("path", ["/orgs/", "/members/"])
def test_lists_ask_the_same_number_of_queries_for_many_rows(
    sign_in: Any, world: World, path: str
) -> None:
    staff = sign_in("district")
    staff.get(path)
    with CaptureQueriesContext(connection) as few:
        staff.get(path)
    for number in range(12):
        org = Org.objects.create(
            code=f"o{number}", name=f"单位{number}", kind="SOCIAL", cell=world.cells[ZHIHE]
        )
        OrgMember.objects.create(user=world.users["unit"], org=org, role="MEMBER")
    with CaptureQueriesContext(connection) as many:
        staff.get(path)
    assert len(many) == len(few)


@pytest.mark.parametrize("register", [ORGS, MEMBERS])
def test_what_is_exported_can_be_imported_without_a_change(
    sign_in: Any, world: World, register: Any
) -> None:
    prefix = {"orgs": "/orgs/", "members": "/members/"}[register.name]
    answer = sign_in("district").get(f"{prefix}export.csv")
    file = SimpleUploadedFile("t.csv", b"".join(answer.streaming_content))
    result = register_import.run_import(register, file, "t.csv", world.actor("district"))
    assert result.rejected == []
    assert (result.created, result.updated, result.unchanged) == (0, 0, 3)


def test_an_import_stays_on_the_own_ground(world: World) -> None:
    rows = f"code,name,kind,cell,is_active\nshop,超市,SOCIAL,{QILIPING},yes\n"
    file = SimpleUploadedFile("t.csv", rows.encode())
    result = register_import.run_import(ORGS, file, "t.csv", world.actor("zhihe"))
    assert [one.row for one in result.rejected] == [2]
    assert not Org.objects.filter(code="shop").exists()

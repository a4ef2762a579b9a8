"""The pages of the net: who sees which cell, vacancies, calls, figures, keeping by form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.grid.models import Appointment, Cell
from gridpact.grid.services import end_term
from gridpact.grid.tree import current_version
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World


@pytest.fixture
def sign_in(world: World, client: Client) -> Any:
    def enter(name: str) -> Client:
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def _text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("district", "450312", 200),
        ("township", ZHIHE, 200),
        ("township", "450312", 404),
        ("zhihe", ZHIHE, 200),
        ("zhihe", "450312100", 404),
        ("zhihe", QILIPING, 404),
        ("building", MICRO, 200),
        ("building", UNIT, 200),
        ("building", GRID, 404),
        ("neighbour", ZHIHE, 404),
        ("neighbour", UNIT, 404),
        ("orgdept", ZHIHE, 200),
        ("dept", ZHIHE, 403),
        ("auditor", ZHIHE, 403),
    ],
)
def test_a_cell_opens_for_staff_of_its_ground_only(
    sign_in: Any, name: str, code: str, status: int
) -> None:
    staff = sign_in(name)
    assert staff.get(f"/cells/{code}").status_code == status
    assert staff.get(f"/cells/{code}/outlines.geojson").status_code == status


def test_an_unknown_cell_answers_like_an_unseen_one(sign_in: Any) -> None:
    staff = sign_in("neighbour")
    assert staff.get("/cells/999").status_code == 404
    assert staff.get("/cells/%00").status_code == 404


def test_the_public_is_sent_to_sign_in(client: Client, world: World) -> None:
    answer = client.get(f"/cells/{ZHIHE}")
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next=/cells/{ZHIHE}")


def test_my_cells_come_first_with_what_lies_inside(sign_in: Any) -> None:
    page = _text(sign_in("zhihe").get("/cells/"))
    assert f'href="/cells/{ZHIHE}"' in page
    assert f'href="/cells/{GRID}"' in page
    assert QILIPING not in page
    assert "450312100<" not in page


def test_a_person_with_two_posts_sees_the_outer_cell_once(sign_in: Any, world: World) -> None:
    post = world.post("area")
    Appointment.objects.create(
        user=world.users["area"], kind=world.post("building").kind, cell=world.cells[MICRO],
        starts=post.starts, acting_for=world.post("building"),
    )  # fmt: skip
    own = _text(sign_in("area").get("/cells/")).split('id="inside"')[0]
    assert f'href="/cells/{GRID}"' in own
    assert f'href="/cells/{MICRO}"' not in own


def test_a_missing_head_is_a_finding_on_list_page_and_map(sign_in: Any, world: World) -> None:
    staff = sign_in("zhihe")
    second = ZHIHE + "002"
    assert "gp-row-amber" in _text(staff.get("/cells/"))
    assert "gp-notice-amber" in _text(staff.get(f"/cells/{second}"))
    assert "gp-notice-amber" not in _text(staff.get(f"/cells/{GRID}"))
    drawn = staff.get(f"/cells/{ZHIHE}/outlines.geojson?layer=heads").json()["features"]
    assert [(one["properties"]["code"], one["properties"]["tone"]) for one in drawn] == [
        (GRID, "green"),
        (second, "amber"),
    ]


def test_only_cells_without_a_head_can_be_listed(sign_in: Any, world: World) -> None:
    page = _text(sign_in("district").get("/cells/?vacant=on"))
    assert f'href="/cells/{ZHIHE}002"' in page
    assert f'href="/cells/{QILIPING}001"' in page
    assert f'href="/cells/{GRID}"' not in page
    under = _text(sign_in("district").get(f"/cells/?vacant=on&under={ZHIHE}"))
    assert f'href="/cells/{QILIPING}001"' not in under


def test_a_post_whose_term_ends_becomes_vacant_the_day_after(sign_in: Any, world: World) -> None:
    today = clock.today()
    post = world.post("area")
    end_term(post, today, actor=world.actor("zhihe"))
    assert "gp-notice-amber" not in _text(sign_in("zhihe").get(f"/cells/{GRID}"))
    Appointment.objects.filter(pk=post.pk).update(ends=today - timedelta(days=1))
    assert "gp-notice-amber" in _text(sign_in("zhihe").get(f"/cells/{GRID}"))


def test_search_finds_by_name_and_by_first_digits_within_sight(sign_in: Any) -> None:
    staff = sign_in("zhihe")
    assert f'href="/cells/{MICRO}"' in _text(staff.get("/cells/?q=致和苑"))
    assert f'href="/cells/{UNIT}"' in _text(staff.get(f"/cells/?q={UNIT[:18]}"))
    nothing = _text(staff.get("/cells/?q=七里坪"))
    assert 'href="/cells/450312' not in nothing
    assert staff.get("/cells/?q=%00").status_code == 200
    assert staff.get("/cells/?level=UNIT&cursor=junk").status_code == 400


def test_who_answers_names_own_posts_and_the_heads_above(sign_in: Any, world: World) -> None:
    page = _text(sign_in("zhihe").get(f"/cells/{UNIT}"))
    for name in ("unit甲", "building甲", "area甲", "worker甲", "zhihe甲"):
        assert name in page
    assert "neighbour甲" not in page
    assert "district甲" not in page


def test_phones_are_masked_and_only_staff_of_the_ground_may_call(
    sign_in: Any, world: World
) -> None:
    head = world.users["area"]
    head.set_phone("13800001234")
    head.save()
    callable_page = _text(sign_in("building").get(f"/cells/{MICRO}"))
    assert 'href="tel:13800001234"' in callable_page
    assert "138****1234" in callable_page
    shown_only = _text(sign_in("orgdept").get(f"/cells/{MICRO}"))
    assert "138****1234" in shown_only
    assert "13800001234" not in shown_only


def test_open_orders_are_counted_down_to_the_stairwell(sign_in: Any, world: World) -> None:
    world.order(cell=UNIT)
    world.order(cell=MICRO)
    world.order(cell=GRID)
    world.order(cell=QILIPING)
    staff = sign_in("zhihe")
    for code, count in ((ZHIHE, 3), (GRID, 3), (MICRO, 2), (UNIT, 1)):
        above = Cell.objects.get(code=code).parent
        assert above is not None
        if code == ZHIHE:
            page = _text(staff.get("/cells/"))
        else:
            page = _text(staff.get(f"/cells/{above.code}"))
        assert f'href="/orders/?state=OPEN&amp;cell={code}">{count}</a>' in page


def test_the_map_shows_one_meaning_at_a_time(sign_in: Any, world: World) -> None:
    world.order(cell=UNIT)
    staff = sign_in("zhihe")
    for query, held, left_out in (("", "count", "tone"), ("?layer=heads", "tone", "count")):
        drawn = staff.get(f"/cells/{ZHIHE}/outlines.geojson{query}").json()["features"]
        assert all(held in one["properties"] for one in drawn)
        assert not any(left_out in one["properties"] for one in drawn)
    counts = staff.get(f"/cells/{ZHIHE}/outlines.geojson?layer=junk").json()["features"]
    assert [one["properties"]["count"] for one in counts] == [1, 0]


def test_a_cell_at_the_bottom_draws_itself(sign_in: Any) -> None:
    drawn = sign_in("unit").get(f"/cells/{UNIT}/outlines.geojson").json()["features"]
    assert [one["properties"]["code"] for one in drawn] == [UNIT]


def test_who_reads_no_orders_sees_no_count_of_them(sign_in: Any, world: World) -> None:
    world.order(cell=UNIT)
    assert "/orders/?state" not in _text(sign_in("orgdept").get(f"/cells/{ZHIHE}"))


def test_cell_pages_ask_the_same_number_of_queries_for_many_children(
    sign_in: Any, world: World
) -> None:
    staff = sign_in("zhihe")
    pages = (f"/cells/{ZHIHE}", "/cells/", f"/cells/{ZHIHE}/outlines.geojson", "/cells/?vacant=on")

    def queries() -> list[int]:
        counts = []
        for path in pages:
            staff.get(path)
            with CaptureQueriesContext(connection) as seen:
                staff.get(path)
            counts.append(len(seen))
        return counts

    few = queries()
    parent = world.cells[ZHIHE]
    for number in range(3, 15):
        cell = Cell.objects.create(
            code=f"{ZHIHE}{number:03}", name=f"第{number}网格", level="GRID", parent=parent,
            path="", boundary=world.cells[GRID].boundary,
        )  # fmt: skip
        cell.path = f"{parent.path}{cell.pk}/"
        cell.save(update_fields=["path"])
        world.order(cell=GRID)
    cache.clear()
    assert queries() == few


def test_a_head_renames_a_cell_below_and_the_tree_learns_it(sign_in: Any, world: World) -> None:
    version = current_version()
    answer = sign_in("zhihe").post(f"/cells/{GRID}/edit", {"name": "金水网格", "doors": "370"})
    assert (answer.status_code, answer["Location"]) == (302, f"/cells/{GRID}")
    cell = Cell.objects.get(code=GRID)
    assert (cell.name, cell.doors) == ("金水网格", 370)
    assert current_version() > version
    assert AuditRow.objects.get(action="grid.edit_cell").subject_label == "金水网格"


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [("area", GRID, 403), ("worker", GRID, 403), ("neighbour", GRID, 404), ("orgdept", GRID, 403)],
)
def test_others_keep_no_cells_and_appoint_nobody(
    sign_in: Any, name: str, code: str, status: int
) -> None:
    staff = sign_in(name)
    posts = Appointment.objects.count()
    assert staff.post(f"/cells/{code}/edit", {"name": "x", "doors": 1}).status_code == status
    form = {"user": "volunteer", "kind": "grid_worker", "starts": "2026-11-01"}
    assert staff.post(f"/cells/{code}/appoint", form).status_code == status
    assert Cell.objects.get(code=code).name == "第一网格"
    assert Appointment.objects.count() == posts


def test_a_head_appoints_by_form_and_a_second_head_is_refused_in_the_form(
    sign_in: Any, world: World
) -> None:
    staff = sign_in("zhihe")
    second = ZHIHE + "002"
    form = {"user": "volunteer", "kind": "area_head", "starts": "2026-11-01", "ends": ""}
    assert staff.post(f"/cells/{second}/appoint", form)["Location"] == f"/cells/{second}"
    made = Appointment.objects.get(user=world.users["volunteer"])
    assert (made.cell.code, made.kind.code, made.ends) == (second, "area_head", None)
    again = staff.post(f"/cells/{second}/appoint", {**form, "user": "dept"})
    assert again.status_code == 422
    assert 'role="alert"' in _text(again)
    assert Appointment.objects.filter(cell__code=second).count() == 1


def test_the_form_offers_only_posts_the_actor_may_give(sign_in: Any) -> None:
    offered = {
        name: _text(sign_in(name).get("/cells/450312/appoint")) for name in ("district", "secadmin")
    }
    assert 'value="orgdept"' in offered["district"]
    assert 'value="audit_admin"' not in offered["district"]
    assert 'value="audit_admin"' in offered["secadmin"]
    assert 'value="orgdept"' not in offered["secadmin"]


def test_the_form_offers_only_posts_of_the_level(sign_in: Any) -> None:
    page = _text(sign_in("zhihe").get(f"/cells/{GRID}/appoint"))
    assert 'value="area_head"' in page
    assert 'value="building_leader"' not in page
    answer = sign_in("zhihe").post(
        f"/cells/{GRID}/appoint",
        {"user": "nobody", "kind": "building_leader", "starts": "2026-13-01"},
    )
    assert answer.status_code == 422

"""Each kind of redraw: what it makes of the tree, its cells' ground, posts and orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.choices import RedrawState
from gridpact.grid.models import Appointment, Cell, CellVersion, Lineage, Redraw
from gridpact.grid.services.redraw import plan_redraw
from gridpact.grid.tree import tree_at
from gridpact.orders.models import Order
from gridpact.orders.services import accept_order
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World
from tests.grid.redraws import (
    FOURTH,
    LINE,
    SECOND,
    THIRD,
    WITH_SECOND,
    box,
    cell,
    ground,
    later,
    look,
    make,
)


def tiles(parent: str) -> bool:
    """Children cover the parent, and nothing twice."""
    whole = ground(parent)
    parts = [ground(each.code) for each in Cell.objects.open().filter(parent__code=parent)]
    same = shapely.symmetric_difference(shapely.union_all(parts), whole).area
    return bool(same < 1e-12 and abs(sum(part.area for part in parts) - whole.area) < 1e-12)


def mirrors(day_offset: int = 0) -> None:
    """Cells are what their versions of today say, and their paths follow from their parents."""
    versions = {row.cell_id: row for row in CellVersion.objects.at(clock.today())}
    for each in Cell.objects.open().select_related("parent"):
        version = versions[each.pk]
        assert (each.name, each.parent_id, each.boundary, each.doors) == (
            version.name, version.parent_id, version.boundary, version.doors,
        )  # fmt: skip
        assert each.path == f"{each.parent.path if each.parent else '/'}{each.pk}/"
    assert set(versions) == set(Cell.objects.open().values_list("pk", flat=True))


def scope(order: Order) -> tuple[int | None, ...]:
    order.refresh_from_db()
    return order.cell_id, order.grid_id, order.community_id, order.township_id


def test_a_new_name_holds_from_its_day(world: World) -> None:
    make(world, "RENAME", GRID, name="桥头网格")
    assert cell(GRID).name == "桥头网格"
    yesterday = clock.today() - timedelta(days=1)
    assert tree_at(yesterday).by_code[GRID].name == "第一网格"
    assert tree_at(later()).by_code[GRID].name == "桥头网格"
    mirrors()


def test_a_split_gives_new_codes_and_everything_inside_follows_its_place(world: World) -> None:
    south = world.order(lon=110.13, lat=25.12)
    north = world.order(lon=110.13, lat=25.18)
    loose = world.order(cell=GRID)
    inside = world.order(cell=UNIT)
    seen = look(world, "SPLIT", GRID, line=LINE, names=["南片", "北片"])
    assert seen.becomes == ((THIRD, "南片"), (FOURTH, "北片"))
    assert seen.is_possible
    assert [(line.count, line.names) for line in seen.orphans if line.names] == [(1, ("北片",))]
    assert [line.count for line in seen.orphans if not line.names] == [1]
    redraw = make(world, "SPLIT", GRID, line=LINE, names=["南片", "北片"])
    first, second, old = cell(THIRD), cell(FOURTH), cell(GRID)
    assert redraw.state == RedrawState.DONE
    assert old.closed_on == clock.today()
    assert cell(MICRO).parent_id == first.pk
    assert tiles(ZHIHE)
    mirrors()
    assert scope(south)[:2] == (first.pk, first.pk)
    assert scope(north)[:2] == (second.pk, second.pk)
    assert scope(loose)[:2] == (first.pk, first.pk)
    assert scope(inside)[:2] == (cell(UNIT).pk, first.pk)
    pairs = Lineage.objects.filter(redraw=redraw).values_list("before_id", "after_id")
    assert sorted(pairs) == [(old.pk, first.pk), (old.pk, second.pk)]


def test_a_split_keeps_its_head_on_the_first_part_and_leaves_the_others_vacant(
    world: World,
) -> None:
    make(world, "SPLIT", GRID, line=LINE, day=later())
    first = Appointment.objects.get(user=world.users["area"], cell__code=THIRD)
    assert (first.starts, first.ends) == (later(), None)
    assert world_post(world, GRID).ends == later() - timedelta(days=1)
    assert not Appointment.objects.filter(cell__code=FOURTH).exists()
    assert not AuditRow.objects.filter(action="grid.apply_redraw").exists()
    assert Appointment.objects.in_term().get(user=world.users["area"]).cell.code == GRID


def world_post(world: World, code: str) -> Appointment:
    return Appointment.objects.get(user=world.users["area"], cell__code=code)


def test_a_split_by_areas_keeps_their_order_and_names(world: World) -> None:
    north, south = box(110.1, 25.15, 110.15, 25.2), box(110.1, 25.1, 110.15, 25.15)
    parts = [{"geometry": north, "name": "北"}, {"geometry": south, "name": "南"}]
    make(world, "SPLIT", GRID, parts=parts)
    assert (cell(THIRD).name, cell(FOURTH).name) == ("北", "南")
    assert cell(MICRO).parent_id == cell(FOURTH).pk
    assert tiles(ZHIHE)


def test_the_handler_of_an_order_goes_on_in_the_new_term(world: World) -> None:
    order = world.order(cell=GRID)
    Order.objects.filter(pk=order.pk).update(handler_post=world.post("area"))
    make(world, "SPLIT", GRID, line=LINE)
    order.refresh_from_db()
    assert order.handler_post is not None
    assert order.handler_post.cell.code == THIRD
    assert Order.objects.visible_to(world.actor("area")).filter(pk=order.pk).exists()


def test_a_merger_keeps_the_first_code_and_takes_everything_in(world: World) -> None:
    there = world.order(cell=SECOND)
    make(world, "MERGE", GRID, **WITH_SECOND, name="致和大网格")
    one = cell(GRID)
    assert (one.name, cell(SECOND).closed_on) == ("致和大网格", clock.today())
    assert ground(GRID).equals(ground(ZHIHE))
    assert scope(there)[:2] == (one.pk, one.pk)
    assert tiles(ZHIHE)
    mirrors()


def test_a_moved_cell_takes_its_ground_its_orders_and_their_desk_along(world: World) -> None:
    order = accept_order(world.order(cell=UNIT), actor=world.actor("zhihe"))
    closed = world.order(cell=UNIT)
    Order.objects.filter(pk=closed.pk).update(state="CLOSED")
    community = cell(QILIPING)
    make(world, "MOVE", SECOND, parent=QILIPING)
    make(world, "MOVE", GRID, parent=QILIPING)
    assert scope(order)[2] == scope(closed)[2] == community.pk
    assert order.desk_id == community.pk
    assert closed.desk_id == cell(ZHIHE).pk
    assert cell(ZHIHE).boundary is None
    assert ground(QILIPING).equals(shape(box(110.1, 25.1, 110.3, 25.2)))
    assert cell(UNIT).is_under(community.pk)
    mirrors()
    assert Order.objects.visible_to(world.actor("neighbour")).filter(pk=order.pk).exists()
    assert not Order.objects.visible_to(world.actor("zhihe")).filter(pk=order.pk).exists()
    assert tiles(QILIPING)


def test_a_closed_cell_hands_its_orders_up_and_ends_its_terms(world: World) -> None:
    order = world.order(cell=UNIT)
    make(world, "CLOSE", UNIT)
    assert scope(order)[0] == cell(MICRO).pk
    assert cell(UNIT).closed_on == clock.today()
    post = Appointment.objects.get(user=world.users["unit"])
    assert post.ends == clock.today() - timedelta(days=1)
    assert not Appointment.objects.in_term().filter(user=world.users["unit"]).exists()
    mirrors()


def test_cells_inside_a_closed_one_may_go_to_a_neighbour(world: World) -> None:
    make(world, "CLOSE", GRID, children_to=SECOND)
    assert cell(MICRO).parent_id == cell(SECOND).pk
    assert tiles(ZHIHE)
    mirrors()


def test_a_new_outline_counts_from_its_day(world: World) -> None:
    smaller = box(110.1, 25.1, 110.14, 25.2)
    seen = look(world, "BOUNDARY", GRID, boundary=smaller)
    assert [note.code for note in seen.notes] == ["redraw_gives_up"]
    make(world, "BOUNDARY", GRID, boundary=smaller, day=later())
    assert ground(GRID).equals(shape(box(110.1, 25.1, 110.15, 25.2)))
    outline = dict(tree_at(later()).boundaries())[cell(GRID).pk]
    assert shape(outline).equals(shape(smaller))


def test_a_redraw_is_written_into_the_log(world: World) -> None:
    redraw = make(world, "RENAME", GRID, name="桥头网格")
    verbs = AuditRow.objects.filter(subject_type="grid.redraw", subject_id=redraw.pk)
    assert set(verbs.values_list("action", flat=True)) == {
        "grid.plan_redraw", "grid.apply_redraw",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "request_", "why"),
    [
        ("RENAME", GRID, {"name": "第一网格"}, "redraw_nothing"),
        ("RENAME", GRID, {}, "redraw_name"),
        ("MOVE", ZHIHE, {"parent": GRID}, "redraw_cycle"),
        ("MOVE", GRID, {"parent": "450312100"}, "redraw_level"),
        ("MOVE", GRID, {"parent": "999"}, "redraw_cell_unknown"),
        ("MOVE", GRID, {"parent": ZHIHE}, "redraw_nothing"),
        ("SPLIT", GRID, {}, "redraw_no_line"),
        ("SPLIT", GRID, {"line": {"type": "LineString",
                                  "coordinates": [[110.3, 25.1], [110.4, 25.1]]}},
         "redraw_line_outside"),
        ("SPLIT", GRID, {"line": {"type": "LineString",
                                  "coordinates": [[110.09, 25.15], [110.12, 25.15]]}},
         "redraw_line_does_not_cross"),
        ("SPLIT", GRID, {"line": {"type": "LineString",
                                  "coordinates": [[110.09, 25.11], [110.16, 25.11]]}},
         "redraw_child_cut"),
        ("SPLIT", GRID, {"parts": [{"geometry": box(110.1, 25.1, 110.15, 25.16)},
                                   {"geometry": box(110.1, 25.15, 110.15, 25.2)}]},
         "redraw_parts_overlap"),
        ("SPLIT", GRID, {"parts": [{"geometry": box(110.1, 25.1, 110.15, 25.14)},
                                   {"geometry": box(110.1, 25.15, 110.15, 25.2)}]},
         "redraw_parts_leave_gap"),
        ("MERGE", GRID, {"with": [QILIPING + "001"]}, "redraw_not_beside"),
        ("MERGE", GRID, {}, "redraw_alone"),
        ("CLOSE", GRID, {}, "redraw_children"),
        ("BOUNDARY", GRID, {"boundary": box(110.1, 25.1, 110.16, 25.2)}, "redraw_overlaps"),
        ("BOUNDARY", GRID, {"boundary": box(110.09, 25.1, 110.15, 25.2)},
         "redraw_outside_parent"),
        ("BOUNDARY", GRID, {"boundary": box(110.11, 25.1, 110.15, 25.2)},
         "redraw_child_outside"),
        ("BOUNDARY", GRID, {}, "redraw_no_boundary"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_its_reason_and_changes_nothing(
    world: World, kind: str, code: str, request_: dict[str, Any], why: str
) -> None:
    before = picture()
    assert look(world, kind, code, who="district", **request_).faults[0].code == why
    with pytest.raises(Refused) as refusal:
        make(world, kind, code, who="district", **request_)
    assert (refusal.value.code, refusal.value.status) == (why, 422)
    assert "%(" not in refusal.value.sentence
    assert picture() == before


def picture() -> tuple[object, ...]:
    """Everything a redraw may change."""
    return (
        list(Cell.objects.order_by("pk").values()),
        list(CellVersion.objects.order_by("pk").values()),
        list(Appointment.objects.order_by("pk").values()),
        list(Order.objects.order_by("pk").values()),
        Redraw.objects.count(),
    )


def test_a_cut_child_may_go_where_most_of_it_lies(world: World) -> None:
    line = {"type": "LineString", "coordinates": [[110.09, 25.105], [110.16, 25.105]]}
    seen = look(world, "SPLIT", GRID, line=line, cut="larger")
    assert [note.code for note in seen.notes] == ["redraw_child_cut"]
    make(world, "SPLIT", GRID, line=line, cut="larger")
    assert cell(MICRO).parent_id == cell(FOURTH).pk


def test_the_past_stays_as_it_was(world: World) -> None:
    before = picture()
    with pytest.raises(Refused) as refusal:
        make(world, "RENAME", GRID, name="旧", day=later(-1))
    assert refusal.value.code == "redraw_past"
    assert picture() == before


def test_nothing_may_come_to_lie_where_nobody_looks(world: World) -> None:
    world.order(cell=UNIT)
    heads = Appointment.objects.filter(cell__code__in=["450312", "450312100", QILIPING])
    heads.update(ends=clock.today() - timedelta(days=1))
    before = picture()
    with pytest.raises(Refused) as refusal:
        plan_redraw(
            "MOVE", cell(GRID), effective_on=clock.today(), reason="调整",
            request={"parent": QILIPING}, actor=system("test"),
        )  # fmt: skip
    assert refusal.value.code == "redraw_nobody"
    assert picture() == before


@pytest.mark.parametrize(
    ("who", "kind", "code", "request_"),
    [
        ("neighbour", "SPLIT", GRID, {"line": LINE}),
        ("area", "SPLIT", GRID, {"line": LINE}),
        ("zhihe", "MOVE", GRID, {"parent": QILIPING}),
        ("zhihe", "RENAME", ZHIHE, {"name": "另名"}),
        ("orgdept", "RENAME", GRID, {"name": "另名"}),
        ("resident", "RENAME", GRID, {"name": "另名"}),
    ],
)
def test_only_who_keeps_the_ground_above_may_redraw(
    world: World, who: str, kind: str, code: str, request_: dict[str, Any]
) -> None:
    before = picture()
    with pytest.raises(Refused) as refusal:
        make(world, kind, code, who=who, **request_)
    assert (refusal.value.code, refusal.value.status) == ("forbidden", 403)
    assert picture() == before


def test_a_general_head_splits_grids_of_the_own_community(world: World) -> None:
    make(world, "SPLIT", GRID, line=LINE, who="zhihe")
    assert cell(THIRD).parent_id == cell(ZHIHE).pk


@settings(
    max_examples=15, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(west=st.floats(25.125, 25.195), east=st.floats(25.105, 25.195))
def test_parts_cover_the_whole_and_joined_again_are_the_old_ground(
    world: World, west: float, east: float
) -> None:
    line = {"type": "LineString", "coordinates": [[110.09, west], [110.16, east]]}
    whole = ground(GRID)
    with transaction.atomic():
        made = make(world, "SPLIT", GRID, line=line, cut="larger")
        first, second = (each["code"] for each in made.moves["becomes"])
        assert tiles(ZHIHE)
        again_one: dict[str, Any] = {"with": [second]}
        make(world, "MERGE", first, **again_one)
        assert tiles(ZHIHE)
        again = ground(first)
        assert shapely.symmetric_difference(again, whole).area < 1e-9 * whole.area
        assert cell(MICRO).parent_id == cell(first).pk
        transaction.set_rollback(True)

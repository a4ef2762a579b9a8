"""A redraw before and after its day, taken back, and two people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.choices import RedrawState
from gridpact.grid.models import Appointment, Cell, PostKind, Redraw
from gridpact.grid.services import edit_cell
from gridpact.grid.services.posts import appoint
from gridpact.grid.services.redraw import apply_due, undo_redraw
from gridpact.grid.tree import tree, tree_at
from gridpact.orders.models import Order
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World
from tests.grid.redraws import FOURTH, LINE, SECOND, THIRD, box, cell, later, make
from tests.grid.test_redraw import mirrors, picture, scope, tiles

WITH_FIRST: dict[str, Any] = {"with": [GRID]}
CLOCK = system("clock")


def morning(days: int) -> datetime:
    return datetime.combine(later(days), time(8), clock.LOCAL)


def test_a_planned_split_is_seen_from_its_day_only(world: World) -> None:
    order = world.order(lon=110.13, lat=25.18)
    make(world, "SPLIT", GRID, line=LINE, names=["南片", "北片"], day=later(10))
    assert GRID in tree().by_code
    assert {GRID, THIRD} & set(tree_at(later(9)).by_code) == {GRID}
    then = tree_at(later(10))
    assert {GRID, THIRD, FOURTH} & set(then.by_code) == {THIRD, FOURTH}
    assert then.by_code[MICRO].parent_id == then.by_code[THIRD].id
    assert apply_due(actor=CLOCK) == 0
    assert scope(order)[0] == cell(GRID).pk
    assert cell(MICRO).parent_id == cell(GRID).pk


def test_the_worker_does_what_is_due_once(world: World) -> None:
    order = world.order(lon=110.13, lat=25.18)
    redraw = make(world, "SPLIT", GRID, line=LINE, day=later(10))
    with clock.frozen(morning(10)):
        assert apply_due(actor=CLOCK) == 1
        assert apply_due(actor=CLOCK) == 0
        redraw.refresh_from_db()
        assert redraw.state == RedrawState.DONE
        assert scope(order)[:2] == (cell(FOURTH).pk, cell(FOURTH).pk)
        assert tiles(ZHIHE)
        mirrors()


def test_a_plan_that_cannot_be_carried_out_holds_up_no_other(world: World) -> None:
    stuck = make(world, "RENAME", GRID, name="桥头网格", day=later(10))
    make(world, "RENAME", SECOND, name="河东网格", day=later(10))
    gone = cell(QILIPING + "001")
    world.order(cell=gone.code)
    stuck.undo["heirs"] = {str(gone.pk): [gone.pk]}  # a plan whose rows cannot leave their cell
    stuck.save(update_fields=["undo"])
    with clock.frozen(morning(10)):
        assert apply_due(actor=CLOCK) == 1
    stuck.refresh_from_db()
    assert (stuck.state, cell(GRID).name) == ("PLANNED", "第一网格")
    assert cell(SECOND).name == "河东网格"


def test_what_is_edited_before_the_day_is_kept_by_the_plan(world: World) -> None:
    make(world, "MOVE", SECOND, parent=QILIPING, day=later(10))
    edit_cell(cell(SECOND), "河东网格", 77, actor=world.actor("township"))
    with clock.frozen(morning(10)):
        apply_due(actor=CLOCK)
        moved = cell(SECOND)
        assert (moved.name, moved.doors, moved.parent_id) == ("河东网格", 77, cell(QILIPING).pk)
        mirrors()


def test_what_came_in_after_the_plan_goes_to_the_heirs_too(world: World) -> None:
    make(world, "SPLIT", GRID, line=LINE, day=later(10))
    late = world.order(lon=110.14, lat=25.19)
    kind = PostKind.objects.get(code="grid_worker")
    post = appoint(world.users["unit"], kind, cell(GRID), actor=world.actor("township"))
    with clock.frozen(morning(10)):
        apply_due(actor=CLOCK)
        assert scope(late)[0] == cell(FOURTH).pk
        post.refresh_from_db()
        assert post.ends == later(-1)


def test_a_second_plan_on_the_same_ground_names_the_first(world: World) -> None:
    first = make(world, "SPLIT", GRID, line=LINE, day=later(10))
    before = picture()
    with pytest.raises(Refused) as refusal:
        make(world, "MERGE", SECOND, **WITH_FIRST, day=later(5))
    assert (refusal.value.code, refusal.value.status) == ("redraw_conflict", 409)
    assert first.code in refusal.value.sentence
    assert picture() == before


@pytest.mark.parametrize(
    ("kind", "code", "request_"),
    [
        ("RENAME", GRID, {"name": "桥头网格"}),
        ("SPLIT", GRID, {"line": LINE}),
        ("MERGE", GRID, {"with": [SECOND]}),
        ("MOVE", GRID, {"parent": QILIPING}),
        ("CLOSE", UNIT, {}),
        ("CLOSE", GRID, {"children_to": SECOND}),
        ("BOUNDARY", GRID, {"boundary": box(110.1, 25.1, 110.14, 25.2)}),
    ],
)
@pytest.mark.parametrize("days", [0, 10])
def test_taken_back_everything_is_as_it_was(
    world: World, kind: str, code: str, request_: dict[str, Any], days: int
) -> None:
    place = world.order(lon=110.13, lat=25.18)
    order = world.order(cell=UNIT)
    Order.objects.filter(pk=order.pk).update(handler_post=world.post("area"))
    open_cells = as_seen()
    redraw = make(world, kind, code, day=later(days), **request_)
    assert days or as_seen() != open_cells
    undone = undo_redraw(redraw, actor=world.actor("township"))
    assert undone.state == RedrawState.UNDONE
    assert as_seen() == open_cells
    assert Order.objects.get(pk=place.pk).cell.code == GRID
    mirrors()
    assert set(tree_at(later(20)).by_code) == set(tree().by_code)


def as_seen() -> tuple[object, ...]:
    """Open cells, terms and orders: what people see."""
    fields = ("pk", "name", "parent_id", "path", "boundary", "doors", "point_lon", "closed_on")
    return (
        list(Cell.objects.open().order_by("pk").values(*fields)),
        list(Appointment.objects.order_by("pk").values()),
        list(Order.objects.order_by("pk").values()),
    )


def test_a_code_taken_back_is_never_given_again(world: World) -> None:
    redraw = make(world, "SPLIT", GRID, line=LINE)
    undo_redraw(redraw, actor=world.actor("township"))
    again = make(world, "SPLIT", GRID, line=LINE)
    assert [each["code"] for each in again.moves["becomes"]] == [ZHIHE + "005", ZHIHE + "006"]


def test_a_redraw_is_not_taken_back_once_something_depends_on_it(world: World) -> None:
    redraw = make(world, "SPLIT", GRID, line=LINE)
    world.order(lon=110.13, lat=25.18)
    refuses(world, redraw, "redraw_depends")
    Order.objects.all().delete()
    later_one = make(world, "RENAME", THIRD, name="南片")
    refuses(world, redraw, "redraw_later")
    undo_redraw(later_one, actor=world.actor("township"))
    refuses(world, later_one, "redraw_undone")
    edit_cell(cell(FOURTH), "北片", 5, actor=world.actor("township"))
    refuses(world, redraw, "redraw_edited")


def refuses(world: World, redraw: Redraw, why: str) -> None:
    before = picture()
    with pytest.raises(Refused) as refusal:
        undo_redraw(redraw, actor=world.actor("township"))
    assert (refusal.value.code, refusal.value.status) == (why, 409)
    assert picture() == before


def test_only_who_could_make_it_takes_it_back(world: World) -> None:
    redraw = make(world, "SPLIT", GRID, line=LINE)
    for who in ("neighbour", "area", "orgdept"):
        with pytest.raises(Refused) as refusal:
            undo_redraw(redraw, actor=world.actor(who))
        assert refusal.value.code == "forbidden"
    assert undo_redraw(redraw, actor=world.actor("zhihe")).state == RedrawState.UNDONE


def test_of_two_people_at_once_one_is_told_to_wait(real_world: World) -> None:
    start = Barrier(2)

    def split(who: str) -> str:
        start.wait(10)
        try:
            return make(real_world, "SPLIT", GRID, line=LINE, who=who).state
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(split, ["township", "zhihe"]))
    assert answers[0] == "DONE"
    assert answers[1] in {"redraw_running", "not_found"}
    assert Redraw.objects.count() == 1
    assert Cell.objects.open().filter(parent__code=ZHIHE).count() == 3


def test_two_workers_share_what_is_due(real_world: World) -> None:
    make(real_world, "SPLIT", GRID, line=LINE, day=later(1))
    make(real_world, "RENAME", QILIPING + "001", name="河西网格", day=later(1))
    start = Barrier(2)

    def work(_at: int) -> int:
        start.wait(10)
        try:
            with clock.frozen(morning(1)):
                return apply_due(actor=CLOCK)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 2
    assert set(Redraw.objects.values_list("state", flat=True)) == {"DONE"}
    assert cell(QILIPING + "001").name == "河西网格"
    assert cell(THIRD).parent_id == cell(ZHIHE).pk

"""A new outline moves the border with its neighbours: ground, cells inside and orders pass over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shapely.geometry import shape

from gridpact.core.access import Refused, system
from gridpact.grid.models import Cell, CellVersion, Redraw
from gridpact.grid.services.redraw import apply_due, undo_redraw
from gridpact.grid.services.versions import open_versions
from gridpact.grid.tree import tree_at
from gridpact.orders.models import Order
from tests.factories.world import GRID, MICRO, OPENED, QILIPING, ZHIHE, World
from tests.grid.redraws import SECOND, box, cell, ground, later, look, make
from tests.pages import browser

WIDER, NARROWER = box(110.1, 25.1, 110.16, 25.2), box(110.1, 25.1, 110.14, 25.2)


def child(code: str, parent: str, area: dict[str, Any]) -> Cell:
    """A further building with an outline."""
    above = cell(parent)
    made = Cell.objects.create(
        code=code, name=f"楼{code[-3:]}", level="MICRO_GRID", parent=above, path="",
        boundary=area, opened_on=OPENED,
    )  # fmt: skip
    made.path = f"{above.path}{made.pk}/"
    made.save(update_fields=["path"])
    open_versions([made])
    return made


def at(world: World, code: str, lon: float) -> Order:
    """An open order in a grid, placed at 25.15 north."""
    order = world.order(cell=code)
    Order.objects.filter(pk=order.pk).update(lon=lon, lat=25.15)
    return order


def lies(order: Order) -> str:
    order.refresh_from_db()
    assert order.grid_id == order.cell_id
    return order.cell.code


def counts(lines: Any) -> dict[str, int]:
    return {line.label: line.count for line in lines}


def test_a_strip_comes_from_the_neighbour_with_the_orders_in_it(world: World) -> None:
    inside, beyond = at(world, SECOND, 110.155), at(world, SECOND, 110.18)
    loose = world.order(cell=SECOND)
    seen = look(world, "BOUNDARY", GRID, boundary=WIDER, take_from=[SECOND])
    assert seen.is_possible
    (note,) = seen.notes
    assert (note.code, note.params["name"], note.params["to"]) == (
        "redraw_takes", "第二网格", "第一网格",
    )  # fmt: skip
    assert note.params["area"] == pytest.approx(1.12e7, rel=0.01)
    assert 1 in counts(seen.moves).values()
    make(world, "BOUNDARY", GRID, boundary=WIDER, take_from=[SECOND])
    assert ground(GRID).equals(shape(WIDER))
    assert ground(SECOND).equals(shape(box(110.16, 25.1, 110.2, 25.2)))
    assert [lies(order) for order in (inside, beyond, loose)] == [GRID, SECOND, SECOND]


def test_ground_that_is_given_up_goes_to_the_named_neighbour(world: World) -> None:
    edge, middle = at(world, GRID, 110.145), at(world, GRID, 110.13)
    make(world, "BOUNDARY", GRID, boundary=NARROWER, give_to=SECOND)
    assert ground(SECOND).equals(shape(box(110.14, 25.1, 110.2, 25.2)))
    assert [lies(edge), lies(middle)] == [SECOND, GRID]


def test_without_a_neighbour_the_orders_outside_stay_and_are_counted(world: World) -> None:
    edge = at(world, GRID, 110.145)
    seen = look(world, "BOUNDARY", GRID, boundary=NARROWER)
    assert [note.code for note in seen.notes] == ["redraw_gives_up"]
    assert list(counts(seen.moves).values())[-1] == 1
    make(world, "BOUNDARY", GRID, boundary=NARROWER)
    assert lies(edge) == GRID


def test_a_building_in_the_strip_comes_along_whole_and_is_never_cut(world: World) -> None:
    building = child(SECOND + "001", SECOND, box(110.151, 25.12, 110.155, 25.13))
    order = world.order(cell=building.code)
    make(world, "BOUNDARY", GRID, boundary=WIDER, take_from=[SECOND])
    building.refresh_from_db()
    order.refresh_from_db()
    assert (building.parent_id, order.grid_id) == (cell(GRID).pk, cell(GRID).pk)
    assert building.is_under(cell(GRID).pk)
    seen = look(world, "BOUNDARY", GRID, boundary=box(110.1, 25.1, 110.153, 25.2), give_to=SECOND)
    assert [fault.code for fault in seen.faults] == ["redraw_strip_cuts"]
    for border, home in ((110.1535, GRID), (110.1525, SECOND)):
        smaller = box(110.1, 25.1, border, 25.2)
        seen = look(world, "BOUNDARY", GRID, boundary=smaller, give_to=SECOND, cut="larger")
        told = [note.params["to"] for note in seen.notes if note.code == "redraw_child_cut"]
        assert (seen.is_possible, told) == (True, [cell(home).name])
    make(world, "BOUNDARY", GRID, boundary=smaller, give_to=SECOND, cut="larger")
    building.refresh_from_db()
    assert building.parent_id == cell(SECOND).pk


def test_undo_puts_ground_and_orders_back(world: World) -> None:
    inside = at(world, SECOND, 110.155)
    before = [ground(GRID), ground(SECOND)]
    redraw = make(world, "BOUNDARY", GRID, boundary=WIDER, take_from=[SECOND])
    assert lies(inside) == GRID
    undo_redraw(redraw, actor=world.actor("township"))
    assert lies(inside) == SECOND
    assert [ground(GRID), ground(SECOND)] == before


def test_a_border_may_move_on_a_later_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = at(world, SECOND, 110.155)
    make(world, "BOUNDARY", GRID, boundary=WIDER, take_from=[SECOND], day=later())
    assert lies(inside) == SECOND
    outlines = dict(tree_at(later()).boundaries())
    assert shape(outlines[cell(SECOND).pk]).equals(shape(box(110.16, 25.1, 110.2, 25.2)))
    day = later()
    monkeypatch.setattr("gridpact.core.clock.today", lambda: day)
    assert apply_due(actor=system("clock")) == 1
    assert lies(inside) == GRID


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ({"boundary": WIDER}, "redraw_overlaps"),
        ({"boundary": WIDER, "take_from": [QILIPING + "001"]}, "redraw_not_beside"),
        ({"boundary": WIDER, "take_from": ["999"]}, "redraw_cell_unknown"),
        ({"boundary": NARROWER, "give_to": QILIPING + "001"}, "redraw_not_beside"),
        ({"boundary": box(110.1, 25.1, 110.2, 25.2), "take_from": [SECOND]}, "redraw_swallows"),
        ({"boundary": box(110.11, 25.1, 110.15, 25.2), "give_to": SECOND}, "redraw_strip_apart"),
    ],
)  # fmt: skip
def test_what_a_neighbour_cannot_give_or_take_is_refused_and_changes_nothing(
    world: World, request_: dict[str, Any], why: str
) -> None:
    before = list(CellVersion.objects.order_by("pk").values())
    seen = look(world, "BOUNDARY", GRID, **request_)
    assert seen.faults[0].code == why
    with pytest.raises(Refused) as refusal:
        make(world, "BOUNDARY", GRID, **request_)
    assert (refusal.value.code, "%(" in refusal.value.sentence) == (why, False)
    assert list(CellVersion.objects.order_by("pk").values()) == before
    assert not Redraw.objects.exists()


def test_the_wizard_offers_the_neighbours_and_shows_the_strip(world: World) -> None:
    page = browser(world, "township")
    address = f"/cells/{GRID}/redraw?kind=BOUNDARY"
    offered = page.get(address).content.decode()
    assert offered.count(f'value="{SECOND}"') == 2  # to take from, and to give to
    data = {
        "shape": json.dumps(WIDER), "take_from": [SECOND], "give_to": "", "cut": "refuse",
        "effective_on": later(0).isoformat(), "reason": "河道以西划入",
    }  # fmt: skip
    seen = page.post(address, data)
    assert seen.status_code == 200
    assert f'name="take_from" value="{SECOND}"' in seen.content.decode()
    assert page.post(address, data | {"confirm": "1"}).status_code == 302
    assert ground(GRID).equals(shape(WIDER))


def test_the_api_takes_the_neighbours_too(world: World) -> None:
    answer = browser(world, "township").post(
        f"/api/v1/cells/{GRID}/redraw",
        {"kind": "BOUNDARY", "reason": "调整", "boundary": NARROWER, "give_to": SECOND},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    assert ground(SECOND).equals(shape(box(110.14, 25.1, 110.2, 25.2)))
    assert cell(MICRO).parent_id == cell(GRID).pk
    assert ZHIHE in str(answer.json()["cell"])

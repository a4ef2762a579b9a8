from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gridpact.audit.models import AuditRow
from gridpact.core import clock
from gridpact.core.access import Refused, system
from gridpact.grid.models import Appointment, Cell, PostKind
from gridpact.grid.services import appoint, load_cells, load_divisions, load_posts
from gridpact.grid.services.features import short_division
from gridpact.grid.tree import current_version
from tests.factories.world import GRID, QILIPING, ZHIHE, World

OPERATOR = system("operator")


def square(west: float, south: float, size: float = 0.01) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: str, **given: Any) -> dict[str, Any]:
    geometry = given.pop("geometry", square(110.1, 25.1))
    return {
        "type": "Feature",
        "properties": {"code": code, "name": "网格", **given},
        "geometry": geometry,
    }


def reasons(features: list[Any]) -> dict[int, str]:
    """Load, and see that a file with a bad row leaves nothing behind."""
    before = list(Cell.objects.values_list("code", "name", "boundary"))
    report = load_cells(features, actor=OPERATOR)
    assert not report.saved
    assert list(Cell.objects.values_list("code", "name", "boundary")) == before
    return dict(report.rejected)


def test_parents_may_come_after_their_children(world: World) -> None:
    micro, grid = f"{ZHIHE}009001", f"{ZHIHE}009"
    report = load_cells(
        [feature(micro, level="MICRO_GRID", parent=grid, doors=12), feature(grid, parent=ZHIHE)],
        actor=OPERATOR,
    )
    assert (report.accepted, report.rejected, report.saved) == (2, [], True)
    made = Cell.objects.get(code=micro)
    assert made.parent == Cell.objects.get(code=grid)
    assert made.path == f"{world.cells[ZHIHE].path}{made.parent_id}/{made.pk}/"
    assert (made.level, made.doors) == ("MICRO_GRID", 12)
    assert 110.1 < (made.point_lon or 0) < 110.11


def test_level_and_parent_follow_from_the_code(world: World) -> None:
    report = load_cells([feature(f"{ZHIHE}009")], actor=OPERATOR)
    assert report.saved
    made = Cell.objects.get(code=f"{ZHIHE}009")
    assert (made.level, made.parent) == ("GRID", world.cells[ZHIHE])


def test_loading_the_same_cells_again_changes_nothing(world: World) -> None:
    rows = [feature(f"{ZHIHE}009", doors=4)]
    load_cells(rows, actor=OPERATOR)
    version, logged = current_version(), AuditRow.objects.count()
    report = load_cells(rows, actor=OPERATOR)
    assert (report.accepted, report.unchanged, report.saved) == (0, 1, True)
    assert (current_version(), AuditRow.objects.count()) == (version, logged)


def test_a_load_moves_the_tree_version_and_leaves_one_audit_row(world: World) -> None:
    version = current_version()
    load_cells([feature(f"{ZHIHE}009")], actor=OPERATOR)
    assert current_version() > version
    assert AuditRow.objects.filter(action="grid.load_cells", actor_name="operator").count() == 1


def test_a_changed_name_and_boundary_are_taken(world: World) -> None:
    load_cells([feature(f"{ZHIHE}009")], actor=OPERATOR)
    moved = square(110.12, 25.12)
    report = load_cells([feature(f"{ZHIHE}009", name="新网格", geometry=moved)], actor=OPERATOR)
    made = Cell.objects.get(code=f"{ZHIHE}009")
    assert (report.accepted, made.name, made.boundary) == (1, "新网格", moved)
    assert 110.12 < (made.point_lon or 0) < 110.13


def test_a_row_without_geometry_keeps_the_boundary(world: World) -> None:
    load_cells([feature(f"{ZHIHE}009")], actor=OPERATOR)
    report = load_cells([feature(f"{ZHIHE}009", geometry=None)], actor=OPERATOR)
    assert (report.unchanged, Cell.objects.get(code=f"{ZHIHE}009").boundary) == (
        1,
        square(110.1, 25.1),
    )


def test_a_dry_run_counts_but_writes_nothing(world: World) -> None:
    report = load_cells([feature(f"{ZHIHE}009")], actor=OPERATOR, dry_run=True)
    assert (report.accepted, report.saved) == (1, False)
    assert not Cell.objects.filter(code=f"{ZHIHE}009").exists()


BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[110, 25], [111, 26], [111, 25], [110, 26], [110, 25]]],
}


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("no feature", id="not an object"),
        pytest.param({"type": "Feature", "properties": None}, id="no properties"),
        pytest.param(feature("4" * 21, level="GRID"), id="code too long"),
        pytest.param(feature("45 03", level="GRID"), id="code with a blank"),
        pytest.param(feature(f"{ZHIHE}008", name=""), id="no name"),
        pytest.param(feature(f"{ZHIHE}008", name="a\x00b"), id="NUL in the name"),
        pytest.param(feature(f"{ZHIHE}008", level="STREET"), id="unknown level"),
        pytest.param(feature(f"{ZHIHE}008", kind="ROUND"), id="unknown kind"),
        pytest.param(feature(f"{ZHIHE}008", doors=-1), id="negative doors"),
        pytest.param(feature(f"{ZHIHE}008", doors=1.5), id="half a door"),
        pytest.param(feature(f"{ZHIHE}008", parent="1"), id="missing parent"),
        pytest.param(feature(f"{ZHIHE}008", parent=GRID), id="parent of the same level"),
        pytest.param(feature(f"{ZHIHE}008", geometry=BOWTIE), id="ring crosses itself"),
        pytest.param(
            feature(f"{ZHIHE}008", geometry={"type": "Point", "coordinates": [1, 2]}), id="a point"
        ),
        pytest.param(
            feature(f"{ZHIHE}008", geometry={"type": "Polygon", "coordinates": "x"}), id="junk ring"
        ),
        pytest.param(
            feature(f"{ZHIHE}008", geometry=square(5e5, 3e6, 10)), id="metres instead of degrees"
        ),
    ],
)
def test_one_bad_row_rejects_the_file_and_says_which(world: World, bad: Any) -> None:
    found = reasons([feature(f"{ZHIHE}009"), bad])
    assert list(found) == [2]
    assert found[2]


def test_a_code_twice_in_one_file_is_rejected(world: World) -> None:
    assert list(reasons([feature(f"{ZHIHE}009"), feature(f"{ZHIHE}009")])) == [2]


def test_parents_in_a_circle_are_rejected(world: World) -> None:
    first, second = f"{ZHIHE}008", f"{ZHIHE}009"
    rows = [feature(first, parent=second), feature(second, level="MICRO_GRID", parent=first)]
    assert sorted(reasons(rows)) == [1, 2]


def test_a_row_below_a_rejected_row_is_rejected(world: World) -> None:
    rows = [feature(f"{ZHIHE}009", parent="1"), feature(f"{ZHIHE}009001", parent=f"{ZHIHE}009")]
    assert sorted(reasons(rows)) == [1, 2]


def test_a_root_below_the_district_needs_a_parent(world: World) -> None:
    assert list(reasons([feature("990000000001", level="COMMUNITY")])) == [1]


def test_moving_a_cell_is_no_load(world: World) -> None:
    assert list(reasons([feature(GRID, parent=QILIPING)])) == [1]


def test_the_code_of_a_closed_cell_is_never_used_again(world: World) -> None:
    load_cells([feature(f"{ZHIHE}009")], actor=OPERATOR)
    Cell.objects.filter(code=f"{ZHIHE}009").update(closed_on=clock.today())
    assert list(reasons([feature(f"{ZHIHE}009")])) == [1]


def test_only_the_district_desk_loads_cells(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        load_cells([feature(f"{ZHIHE}009")], actor=world.actor("zhihe"))
    assert refusal.value.status == 403
    assert load_cells([feature(f"{ZHIHE}009")], actor=world.actor("district")).saved


def test_divisions_find_their_place_by_their_code(world: World) -> None:
    rows = [
        (2, {"code12": "450312101001", "name": "六塘社区", "town": "六塘镇"}),
        (3, {"code12": "450312101000", "name": "六塘镇"}),
        (4, {"code12": "450312100012", "name": "致和社区"}),
    ]
    report = load_divisions(rows, actor=OPERATOR)
    assert (report.accepted, report.unchanged, report.saved) == (2, 1, True)
    village = Cell.objects.get(code="450312101001")
    assert village.parent == Cell.objects.get(code="450312101", level="TOWNSHIP")
    assert village.parent is not None
    assert village.parent.parent == world.cells["450312"]


@pytest.mark.parametrize(
    ("given", "short"),
    [
        ("450312000000", "450312"),
        ("450312100000", "450312100"),
        ("450000000000", "45"),
        ("450312100012", "450312100012"),
        ("450312", "450312"),
    ],
)
def test_padded_division_codes_are_shortened(given: str, short: str) -> None:
    assert short_division(given) == short


def kind(code: str) -> PostKind:
    return PostKind.objects.get(code=code)


def test_a_post_is_given_for_a_term(world: World) -> None:
    starts, ends = date(2026, 1, 1), date(2027, 12, 31)
    post = appoint(
        world.users["volunteer"],
        kind("liaison_cadre"),
        world.cells[GRID],
        starts,
        ends,
        actor=OPERATOR,
    )
    assert (post.starts, post.ends, post.cell.code) == (starts, ends, GRID)
    assert AuditRow.objects.filter(action="grid.appoint", subject_id=post.pk).exists()


@pytest.mark.parametrize(
    ("post", "cell", "days", "code"),
    [
        ("area_head", ZHIHE, (0, 10), "wrong_level"),
        ("liaison_cadre", GRID, (0, -1), "appointment_backwards"),
        ("area_head", GRID, (0, 10), "appointment_overlaps"),
        ("area_head", GRID, (0, None), "appointment_overlaps"),
    ],
)
def test_appoint_refuses(
    world: World, post: str, cell: str, days: tuple[int, int | None], code: str
) -> None:
    today, before = clock.today(), Appointment.objects.count()
    ends = None if days[1] is None else today + timedelta(days=days[1])
    with pytest.raises(Refused) as refusal:
        appoint(
            world.users["volunteer"], kind(post), world.cells[cell], today, ends, actor=OPERATOR
        )
    assert refusal.value.code == code
    assert Appointment.objects.count() == before


def test_a_deputy_may_act_beside_the_head(world: World) -> None:
    deputy = appoint(
        world.users["volunteer"],
        kind("area_head"),
        world.cells[GRID],
        ends=clock.today(),
        acting_for=world.post("area"),
        actor=OPERATOR,
    )
    assert deputy.acting_for == world.post("area")


def test_the_neighbour_appoints_nobody_here(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        appoint(
            world.users["volunteer"],
            kind("liaison_cadre"),
            world.cells[GRID],
            actor=world.actor("neighbour"),
        )
    assert refusal.value.status == 403


ROW = {"username": "volunteer", "kind": "liaison_cadre", "cell": GRID, "starts": "2026-01-01"}


def test_posts_from_a_table_open_accounts_and_are_idempotent(world: World) -> None:
    rows = [(2, ROW), (3, {**ROW, "username": "new-cadre", "name": "韦小林", "ends": "2026-12-31"})]
    first = load_posts(rows, actor=OPERATOR)
    assert (first.accepted, first.rejected, first.saved) == (2, [], True)
    made = Appointment.objects.get(user__username="new-cadre")
    assert (made.user.name, made.ends) == ("韦小林", date(2026, 12, 31))
    assert not made.user.has_usable_password()
    again = load_posts(rows, actor=OPERATOR)
    assert (again.accepted, again.unchanged) == (0, 2)


@pytest.mark.parametrize(
    "bad",
    [
        {**ROW, "kind": "king"},
        {**ROW, "cell": "1"},
        {**ROW, "starts": "yesterday"},
        {**ROW, "username": "nobody"},
        {**ROW, "username": "no/body", "name": "韦小林"},
        {**ROW, "kind": "area_head"},
        {**ROW, "kind": "general_head"},
    ],
)
def test_one_bad_post_leaves_nothing(world: World, bad: dict[str, str]) -> None:
    before = Appointment.objects.count()
    report = load_posts([(2, ROW), (3, bad)], actor=OPERATOR)
    assert [row for row, _ in report.rejected] == [3]
    assert (report.saved, Appointment.objects.count()) == (False, before)


def test_a_dry_run_of_posts_writes_nothing(world: World) -> None:
    before = Appointment.objects.count()
    report = load_posts([(2, ROW)], actor=OPERATOR, dry_run=True)
    assert (report.accepted, report.saved, Appointment.objects.count()) == (1, False, before)

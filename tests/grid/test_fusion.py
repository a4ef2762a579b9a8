"""Laying a network over our cells finds exactly the faults that were planted in it."""

import math
import time

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import Point, Polygon, box

from gridpact.demo.territory import build_territory
from gridpact.grid.fusion import Fusion, NetCell, Share, fuse

WEST, SOUTH, STEP = 110.2, 25.2, 0.01
NORTH_M = 111_195.0 * STEP
EAST_M = NORTH_M * math.cos(math.radians(SOUTH + STEP / 2))


def square(x: float, y: float, wide: float = 1, high: float = 1) -> Polygon:
    return box(
        WEST + x * STEP, SOUTH + y * STEP, WEST + (x + wide) * STEP, SOUTH + (y + high) * STEP
    )


def row_of(count: int, prefix: str = "g") -> list[NetCell]:
    """Squares of about one kilometre from west to east."""
    return [NetCell(f"{prefix}{at}", square(at, 0)) for at in range(count)]


def faults(fusion: Fusion) -> int:
    return sum(map(len, (fusion.gaps, fusion.overlaps, fusion.doubles, fusion.outside)))


@pytest.fixture(scope="module")
def grids() -> list[NetCell]:
    return [NetCell(cell.code, cell.boundary) for cell in build_territory() if cell.level == "GRID"]


def test_the_same_net_under_other_codes_fits_without_a_finding(grids: list[NetCell]) -> None:
    fusion = fuse(grids, [NetCell(f"N{code}", shape) for code, shape in grids])
    assert len(fusion.rows) == len(grids) == 154
    assert faults(fusion) == 0
    for row in fusion.rows:
        assert row.home == f"N{row.code}"
        assert row.shares == (Share(f"N{row.code}", 1.0, 1.0),)


def test_exactly_the_planted_faults_are_found(grids: list[NetCell]) -> None:
    net = {f"N{code}": shape for code, shape in grids}
    codes = sorted(net)
    # One is missing, two are one, one is there twice over, one was drawn beside the district.
    missing, kept, joined, twice = codes[3], codes[40], codes[41], codes[90]
    del net[missing]
    net[kept] = shapely.union(net[kept], net.pop(joined))
    net["N-extra"] = net[twice]
    net["N-far"] = translate(net[codes[7]], 1.0)
    fusion = fuse(grids, [NetCell(code, shape) for code, shape in net.items()])
    assert [(gap.code, gap.missing) for gap in fusion.gaps] == [(missing[1:], 1.0)]
    assert [overlap.code for overlap in fusion.overlaps] == [twice[1:]]
    assert set(fusion.overlaps[0].network_codes) == {"N-extra", twice}
    assert [double.network_codes for double in fusion.doubles] == [("N-extra", twice)]
    assert [(far.network_code, far.share) for far in fusion.outside] == [("N-far", 1.0)]
    homes = {row.code: row.home for row in fusion.rows}
    assert homes[joined[1:]] == homes[kept[1:]] == kept
    assert homes[missing[1:]] is None


def test_a_network_of_whole_communities_holds_the_grids_in_it(grids: list[NetCell]) -> None:
    communities = [
        NetCell(cell.code, cell.boundary) for cell in build_territory() if cell.level == "COMMUNITY"
    ]
    fusion = fuse(grids, communities)
    assert faults(fusion) == 0
    assert all(row.home == row.code[:12] for row in fusion.rows)
    first = [row.shares[0].of_theirs for row in fusion.rows if row.home == "450312100001"]
    assert sum(first) == pytest.approx(1.0, abs=1e-3)


def test_shares_count_from_the_touch_threshold_and_the_greatest_comes_first() -> None:
    ours = [NetCell("g", square(0, 0))]
    net = [
        NetCell("a", square(0, 0, 0.04)),
        NetCell("b", square(0.04, 0, 0.26)),
        NetCell("c", square(0.3, 0, 0.7)),
    ]
    fusion = fuse(ours, net)
    assert fusion.rows[0].shares == (Share("c", 0.7, 1.0), Share("b", 0.26, 1.0))
    assert fusion.rows[0].home is None
    assert [overlap.network_codes for overlap in fusion.overlaps] == [("c", "b")]
    assert fusion.gaps == ()
    assert fuse(ours, net, threshold_in=0.7).rows[0].home == "c"
    all_three = fuse(ours, net, threshold_touch=0.01).overlaps[0]
    assert all_three.network_codes == ("c", "b", "a")


def test_a_partly_served_cell_is_a_gap_with_its_share_area_and_place() -> None:
    (gap,) = fuse(row_of(2), [NetCell("n", square(0, 0, 1.6))]).gaps
    assert (gap.code, gap.missing) == ("g1", 0.4)
    assert gap.area_m2 == pytest.approx(0.4 * EAST_M * NORTH_M, rel=1e-3)
    assert square(1.6, 0, 0.4).contains(Point(gap.point))


def test_ground_covered_twice_does_not_hide_a_gap() -> None:
    net = [NetCell("a", square(0, 0, 0.6)), NetCell("b", square(0, 0, 0.6))]
    fusion = fuse(row_of(1), net)
    assert [(gap.code, gap.missing) for gap in fusion.gaps] == [("g0", 0.4)]
    (double,) = fusion.doubles
    assert double.network_codes == ("a", "b")
    assert double.area_m2 == pytest.approx(0.6 * EAST_M * NORTH_M, rel=1e-3)
    assert square(0, 0, 0.6).contains(Point(double.point))


def test_what_reaches_beyond_the_district_is_outside_with_its_share() -> None:
    net = [NetCell("n", square(0, 0, 1.25))]
    (outside,) = fuse(row_of(1), net).outside
    assert (outside.network_code, outside.share) == ("n", 0.2)
    assert square(1, 0, 0.25).contains(Point(outside.point))
    assert fuse(row_of(1), net, district=square(-1, -1, 4, 4)).outside == ()


def test_borders_drawn_some_metres_off_are_no_finding() -> None:
    metres = 4.0 / EAST_M
    net = [NetCell(f"n{at}", translate(square(at, 0), metres * STEP)) for at in range(3)]
    assert faults(fuse(row_of(3), net)) == 0
    strict = fuse(row_of(3), net, tolerance_m=3.0)
    assert [outside.network_code for outside in strict.outside] == ["n2"]


def test_neighbours_that_only_touch_share_nothing() -> None:
    fusion = fuse(row_of(1), [NetCell("n", square(1, 0))])
    assert fusion.rows[0].shares == ()
    assert fusion.gaps[0].missing == 1.0
    assert fusion.outside[0].share == 1.0


def test_an_empty_side_leaves_everything_unserved_or_outside() -> None:
    assert [gap.missing for gap in fuse(row_of(2), []).gaps] == [1.0, 1.0]
    assert [each.share for each in fuse([], row_of(2)).outside] == [1.0, 1.0]


def test_codes_twice_and_bad_shapes_are_errors_of_the_caller() -> None:
    with pytest.raises(ValueError, match="twice"):
        fuse(row_of(1), [*row_of(1), *row_of(1)])
    bowtie = Polygon([(110, 25), (111, 26), (111, 25), (110, 26)])
    for shape in (bowtie, Polygon(), Point(110, 25)):
        with pytest.raises(ValueError, match="no valid area"):
            fuse([NetCell("g", shape)], [])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 8)] * 4), min_size=1, max_size=6))
def test_shares_and_gaps_agree_with_counting_squares(
    boxes: list[tuple[int, int, int, int]],
) -> None:
    """On a lattice every figure can be counted; our cell is 10 by 10, at 1 square = 1 %."""
    areas = [(x, y, min(x + w + 1, 12), min(y + h + 1, 12)) for x, y, w, h in boxes]
    net = [
        NetCell(f"n{at}", square(x / 10, y / 10, (right - x) / 10, (top - y) / 10))
        for at, (x, y, right, top) in enumerate(areas)
    ]
    squares = [
        {(i, j) for i in range(x, right) for j in range(y, top)} for x, y, right, top in areas
    ]
    ours = {(i, j) for i in range(10) for j in range(10)}
    fusion = fuse([NetCell("g", square(0, 0))], net)
    shares = {share.network_code: share for share in fusion.rows[0].shares}
    for at, theirs in enumerate(squares):
        common = len(ours & theirs)
        assert (f"n{at}" in shares) is (common >= 5) or common == 5
        if f"n{at}" in shares:
            # Rows of squares further north are a little narrower.
            assert shares[f"n{at}"].of_ours == pytest.approx(common / 100, abs=1e-3)
            assert shares[f"n{at}"].of_theirs == pytest.approx(common / len(theirs), abs=1e-3)
    missing = len(ours.difference(*squares))
    found = [gap.missing for gap in fusion.gaps]
    assert found == ([pytest.approx(missing / 100, abs=1e-3)] if found else [])
    assert bool(found) is (missing >= 5) or missing == 5
    doubles = {double.network_codes for double in fusion.doubles}
    pairs = [(i, j) for i in range(len(net)) for j in range(i + 1, len(net))]
    assert doubles == {(f"n{i}", f"n{j}") for i, j in pairs if squares[i] & squares[j]}
    outside = {each.network_code for each in fusion.outside}
    assert outside == {f"n{at}" for at, theirs in enumerate(squares) if theirs - ours}


def test_154_cells_on_154_displaced_ones_take_less_than_a_second(grids: list[NetCell]) -> None:
    net = [NetCell(f"N{code}", translate(shape, 0.001, 0.0005)) for code, shape in grids]
    start = time.process_time()
    fusion = fuse(grids, net)
    assert time.process_time() - start < 1.0
    assert len(fusion.overlaps) > 100

"""Loading network cells: all good rows or none, reasons by row, the same file twice nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from gridpact.audit.models import AuditRow
from gridpact.core.access import Refused
from gridpact.grid.datum import Datum, from_wgs84
from gridpact.networks.models import Fused, FusionShare, Network, NetworkCell
from gridpact.networks.services import load_features, load_table
from tests.factories.world import GRID, MICRO, ZHIHE, World
from tests.networks.nets import BOXES, OPERATOR, SECOND, feature, network, ring, whole


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def _nothing() -> None:
    assert not NetworkCell.objects.exists()
    assert not Network.objects.exists()
    assert not FusionShare.objects.exists()


def test_a_file_makes_its_network_and_keeps_officers_sealed(world: World) -> None:
    whole()
    cell = NetworkCell.objects.get(code="A")
    assert cell.network.org.code == "chengguan"
    assert (cell.officer_name, cell.officer_phone) == ("梁试", "13800009001")
    assert "梁试" not in cell.officer_name_sealed
    assert "1380000" not in cell.officer_phone_sealed
    assert AuditRow.objects.filter(action="networks.load_features").count() == 1
    shares = FusionShare.objects.values_list("network_cell__code", "cell__code", "of_ours")
    assert set(shares) == {("A", GRID, 1.0), ("B", SECOND, 1.0), ("C", list(BOXES)[2], 1.0)}


def test_the_same_file_again_changes_nothing(world: World) -> None:
    features = [feature(code, box) for code, box in zip("ABC", BOXES.values(), strict=True)]
    load_features(features, actor=OPERATOR)
    before = list(NetworkCell.objects.order_by("pk").values())
    made_at = Fused.objects.get().made_at
    report = load_features(features, actor=OPERATOR)
    assert (report.accepted, report.unchanged, report.rejected) == (0, 3, [])
    assert list(NetworkCell.objects.order_by("pk").values()) == before
    assert Fused.objects.get().made_at == made_at
    assert AuditRow.objects.filter(action="networks.load_features").count() == 1


def test_a_dry_run_counts_and_saves_nothing(world: World) -> None:
    report = load_features([feature("A", BOXES[GRID])], actor=OPERATOR, dry_run=True)
    assert (report.accepted, report.saved) == (1, False)
    _nothing()


BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[110.1, 25.1], [110.2, 25.2], [110.2, 25.1], [110.1, 25.2], [110.1, 25.1]]],
}
UNCLOSED = {
    "type": "Polygon",
    "coordinates": [[[110.1, 25.1], [110.2, 25.1], [110.2, 25.2], [110.1, 25.2]]],
}
SWAPPED = ring((25.1, 110.1, 25.2, 110.15))
WRONG: list[tuple[dict[str, Any], str]] = [
    (feature("X", BOWTIE), "cross"),
    (feature("X", UNCLOSED), "not closed"),
    (feature("X", SWAPPED), "swapped"),
    (feature("X", {"type": "Point", "coordinates": [110.1, 25.1]}), "no Polygon"),
    (feature("X", {"type": "Polygon", "coordinates": []}), "empty"),
    (feature("X"), "needs a boundary"),
    (feature("X", BOXES[GRID], cells=[GRID]), "not both"),
    (feature("X", cells=["450312999"]), "450312999"),
    (feature("X", cells=[MICRO]), "below the grids"),
    (feature("X", BOXES[GRID], phone="call me"), "telephone"),
    (feature("X", BOXES[GRID], account="nobody-here"), "nobody-here"),
    (feature("X", BOXES[GRID], org="no-such-org"), "no-such-org"),
    (feature("X", BOXES[GRID], network="c g"), "digits, letters"),
    (feature("X", BOXES[GRID], network="other", department="school"), "no department"),
    (feature("X", BOXES[GRID], network="other", department=""), "a new one needs"),
    (feature("X", BOXES[GRID], name=""), "name is missing"),
    (feature("X", BOXES[GRID], name="字" * 61), "longer than 60"),
    (feature("X", BOXES[GRID], name=["a"]), "must be text"),
    (feature("X", BOXES[GRID], name="a\x00b"), "not text"),
    (feature("X", BOXES[GRID], valid_from="2026-02-01", valid_until="2026-01-01"), "before"),
    (feature("X", BOXES[GRID], valid_from="soon"), "not a day"),
    (feature("X", BOXES[GRID], datum="mars"), "mars"),
    ({"type": "Feature"}, "not a GeoJSON feature"),
    (feature("A", BOXES[GRID]), "row 1 already"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=[reason for _one, reason in WRONG])
def test_one_wrong_row_and_nothing_is_saved(
    world: World, wrong: dict[str, Any], reason: str, english: None
) -> None:
    good = feature("A", BOXES[GRID])
    report = load_features([good, wrong], actor=OPERATOR)
    assert [row for row, _why in report.rejected] == [2]
    assert reason in report.rejected[0][1]
    _nothing()


def test_gcj02_is_converted_and_unsaid_gcj02_is_noticed(world: World, english: None) -> None:
    points = [
        list(from_wgs84(lon, lat, Datum.GCJ02)) for lon, lat in ring(BOXES[GRID])["coordinates"][0]
    ]
    shifted = {"type": "Polygon", "coordinates": [points]}
    made = network(feature("A", shifted, datum="gcj02"))
    share = FusionShare.objects.get(network_cell__network=made, cell__code=GRID)
    assert share.of_ours > 0.999
    edge = ring((110.0, 25.0, 110.4, 25.4))["coordinates"][0]
    outline = [list(from_wgs84(lon, lat, Datum.GCJ02)) for lon, lat in edge]
    unsaid = feature("Z", {"type": "Polygon", "coordinates": [outline]})
    report = load_features([unsaid], actor=OPERATOR)
    assert "gcj02" in report.rejected[0][1]
    assert not NetworkCell.objects.filter(code="Z").exists()


def test_a_table_names_the_cells_served_and_keeps_the_ground_it_does_not_name(world: World) -> None:
    whole()
    row = {"network": "cg", "code": "D", "name": "致和责任区", "cells": f"{GRID}、{SECOND}"}
    again = {"network": "cg", "code": "A", "name": "改名", "cells": ""}
    report = load_table([(2, row), (3, again)], actor=OPERATOR)
    assert (report.accepted, report.rejected, report.saved) == (2, [], True)
    renamed = NetworkCell.objects.get(code="A")
    assert renamed.name == "改名"
    assert renamed.boundary is not None
    codes = FusionShare.objects.filter(network_cell__code="D").values_list("cell__code", "of_ours")
    assert set(codes) == {(GRID, 1.0), (SECOND, 1.0)}
    assert load_table([(2, row), (3, again)], actor=OPERATOR).accepted == 0


def test_a_community_named_as_served_stands_for_all_its_grids(world: World) -> None:
    made = network(feature("A", cells=[ZHIHE]))
    codes = FusionShare.objects.filter(network_cell__network=made).values_list(
        "cell__code", flat=True
    )
    assert set(codes) == {GRID, SECOND}


@pytest.mark.parametrize("who", ["zhihe", "worker", "dept", "neighbour", "secadmin"])
def test_only_the_district_desk_loads(world: World, who: str) -> None:
    with pytest.raises(Refused) as refused:
        load_features([feature("A", BOXES[GRID])], actor=world.actor(who))
    assert refused.value.status == 403
    _nothing()


def test_two_loads_of_one_file_at_once_make_each_cell_once(real_world: World) -> None:
    features = [feature(code, box) for code, box in zip("ABC", BOXES.values(), strict=True)]

    def run(_turn: int) -> int:
        try:
            return load_features(features, actor=OPERATOR).accepted
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        accepted = sorted(pool.map(run, range(2)))
    assert accepted == [0, 3]
    assert NetworkCell.objects.count() == 3
    assert FusionShare.objects.count() == 3

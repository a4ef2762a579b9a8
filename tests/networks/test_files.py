"""Networks written as files load again without change; thresholds and the tree renew a fusion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from gridpact.cli import kinds
from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.grid.models import Cell
from gridpact.grid.services.versions import bump_tree
from gridpact.networks.models import Fused, Network, NetworkCell
from gridpact.networks.services import load_features, report_of, save_network
from tests.factories.world import GRID, World
from tests.networks.nets import BOXES, OPERATOR, SECOND, feature, network, whole


@pytest.mark.parametrize("suffix", ["geojson", "xlsx", "csv"])
def test_an_export_loads_again_without_change(world: World, tmp_path: Path, suffix: str) -> None:
    whole()
    network(feature("S", cells=[GRID, SECOND], account="dept", officer="", phone=""))
    path = tmp_path / f"net.{suffix}"
    scope = kinds.Scope(None, clock.today())
    if suffix == "geojson":
        path.write_bytes(orjson.dumps(kinds.network_features(scope)))
    else:
        kinds.write_table("network", path, kinds.TABLES["network"].rows(scope))
    report = kinds.load_network_file(path, actor=OPERATOR, dry_run=False)
    assert (report.accepted, report.unchanged, report.rejected) == (0, 4, [])


def test_an_export_builds_the_networks_where_there_are_none(world: World) -> None:
    whole()
    content = kinds.network_features(kinds.Scope(None, clock.today()))
    Network.objects.all().delete()
    report = load_features(content["features"], actor=OPERATOR)
    assert (report.accepted, report.saved) == (3, True)
    assert NetworkCell.objects.get(code="A").officer_name == "梁试"


def test_a_change_of_the_tree_or_of_a_threshold_lays_the_network_anew(world: World) -> None:
    west, south, east, north = BOXES[GRID]
    made = network(feature("A", (west, south, west + (east - west) * 0.8, north)))
    before = Fused.objects.get()
    assert report_of(made, actor=OPERATOR).counts["PART"] == 1
    assert Fused.objects.get().made_at == before.made_at
    bump_tree()
    report_of(made, actor=OPERATOR)
    assert Fused.objects.get().tree_version > before.tree_version
    made.share_in, made.share_touch = 0.8, 0.3
    save_network(made, actor=OPERATOR)
    assert report_of(made, actor=OPERATOR).counts["GAP"] == 2  # the two grids without any cell


def test_keeping_a_network_is_refused_by_rule_and_changes_nothing(world: World) -> None:
    made = whole()
    for field, value, code in (
        ("share_touch", 0.95, "network_shares"),
        ("org", world.orgs["school"], "network_not_department"),
    ):
        fresh = Network.objects.get(pk=made.pk)
        setattr(fresh, field, value)
        with pytest.raises(Refused) as refused:
            save_network(fresh, actor=OPERATOR)
        assert refused.value.code == code
    twin = Network(code="cg", name="同", org=world.orgs["chengguan"])
    with pytest.raises(Refused) as refused:
        save_network(twin, actor=OPERATOR)
    assert refused.value.code == "network_code_taken"
    with pytest.raises(Refused) as refused:
        save_network(made, actor=world.actor("zhihe"))
    assert refused.value.status == 403
    stored = Network.objects.get()
    assert (stored.share_touch, stored.org.code) == (0.05, "chengguan")


def test_a_served_cell_that_is_closed_is_reported_as_lost(world: World) -> None:
    made = network(feature("A", cells=[GRID, SECOND]))
    assert report_of(made, actor=OPERATOR).counts["LOST"] == 0
    cell = world.cells[SECOND]
    Cell.objects.filter(pk=cell.pk).update(closed_on=clock.today())
    bump_tree()
    found = report_of(made, actor=OPERATOR)
    lost = [one for one in found.findings if one.kind == "LOST"]
    assert [(one.cells, one.theirs) for one in lost] == [((SECOND,), ("A",))]


def test_laying_a_network_anew_takes_the_same_queries_however_many_cells_it_has(
    world: World, django_assert_max_num_queries: Any
) -> None:
    made = whole()
    bump_tree()
    with django_assert_max_num_queries(30):
        report_of(made, actor=OPERATOR)
    network(*(feature(f"X{number}", BOXES[GRID]) for number in range(30)))
    bump_tree()
    with django_assert_max_num_queries(30):
        report_of(made, actor=OPERATOR)

"""The demo's networks: their fusion reports exactly the faults that were planted."""

from __future__ import annotations

import itertools
from datetime import datetime
from random import Random

import pytest

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.demo.networks import KINDS, PLANTED, Planted, build_networks
from gridpact.demo.territory import build_territory, feature_collection
from gridpact.grid.models import TreeVersion
from gridpact.grid.services import load_cells
from gridpact.networks.choices import Found
from gridpact.networks.models import Network, NetworkCell
from gridpact.networks.services import reports
from gridpact.orgs.models import Org
from tests.conftest import _empty_all_tables

_versions = itertools.count(700_000)


@pytest.fixture
def nets(db: None) -> None:
    _empty_all_tables()
    cells = build_territory()
    with clock.frozen(datetime(2024, 1, 1, 12, tzinfo=clock.LOCAL)):
        load_cells(feature_collection(cells)["features"], actor=system("demo"))
    # A rolled-back load leaves its number in memory: give every built tree one of its own.
    TreeVersion.objects.update(number=next(_versions))
    for code in ("gongan", "chengguan"):
        Org.objects.create(code=code, name=code, kind="DEPARTMENT")
    User.objects.create(username="dept", name="甲")
    build_networks(cells, rng=Random(1))


def test_the_report_finds_exactly_the_planted_faults(nets: None) -> None:
    found = set()
    for report in reports(Network.objects.all(), actor=system("test")):
        assert sum(report.counts[kind] for kind in ("FULL", "PART", "NONE")) == 154
        for one in report.findings:
            cells = one.cells if one.kind in {Found.GAP, Found.OVERLAP} else one.theirs
            found.add(Planted(report.network.code, Found(one.kind), cells))
    assert found == set(PLANTED)


def test_every_grid_has_the_officer_of_every_network_but_where_a_fault_was_planted(
    nets: None,
) -> None:
    assert Network.objects.count() == len(KINDS)
    without = [cell.code for cell in NetworkCell.objects.all() if not cell.officer_name]
    assert without == ["DJ007"]
    phones = {cell.officer_phone for cell in NetworkCell.objects.filter(officer=None)} - {""}
    assert all(phone.startswith("1380000") for phone in phones)

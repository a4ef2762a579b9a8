"""Four department networks over the demo's grids, with faults planted for the fusion to find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import shapely
from django.contrib.auth.hashers import make_password
from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry

from gridpact.accounts.models import User
from gridpact.core import clock
from gridpact.core.access import system
from gridpact.demo.names import person_name, phone_number
from gridpact.demo.territory import COMMUNITY, DISTRICT, GRID, CellSpec
from gridpact.networks.choices import Found
from gridpact.networks.services import load_features
from gridpact.orgs.choices import MemberRole, OrgKind
from gridpact.orgs.models import Org, OrgMember

SINCE = "2024-01-01"
_FIRST_PHONE = 9000  # 138 0000 9xxx: no other demo person has a number of this range
ZHIHE = "450312100012"
# Departments that only the networks need: code → name.
_DEPARTMENTS = {"zuzhi": "临桂区委组织部", "zhengfa": "临桂区委政法委员会"}


class _Kind(NamedTuple):
    """A network: its name, its department, the prefix of its codes and of its cells' names."""

    code: str
    name: str
    org: str
    prefix: str
    suffix: str


PARTY = _Kind("dangjian", "党建网格", "zuzhi", "DJ", "党建网格")
PEACE = _Kind("zongzhi", "综治网格", "zhengfa", "ZZ", "综治网格")
POLICE = _Kind("gongan", "公安警务区", "gongan", "GA", "警务区")
STREETS = _Kind("chengguan", "城管责任区", "chengguan", "CG", "城管责任区")
KINDS = (PARTY, PEACE, POLICE, STREETS)


class Planted(NamedTuple):
    """A fault in the demo's networks: what the report must call it and which cells it names.

    cells: ours for a gap and an overlap, the network's for the others.
    """

    network: str
    kind: Found
    cells: tuple[str, ...]


# 综治 forgot one grid of 致和; 城管 gave one grid to two areas; a police area reaches beyond the
# district; one Party network cell lost its officer.
PLANTED = (
    Planted(PEACE.code, Found.GAP, (ZHIHE + "003",)),
    Planted(STREETS.code, Found.OVERLAP, (ZHIHE + "003",)),
    Planted(STREETS.code, Found.DOUBLE, ("CG121", "CG122")),
    Planted(POLICE.code, Found.OUTSIDE, ("GA99",)),
    Planted(PARTY.code, Found.NO_OFFICER, ("DJ007",)),
)


@dataclass
class _Cell:
    """A cell of a network before it becomes a feature."""

    kind: _Kind
    code: str
    name: str
    boundary: BaseGeometry | None
    serves: list[str] = field(default_factory=list)
    account: str = ""


def build_networks(cells: Sequence[CellSpec], *, rng: Random) -> int:
    """Make the departments and load the four networks; return how many cells they have."""
    _departments()
    features = network_features(cells, rng=rng)
    report = load_features(features, actor=system("demo"))
    if not report.saved:
        raise RuntimeError(f"the demo's networks were refused: {report.rejected[:3]}")
    return report.accepted


def _departments() -> None:
    """The two departments that have a network but no other part in the demo, one person each."""
    for index, (code, name) in enumerate(_DEPARTMENTS.items()):
        org = Org.objects.create(
            code=code, name=name, kind=OrgKind.DEPARTMENT, contact="值班室",
            phone=f"0773-00009{index:02d}",
        )  # fmt: skip
        user = User(username=f"{code}-handler-0", name=f"{name[-4]}甲")
        user.password = make_password(None)
        user.save()
        OrgMember.objects.create(user=user, org=org, role=MemberRole.HANDLER, starts=clock.today())


def network_features(cells: Sequence[CellSpec], *, rng: Random) -> list[dict[str, Any]]:
    """The networks as the GeoJSON features that `load network` reads, faults included."""
    drawn = [*_party(cells), *_peace(cells), *_police(cells), *_streets(cells)]
    return [_feature(one, position, rng) for position, one in enumerate(drawn)]


def _feature(cell: _Cell, position: int, rng: Random) -> dict[str, Any]:
    missing = Planted(cell.kind.code, Found.NO_OFFICER, (cell.code,)) in PLANTED
    person = not missing and not cell.account
    properties = {
        "network": cell.kind.code,
        "network_name": cell.kind.name,
        "department": cell.kind.org,
        "code": cell.code,
        "name": cell.name,
        "officer": person_name(rng) if person else "",
        "phone": phone_number(_FIRST_PHONE + position % 1000) if person else "",
        "account": cell.account,
        "cells": cell.serves,
        "valid_from": SINCE,
    }
    geometry = None if cell.boundary is None else mapping(cell.boundary)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _level(cells: Sequence[CellSpec], level: str) -> list[CellSpec]:
    return sorted((cell for cell in cells if cell.level == level), key=lambda cell: cell.code)


def _by_community(cells: Sequence[CellSpec]) -> Iterator[tuple[CellSpec, list[CellSpec]]]:
    """Communities of the built-up area with their grids, in the order of their codes."""
    for community in _level(cells, COMMUNITY):
        grids = [grid for grid in _level(cells, GRID) if grid.parent == community.code]
        if grids:
            yield community, grids


def _party(cells: Sequence[CellSpec]) -> Iterator[_Cell]:
    """A Party network cell a community; it names the community and has no outline of its own."""
    for number, (community, _grids) in enumerate(_by_community(cells), start=1):
        yield _Cell(PARTY, f"DJ{number:03d}", community.name + PARTY.suffix, None, [community.code])


def _peace(cells: Sequence[CellSpec]) -> Iterator[_Cell]:
    """One peace-keeping cell a grid, except the one that was forgotten."""
    forgotten = {code for fault in PLANTED if fault.kind == Found.GAP for code in fault.cells}
    for number, grid in enumerate(_level(cells, GRID), start=1):
        if grid.code not in forgotten:
            yield _Cell(PEACE, f"ZZ{number:03d}", f"{PEACE.suffix}{number:03d}", grid.boundary)


def _police(cells: Sequence[CellSpec]) -> Iterator[_Cell]:
    """A police area for every two communities, and one drawn beyond the district's border."""
    areas = [community.boundary for community, _grids in _by_community(cells)]
    for number, start in enumerate(range(0, len(areas), 2), start=1):
        ground = shapely.union_all(areas[start : start + 2])
        yield _Cell(POLICE, f"GA{number:02d}", f"第{number}{POLICE.suffix}", ground)
    _west, south, east, _north = _level(cells, DISTRICT)[0].boundary.bounds
    beyond = box(east + 0.02, south, east + 0.03, south + 0.01)
    yield _Cell(POLICE, "GA99", f"界外{POLICE.suffix}", beyond)


def _streets(cells: Sequence[CellSpec]) -> Iterator[_Cell]:
    """City management takes the grids of a community two by two; one grid is taken twice."""
    twice = {code for fault in PLANTED if fault.kind == Found.OVERLAP for code in fault.cells}
    for number, (_community, grids) in enumerate(_by_community(cells), start=1):
        for part, start in enumerate(range(0, len(grids), 2), start=1):
            taken = grids[start : start + 2]
            taken += [grid for grid in grids[start + 2 : start + 3] if grid.code in twice]
            code = f"CG{number:02d}{part}"
            ground = shapely.union_all([grid.boundary for grid in taken])
            account = "dept" if any(grid.code == ZHIHE + "001" for grid in taken) else ""
            yield _Cell(
                STREETS, code, f"{STREETS.suffix}{number:02d}-{part}", ground, account=account
            )

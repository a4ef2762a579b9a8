"""An address text leads to a cell of the tree of a day, or says why it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridpact.core import clock
from gridpact.grid.addresses import Outcome
from gridpact.grid.addressing import (
    Ambiguous,
    Found,
    address_book,
    doubt,
    explain,
    locate_address,
)
from gridpact.grid.models import CellVersion
from gridpact.grid.services.versions import bump_tree, renew_versions
from gridpact.grid.tree import tree
from tests.factories.world import GRID, MICRO, QILIPING, UNIT, ZHIHE, World


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("金水路18号致和苑3栋1单元501", UNIT),
        ("广西桂林市临桂区临桂镇致和社区致和苑３号楼", MICRO),
        ("致和社区第一网格", GRID),
        ("致和社区居委会门口", ZHIHE),
        ("临桂区", "450312"),
    ],
)
def test_the_deepest_cell_an_address_names_is_found(world: World, text: str, code: str) -> None:
    found = locate_address(text)
    assert isinstance(found, Found)
    assert found.cell.code == code


def test_a_name_borne_twice_is_ambiguous_and_leads_to_what_lies_over_both(world: World) -> None:
    found = locate_address("第一网格垃圾桶旁")
    assert isinstance(found, Ambiguous)
    assert found.match.outcome is Outcome.AMBIGUOUS
    assert {ref.code for ref in found.candidates} == {GRID, QILIPING + "001"}
    assert found.common is not None
    assert found.common.code == "450312100"
    assert "致和社区 / 第一网格" in doubt(found, tree())


@pytest.mark.parametrize("text", ["桂林市七星区致和社区", "湖南省长沙市致和社区金水路"])
def test_a_place_elsewhere_with_our_names_is_not_ours(world: World, text: str) -> None:
    found = locate_address(text)
    assert isinstance(found, Ambiguous)
    assert found.match.outcome is Outcome.CONTRADICTORY
    assert found.common is not None
    assert found.common.code == ZHIHE
    assert doubt(found, tree())


def test_an_address_without_a_known_name_leads_nowhere(world: World) -> None:
    found = locate_address("没有人知道的地方")
    assert found == Ambiguous(found.match)
    assert found.match.outcome is Outcome.NOTHING
    assert isinstance(found, Ambiguous)
    assert doubt(found, tree()) == ""


def test_parts_are_explained(world: World) -> None:
    lines = dict(explain(locate_address("致和社区金水路18号").match))
    assert len(lines) == 2
    assert "致和社区" in next(iter(lines.values()))


def test_the_book_is_built_once_for_a_snapshot(world: World) -> None:
    assert address_book(tree()) is address_book(tree())


def test_a_cell_is_found_by_the_name_it_bore_on_the_day(world: World) -> None:
    cell = world.cells[MICRO]
    cell.name = "桂花园9栋"
    cell.save(update_fields=["name"])
    renew_versions([cell], clock.today())
    bump_tree()
    yesterday = clock.today() - timedelta(days=1)
    assert CellVersion.objects.filter(cell=cell).count() == 2
    for text, day, code in (
        ("桂花园9栋", None, MICRO),
        ("致和苑3栋", yesterday, MICRO),
    ):
        found = locate_address(text, day=day)
        assert isinstance(found, Found)
        assert found.cell.code == code
    gone = locate_address("致和苑3栋")
    assert not isinstance(gone, Found)

"""The check of outlines: what is found in the own area, as a list and as points."""

from __future__ import annotations

import pytest

from gridpact.core import clock
from gridpact.grid.models import Cell
from gridpact.grid.services.versions import bump_tree, renew_versions
from tests.factories.world import GRID, QILIPING, ZHIHE, World
from tests.pages import browser, words

SECOND = ZHIHE + "002"
URL = "/cells/check"


def redraw(code: str, west: float, south: float, east: float, north: float) -> None:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    cell = Cell.objects.get(code=code)
    cell.boundary = {"type": "Polygon", "coordinates": [ring]}
    cell.save(update_fields=["boundary"])
    renew_versions([cell], clock.today())
    bump_tree()


def test_sound_outlines_are_said_to_be_sound(world: World) -> None:
    answer = browser(world, "zhihe").get(URL)
    assert (answer.status_code, answer.context["count"]) == (200, 0)
    assert browser(world, "zhihe").get(f"{URL}/points.geojson").json()["features"] == []


def test_an_overlap_is_listed_and_stands_on_the_map(world: World) -> None:
    redraw(SECOND, 110.14, 25.1, 110.2, 25.2)
    client = browser(world, "zhihe")
    answer = client.get(URL)
    assert answer.context["count"] == 1
    assert "第一网格" in words(answer)
    assert "第二网格" in words(answer)
    (point,) = client.get(f"{URL}/points.geojson").json()["features"]
    lon, lat = point["geometry"]["coordinates"]
    assert 110.14 < lon < 110.15
    assert 25.1 < lat < 25.2
    assert point["properties"]["href"] == f"/cells/{GRID}"


def test_findings_are_narrowed_by_kind(world: World) -> None:
    redraw(SECOND, 110.14, 25.1, 110.19, 25.2)
    client = browser(world, "zhihe")
    assert client.get(URL).context["count"] == 2
    gap = client.get(URL, {"kind": "gap"})
    assert (gap.context["count"], len(gap.context["stats"])) == (1, 2)
    assert len(client.get(f"{URL}/points.geojson", {"kind": "gap"}).json()["features"]) == 1
    assert client.get(URL, {"kind": "moods"}).context["count"] == 2


@pytest.mark.parametrize(("name", "count"), [("zhihe", 1), ("district", 1), ("neighbour", 0)])
def test_findings_are_those_of_the_own_area(world: World, name: str, count: int) -> None:
    redraw(SECOND, 110.14, 25.1, 110.2, 25.2)
    assert browser(world, name).get(URL).context["count"] == count


def test_a_neighbour_who_is_overlapped_sees_it_too(world: World) -> None:
    redraw(ZHIHE, 110.1, 25.1, 110.25, 25.2)
    found = browser(world, "neighbour").get(URL).context
    assert found["count"] == 1
    assert f"/cells/{QILIPING}" in str(found["table"].rows)


def test_who_has_no_post_on_the_net_is_refused(world: World) -> None:
    assert browser(world, "volunteer").get(URL).status_code == 403
    assert browser(world, "volunteer").get(f"{URL}/points.geojson").status_code == 403

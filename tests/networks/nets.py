"""Network cells over the small district, as files give them."""

from __future__ import annotations

from typing import Any

from gridpact.core.access import system
from gridpact.networks.models import Network
from gridpact.networks.services import load_features
from tests.factories.world import GRID, QILIPING, ZHIHE

SECOND, THIRD = ZHIHE + "002", QILIPING + "001"
# The three grids of the small district and boxes that fit them: (west, south, east, north).
BOXES = {
    GRID: (110.1, 25.1, 110.15, 25.2),
    SECOND: (110.15, 25.1, 110.2, 25.2),
    THIRD: (110.2, 25.1, 110.3, 25.2),
}
OPERATOR = system("operator")


def ring(box: tuple[float, float, float, float]) -> dict[str, Any]:
    """A box as a GeoJSON polygon."""
    west, south, east, north = box
    points = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [points]}


def feature(code: str, box: Any = None, **given: Any) -> dict[str, Any]:
    """A feature of 城管; `box` None leaves the outline away."""
    properties = {
        "network": "cg", "network_name": "城管责任区", "department": "chengguan", "code": code,
        "name": f"责任区{code}", "officer": "梁试", "phone": "13800009001", **given,
    }  # fmt: skip
    geometry = box if isinstance(box, dict) else (ring(box) if box else None)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def network(*features: dict[str, Any]) -> Network:
    """Load the features and return 城管."""
    report = load_features(features, actor=OPERATOR)
    assert report.saved, report.rejected
    return Network.objects.get(code="cg")


def whole() -> Network:
    """城管 with one fitting cell a grid: A on the first, B on the second, C on the third."""
    return network(*(feature(code, box) for code, box in zip("ABC", BOXES.values(), strict=True)))

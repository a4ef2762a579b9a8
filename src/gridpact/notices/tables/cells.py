"""Cells of the public map as GeoJSON and as rows of the list beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.notices.selectors.territory import PublicCell


def map_address(code: str) -> str:
    """The map page of a cell."""
    return f"{reverse('notices:map')}?{urlencode({'cell': code})}"


def cell_features(
    cells: Iterable[PublicCell], geometries: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    """Cells with an outline as GeoJSON: name, level, heads, and the link one level down."""
    features = []
    for cell in cells:
        geometry = geometries.get(cell.ref.id)
        if geometry is None:
            continue
        facts = [[post, name] for post, name in cell.heads]
        if cell.child_count:
            facts.append([_("cells inside"), str(cell.child_count)])
        properties = {
            "code": cell.ref.code,
            "name": cell.ref.name,
            "text": cell.level_label,
            "facts": facts,
            "href": map_address(cell.ref.code),
        }
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}

"""Networks as files that can be loaded again without change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from gridpact.grid.models import Cell
from gridpact.networks.models import FusionShare, NetworkCell, NetworkCellQuerySet

Values = tuple[object, ...]


def exported(day: date, under: Cell | None = None) -> NetworkCellQuerySet:
    """The cells of all networks in force on `day`, those that touch `under` when it is given."""
    rows = NetworkCell.objects.on(day).select_related("network__org", "org", "officer")
    if under is not None:
        here = FusionShare.objects.filter(cell__path__startswith=under.path)
        rows = rows.filter(pk__in=here.values("network_cell"))
    return rows.order_by("network__code", "code")


def as_rows(rows: NetworkCellQuerySet) -> Iterator[Values]:
    """The columns of `rows.COLUMNS`; outlines have no place in a table and are kept by a load."""
    for row in rows.iterator(chunk_size=1000):
        facts = _facts(row)
        yield (*facts[:9], "、".join(row.serves), *facts[9:])


def as_features(rows: NetworkCellQuerySet) -> dict[str, Any]:
    """The FeatureCollection that `load network` reads, WGS-84."""
    names = ("network", "network_name", "department", "code", "name", "officer", "phone",
             "account", "org", "valid_from", "valid_until")  # fmt: skip
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(names, _facts(row), strict=True)) | {"cells": row.serves},
            "geometry": row.boundary,
        }
        for row in rows.iterator(chunk_size=1000)
    ]
    return {"type": "FeatureCollection", "features": features}


def _facts(row: NetworkCell) -> tuple[str, ...]:
    account = row.officer.username if row.officer else ""
    return (
        row.network.code, row.network.name, row.network.org.code, row.code, row.name,
        "" if account else row.officer_name, row.own_phone, account,
        row.org.code if row.org else "", row.valid_from.isoformat(),
        row.valid_until.isoformat() if row.valid_until else "",
    )  # fmt: skip

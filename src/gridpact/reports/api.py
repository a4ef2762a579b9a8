"""Figures and the records behind them, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from ninja import Query, Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.core.edge import actor_of, answer
from gridpact.reports.columns import SHAPES
from gridpact.reports.schemas import FigureOut, FrameQuery, RecordPage, RecordQuery
from gridpact.reports.selectors import figures, records
from gridpact.ui.paging import keyset_page

router = Router(tags=["figures"], auth=SIGNED_IN)


@router.get("", response=dict[str, FigureOut])
def list_figures(request: HttpRequest, query: Query[FrameQuery]) -> HttpResponse:
    """Every figure of the period, in the area of the caller's posts or in one cell of it."""
    return answer(figures(actor_of(request), **_question(query)))


@router.get("/{key}/list", response=RecordPage)
def list_records(request: HttpRequest, key: str, query: Query[RecordQuery]) -> HttpResponse:
    """The records a figure counts."""
    indicator, rows = records(key, actor_of(request), **_question(query), whole=query.part == "all")
    shape = SHAPES[indicator.counts[0].table]
    page = keyset_page(shape.fetch(rows), shape.order, query.cursor or None, query.limit)
    items = [
        {column.key: _plain(column.read(row)) for column in shape.columns} for row in page.items
    ]
    return answer({"items": items, "count": rows.count(), "next": page.next})


def _question(query: FrameQuery) -> dict[str, Any]:
    return {
        "start": query.start,
        "end": query.end,
        "cell": query.cell or None,
        "as_of": query.as_of,
    }


def _plain(value: object) -> object:
    if isinstance(value, Promise):
        return str(value)
    return value if value is None or isinstance(value, date | datetime | int) else str(value)

"""The networks for programs: which there are, and how each lies on our grids."""

from __future__ import annotations

from dataclasses import asdict

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gridpact.accounts.auth import SIGNED_IN
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of, answer
from gridpact.networks.models import Network, NetworkCell
from gridpact.networks.schemas import NetworkList, ReportOut, ReportQuery
from gridpact.networks.services import report_of

router = Router(tags=["networks"], auth=SIGNED_IN)


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "networks.read")
    return actor


@router.get("", response=NetworkList)
def networks(request: HttpRequest) -> HttpResponse:
    """The networks in use."""
    actor = _reader(request)
    rows = list(Network.objects.visible_to(actor).active().select_related("org"))
    cells = NetworkCell.objects.visible_to(actor).on().order_by().values_list("network_id")
    counts = dict(cells.annotate(number=Count("pk")))
    items = [
        {
            "code": row.code,
            "name": row.name,
            "org": row.org.code,
            "org_name": row.org.name,
            "note": row.note,
            "cells": counts.get(row.pk, 0),
            "share_in": row.share_in,
            "share_touch": row.share_touch,
        }
        for row in rows
    ]
    return answer({"items": items, "count": len(items)})


@router.get("/{code}/report", response=ReportOut)
def report(request: HttpRequest, code: str, query: Query[ReportQuery]) -> HttpResponse:
    """How a network lies on the grids of the caller's ground; 404 for one out of sight."""
    actor = _reader(request)
    rows = Network.objects.visible_to(actor)
    network = None if "\x00" in code else rows.filter(code=code).first()
    if network is None:
        raise Refused("not_found", 404)
    found = report_of(network, actor=actor, day=query.as_of, cell=query.cell)
    return answer(
        {
            "network": network.code,
            "name": network.name,
            "as_of": found.day,
            "counts": found.counts,
            "grids": [
                {
                    "cell": line.cell.code,
                    "name": line.cell.name,
                    "served": line.served,
                    "missing": line.missing,
                    "parts": [part._asdict() for part in line.parts],
                }
                for line in found.lines
            ],
            "findings": [asdict(one) | {"label": one.label} for one in found.findings],
        }
    )

"""The one map as a page: drill down, one layer at a time, a list in step, a search."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from gridpact.core import clock
from gridpact.core.access import Refused
from gridpact.grid.addressing import Found, locate_address
from gridpact.grid.choices import Level
from gridpact.grid.days import Dated, dated
from gridpact.grid.layers import map_layers
from gridpact.grid.models import Cell
from gridpact.grid.one_map import OneMap, layer_of
from gridpact.grid.views.base import Request, reader
from gridpact.grid.views.days import net_of_day
from gridpact.ui import parts
from gridpact.ui.render import render

MOST_FOUND = 20


def _net(request: Request) -> Dated:
    return net_of_day(request) or dated(reader(request), clock.today())


def _asked(request: Request, net: Dated, code: str) -> OneMap:
    """The map asked for; without a cell that of the actor's own."""
    actor = reader(request)
    if code:
        cell = net.cell(code)
    else:
        first = actor.post.cell_id if actor.post else None
        tops = sorted(net.roots, key=lambda ref: (ref.id != first, ref.code))
        if not tops:
            raise Refused("not_found", 404)
        cell = net.cells(tops[:1])[0]
    return OneMap(net, cell, layer_of(net, request.GET.get("layer", "")), "all" in request.GET)


@login_required
@require_GET
def page(request: Request) -> HttpResponse:
    """The map of one cell, or what a search found."""
    net = _net(request)
    view = _asked(request, net, request.GET.get("cell", ""))
    query = request.GET.get("q", "").strip()[:60]
    found = _found(net, query) if query else []
    if len(found) == 1:
        above = net.tree.by_id[found[0].pk].parent_id
        seen = above is not None and net.sees(net.tree.by_id[above])
        code = net.tree.by_id[above].code if seen and above is not None else found[0].code
        return redirect(view.href(code, pick=found[0].code))
    lines = view.lines()
    context = {
        "view": view,
        "day": net.day if net.day != clock.today() else None,
        "path": _crumbs(view),
        "unknown": view.layer.unknown_on(net.day),
        "layers": [
            parts.Tab(each.label, view.href(layer=each.key), active=each.key == view.layer.key)
            for each in map_layers(net.tree)
        ],
        "lines": lines,
        "legend": view.legend(lines),
        "total": sum(line.value.count for line in lines),
        "without": sum(not line.has_outline for line in lines),
        "query": query,
        "found": [(Level(cell.level).label, cell.name, view.href(cell.code)) for cell in found],
        "all_href": view.href(all="" if view.deep else "1"),
        "pick": request.GET.get("pick", ""),
    }
    return render(request, "grid/one_map.html", context)


def _found(net: Dated, query: str) -> list[Cell]:
    """Cells in sight by name or code, else the one that the words name as an address."""
    found = net.found(query, "")[:MOST_FOUND]
    if not found:
        place = locate_address(query, snapshot=net.tree)
        meant = [place.cell] if isinstance(place, Found) else place.candidates[:MOST_FOUND]
        found = net.cells([ref for ref in meant if net.sees(ref)])
    return found


def _crumbs(view: OneMap) -> list[parts.Crumb]:
    """From the top down; what lies above the actor's own cells is named only."""
    steps: list[Any] = view.net.chain(view.cell)
    return [
        parts.Crumb(
            ref.name, view.href(ref.code) if view.net.sees(ref) and ref != steps[-1] else ""
        )
        for ref in steps
    ]


@login_required
@require_GET
def outlines(request: Request, code: str) -> JsonResponse:
    """GeoJSON for the map of one cell."""
    view = _asked(request, _net(request), code)
    answer = JsonResponse(view.outlines())
    answer["Cache-Control"] = "private, max-age=60"
    return answer

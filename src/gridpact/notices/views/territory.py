"""The public map of the territory: cells down to the stairwell, who heads them, open matters."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gridpact.grid.choices import RANK, Level
from gridpact.grid.tree import CellRef, Tree, tree
from gridpact.notices.selectors import territory
from gridpact.notices.tables.cells import cell_features, map_address
from gridpact.ui import parts
from gridpact.ui.render import render

MOST_CELLS = 400  # a level of a whole district is asked for one parent at a time


def _wanted(request: HttpRequest, snapshot: Tree, name: str) -> CellRef:
    """The cell an address names, or the district; an unknown code is a missing page."""
    code = request.GET.get(name, "")
    ref = snapshot.by_code.get(code) if code else territory.root(snapshot)
    if ref is None:
        raise Http404
    return ref


@require_safe
def territory_map(request: HttpRequest) -> HttpResponse:
    """One cell with the cells inside it, as a map and as a list."""
    snapshot = tree()
    here = _wanted(request, snapshot, "cell")
    inside = territory.children(snapshot, here)
    # A stairwell has nothing inside: the map stays on its building.
    above = snapshot.by_id.get(here.parent_id or 0)
    drawn = here if inside or above is None else above
    path = territory.chain(snapshot, here)
    crumbs = [parts.Crumb(ref.name, map_address(ref.code)) for ref in path[:-1]]
    context = {
        "here": territory.public_cells(snapshot, [here])[0],
        "cells": [
            (cell, map_address(cell.ref.code)) for cell in territory.public_cells(snapshot, inside)
        ],
        "crumbs": [*crumbs, parts.Crumb(here.name)],
        "cells_query": urlencode({"parent": drawn.code}),
        "points": _points_address(drawn),
    }
    return render(request, "notices/map.html", context)


def _points_address(drawn: CellRef) -> str:
    """Open matters on the map, as long as 100 metres are little beside what is drawn."""
    if RANK[drawn.level] > RANK[Level.COMMUNITY]:
        return ""
    return f"{reverse('notices:points')}?{urlencode({'cell': drawn.code, 'state': 'open'})}"


@require_safe
def cells_geojson(request: HttpRequest) -> HttpResponse:
    """Outlines of the cells inside `parent` (default: the district), or of one `level` below it."""
    snapshot = tree()
    parent = _wanted(request, snapshot, "parent")
    level = request.GET.get("level") or territory.shown_level(parent)
    if level not in RANK:
        raise Http404
    refs = territory.at_level(snapshot, parent, level)[:MOST_CELLS]
    ids = tuple(ref.id for ref in refs)
    shapes = territory.outlines(snapshot.version, ids, territory.decimals_for(level))
    body = orjson.dumps(cell_features(territory.public_cells(snapshot, refs), shapes))
    # Names of heads change without the tree: the tag covers what is really sent.
    tag = f'"{snapshot.version}-{hashlib.sha256(body).hexdigest()[:16]}"'
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=tag, response=response) or response

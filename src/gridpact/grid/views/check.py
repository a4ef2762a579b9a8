"""The check of outlines (图形体检): overlaps, gaps and slivers in the own area, each on the map."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gridpact.core.access import Refused
from gridpact.grid.ground import KINDS, amount, findings_in_sight, say
from gridpact.grid.topology import Finding, Kind
from gridpact.grid.tree import Tree, tree
from gridpact.grid.views.base import Request, reader
from gridpact.ui import parts
from gridpact.ui.render import render

MOST_LINES = 200
KIND = parts.Column(_("Kind"))
WHAT = parts.Column(_("What was found"), "main")
AREA = parts.Column(_("Area in m²"), "number")
CELL = parts.Column(_("Cell"))


def _found(request: Request, snapshot: Tree) -> list[Finding]:
    """The findings in sight, of one kind if it is asked for."""
    kind = request.GET.get("kind", "")
    found = findings_in_sight(reader(request), snapshot)
    return [each for each in found if each.kind == kind] if kind in set(Kind) else found


@login_required
@require_GET
def page(request: Request) -> HttpResponse:
    """All findings in the actor's area, worst kinds first."""
    actor, snapshot = reader(request), tree()
    roots = [grant.cell_id for grant in actor.grants_for("grid.read")]
    top = next((snapshot.by_id[pk] for pk in roots if pk in snapshot.by_id), None)
    if top is None:
        raise Refused("not_found", 404)
    every = findings_in_sight(actor, snapshot)
    shown = _found(request, snapshot)
    here = reverse("grid:check")
    counts = {kind: sum(each.kind is kind for each in every) for kind in Kind}
    query = request.GET.urlencode()
    context = {
        "stats": [
            parts.Stat(KINDS[kind], f"{here}?kind={kind.value}", count, icon="alert-triangle",
                       tone="amber")
            for kind, count in counts.items() if count
        ],
        "table": _table(shown[:MOST_LINES], snapshot),
        "more": max(len(shown) - MOST_LINES, 0),
        "count": len(shown),
        "top": top,
        "outlines": reverse("grid:outlines", kwargs={"code": top.code}),
        "points": reverse("grid:check_points") + (f"?{query}" if query else ""),
    }  # fmt: skip
    return render(request, "grid/check.html", context)


def _table(shown: list[Finding], snapshot: Tree) -> parts.Table:
    names = {ref.code: ref.name for ref in snapshot.by_id.values()}
    rows = []
    for number, each in enumerate(shown):
        code = each.codes[0]
        cells = (
            parts.Cell(WHAT, say(each, names)),
            parts.Cell(KIND, KINDS[each.kind]),
            parts.Cell(AREA, amount(each.area_m2) if each.area_m2 else None),
            parts.Cell(CELL, names.get(code, code), _href(code)),
        )
        rows.append(parts.Row(str(number), cells))
    return parts.Table((WHAT, KIND, AREA, CELL), tuple(rows), _("Findings"))


def _href(code: str) -> str:
    return reverse("grid:cell", kwargs={"code": code})


@login_required
@require_GET
def points(request: Request) -> JsonResponse:
    """The findings as points for the map."""
    snapshot = tree()
    names = {ref.code: ref.name for ref in snapshot.by_id.values()}
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {
                "label": str(KINDS[each.kind]),
                "text": say(each, names),
                "tone": "amber" if each.kind is Kind.SLIVER else "red",
                "href": _href(each.codes[0]),
            },
            "geometry": {"type": "Point", "coordinates": list(each.point)},
        }
        for each in _found(request, snapshot)
        if each.point is not None
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})

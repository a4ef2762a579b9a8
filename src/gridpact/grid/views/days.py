"""The pages of the grid as of another day: the same list, cell and map, read from the versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.core import clock
from gridpact.core.access import can
from gridpact.grid import tables, territory
from gridpact.grid.cards import cell_cards
from gridpact.grid.days import Dated, dated, day_asked
from gridpact.grid.filters import CellFilter
from gridpact.grid.models import Cell
from gridpact.grid.second_line import SecondLine, draw_line, line_named, line_table, line_tabs
from gridpact.grid.views.base import Request, reader
from gridpact.ui import parts
from gridpact.ui.paging import Page
from gridpact.ui.render import render


def net_of_day(request: Request) -> Dated | None:
    """The net of the day that `as_of` names; None without one, and for today."""
    day = day_asked(request.GET.get("as_of") or "")
    if day is None:
        return None
    return None if day == clock.today() else dated(reader(request), day)


def cells(request: Request, net: Dated, form: CellFilter) -> HttpResponse:
    """The cells under the actor's posts on the day, or those a filter finds among them."""
    context: dict[str, Any] = {"form": form, "links": [], "day": net.day}
    if form.is_active:
        data = form.cleaned_data
        rows = net.lines(net.found(data.get("q") or "", data.get("level") or ""))
        if data.get("vacant"):
            rows = [line for line in rows if line.is_vacant]
        context["page"] = Page(rows, None, None)
        context["table"] = tables.cell_table(rows, _("Cells"), query=net.query)
        return render(request, "grid/found.html", context, partial="rows")
    own = net.cells(net.roots)
    lines = net.lines(own)
    context["own"] = tables.cell_table(lines, _("My cells"), query=net.query)
    if own:
        context |= {"cell": own[0], **_ground(request, net, own[0])}
    return render(request, "grid/cells.html", context)


def _inside(net: Dated, cell: Cell, second: SecondLine | None) -> parts.Table:
    children = net.children(cell)
    if second is not None:
        return line_table(second, net.actor, children, cell.name, net.day)
    lines = net.lines(children)
    return tables.cell_table(lines, cell.name, with_level=False, query=net.query)


def cell_page(request: Request, net: Dated, code: str) -> HttpResponse:
    """One cell as it was: who answered for it, what lay inside, its outline."""
    cell = net.cell(code)
    (line,) = net.lines([cell])
    may_call = can(net.actor, "grid.call", cell)
    context = {
        "cell": cell,
        "line": line,
        "day": net.day,
        "path": _crumbs(net, cell),
        "posts": tables.posts_table(territory.answering(cell, net.day), may_call=may_call),
        "cards": cell_cards(net.actor, cell, net.tree),
        **_ground(request, net, cell),
    }
    return render(request, "grid/cell.html", context)


def outlines(request: Request, net: Dated, code: str) -> JsonResponse:
    """GeoJSON of what lay inside the cell, with its heads or the bodies of a line of the day."""
    cell = net.cell(code)
    drawn = net.outlines(cell, territory.HEADS_LAYER)
    second = line_named(request.GET.get("line", ""))
    if second is not None:
        drawn = draw_line(second, net.actor, net.children(cell) or [cell], drawn, net.day)
    return JsonResponse(drawn)


def _crumbs(net: Dated, cell: Cell) -> list[parts.Crumb]:
    steps = [parts.Crumb(_("Net"), reverse("grid:cells") + net.query)]
    for ref in net.chain(cell):
        opens = net.sees(ref) and ref.id != cell.pk
        steps.append(parts.Crumb(ref.name, net.href(ref) if opens else ""))
    return steps


def _ground(request: Request, net: Dated, cell: Cell) -> dict[str, Any]:
    """What lay inside the cell as a list and a map, by administration or by a second line."""
    second = line_named(request.GET.get("line", ""))
    key = second.key if second else ""
    source = reverse("grid:outlines", kwargs={"code": cell.code}) + net.query
    heads = parts.Tab(_("Heads"), f"{net.query}#map", active=True)
    return {
        "inside": _inside(net, cell, second),
        "line_tabs": line_tabs(key, net.day),
        "label": second.label if second else "",
        "unknown": second.unknown_on(net.day) if second else None,
        "map_src": f"{source}&line={key}" if second else source,
        "map_count": "",
        "layers": [] if second else [heads],
        "map_note": "",
    }

"""Pages of the grid: my cells, one cell with who answers for it, keeping cells and posts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Actor, can, require
from gridpact.grid import tables, territory
from gridpact.grid.cards import cell_cards
from gridpact.grid.choices import RANK, Level
from gridpact.grid.filters import CellFilter
from gridpact.grid.forms import AppointForm, CellForm, EndForm
from gridpact.grid.mine import history
from gridpact.grid.models import Cell
from gridpact.grid.redraws import planned_for
from gridpact.grid.registers import TERMS
from gridpact.grid.second_line import draw_line, line_named, line_table, line_tabs
from gridpact.grid.services import appoint as appoint_person
from gridpact.grid.services import edit_cell, end_term
from gridpact.grid.sign import LEVELS as SIGN_LEVELS
from gridpact.grid.views import days
from gridpact.grid.views.base import Request, crumbs, form_page, reader
from gridpact.ui import parts
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50


def _layer(request: Request) -> str:
    """The layer asked for; anything unknown is the first."""
    asked = request.GET.get("layer")
    return territory.HEADS_LAYER if asked == territory.HEADS_LAYER else territory.ORDERS_LAYER


def _map(request: Request, cell: Cell) -> dict[str, Any]:
    """What the map component needs to draw the inside of `cell`, one meaning at a time."""
    layer = _layer(request)
    second = line_named(request.GET.get("line", ""))
    names = ((territory.ORDERS_LAYER, _("Open orders")), (territory.HEADS_LAYER, _("Heads")))
    source = reverse("grid:outlines", kwargs={"code": cell.code})
    drawn = RANK[cell.level] >= RANK[Level.TOWNSHIP]
    note = _("Lines below the communities are drawn for demonstration.")
    return {
        "line_tabs": line_tabs(second.key if second else ""),
        "map_src": f"{source}?line={second.key}" if second else f"{source}?layer={layer}",
        "map_count": "count" if layer == territory.ORDERS_LAYER and not second else "",
        "layers": []
        if second
        else [parts.Tab(name, f"?layer={key}#map", active=key == layer) for key, name in names],
        "map_note": note if drawn else "",
    }


@login_required
@require_GET
def cells(request: Request) -> HttpResponse:
    """My cells first, then what lies inside them; with a filter, the cells it finds in sight."""
    actor = reader(request)
    form = CellFilter(request.GET)
    net = days.net_of_day(request)
    if net is not None:
        return days.cells(request, net, form)
    context: dict[str, Any] = {"form": form, "links": _links(actor)}
    sight = territory.in_sight(actor)
    if form.is_active:
        rows = form.apply(sight)
        page = keyset_page(rows, ("code",), request.GET.get("cursor"), PAGE_SIZE)
        context["page"] = page
        context["table"] = tables.cell_table(territory.lines(actor, page.items), _("Cells"))
        return render(request, "grid/found.html", context, partial="rows")
    own = territory.own_cells(actor, sight)
    inside = territory.children_of(sight, own[0]) if own else []
    lines = territory.lines(actor, [*own, *inside])
    context["own"] = tables.cell_table(lines[: len(own)], _("My cells"))
    if own:
        context |= {
            "cell": own[0],
            "inside": _inside(request, own[0], lines[len(own) :]),
            "stats": tables.finding_stats(own[0], territory.findings(sight, own[0])),
            **_map(request, own[0]),
        }
    return render(request, "grid/cells.html", context)


def _inside(request: Request, cell: Cell, lines: list[territory.CellLine]) -> parts.Table:
    """What lies in `cell`: with heads and figures, or with the bodies of a second line."""
    second = line_named(request.GET.get("line", ""))
    if second is None:
        return tables.cell_table(lines, cell.name, with_level=False)
    return line_table(second, request.actor, [line.cell for line in lines], cell.name)


def _links(actor: Actor) -> list[parts.Action]:
    """The registers beside the grid."""
    return [
        parts.Action(_("Appointments"), reverse(TERMS.url_name("list")), "id-badge"),
        parts.Action(_("Redraws"), reverse("grid:redraws"), "map-cog"),
    ]


@login_required
@require_GET
def cell_page(request: Request, code: str) -> HttpResponse:
    """One cell: who answers, what lies inside with heads and vacancies, its map and figures."""
    actor = reader(request)
    net = days.net_of_day(request)
    if net is not None:
        return days.cell_page(request, net, code)
    sight = territory.in_sight(actor)
    cell = territory.seen_cell(sight, code)
    line, *inside = territory.lines(actor, [cell, *territory.children_of(sight, cell)])
    before, after = territory.beside(sight, cell)
    may_call = can(actor, "grid.call", cell)
    context = {
        "cell": cell,
        "line": line,
        "path": crumbs(actor, cell),
        "posts": tables.posts_table(territory.answering(cell), may_call=may_call),
        "inside": _inside(request, cell, inside),
        "cards": cell_cards(actor, cell),
        "planned": planned_for(actor, cell),
        "stats": [
            *(parts.Stat(one.label, one.href, one.shown, icon="clipboard-list")
              for one in line.figures),
            *tables.finding_stats(cell, territory.findings(sight, cell)),
        ],
        "past": tables.past_table(history(cell)),
        "before": before,
        "after": after,
        "actions": _cell_actions(actor, cell, urgent=line.is_vacant),
        **_map(request, cell),
    }  # fmt: skip
    return render(request, "grid/cell.html", context)


def _cell_actions(actor: Actor, cell: Cell, *, urgent: bool) -> list[parts.Action]:
    """What this actor may do with the cell; appointing comes first where a head is missing."""
    code = {"code": cell.code}
    actions = []
    if can(actor, "grid.appoint", cell):
        actions.append(
            parts.Action(_("Appoint"), reverse("grid:appoint", kwargs=code), "user-plus",
                         primary=urgent)
        )  # fmt: skip
    if can(actor, "grid.edit_cell", cell):
        actions.append(parts.Action(_("Edit"), reverse("grid:edit", kwargs=code), "edit"))
    if can(actor, "grid.redraw", territory.chain_of(cell)[-2:-1] or [cell]):
        actions.append(parts.Action(_("Redraw"), reverse("grid:redraw", kwargs=code), "map-cog"))
    wrong = reverse("grid:gaps", kwargs=code)
    actions.append(parts.Action(_("What is wrong"), wrong, "list-check"))
    if cell.level in SIGN_LEVELS:
        sign = reverse("grid:sign", kwargs=code)
        actions.append(parts.Action(_("Print the sign"), sign, "printer"))
    return actions


@login_required
@require_GET
def outlines(request: Request, code: str) -> JsonResponse:
    """GeoJSON of what lies inside a cell, for its map."""
    actor = reader(request)
    net = days.net_of_day(request)
    if net is not None:
        return days.outlines(request, net, code)
    cell = territory.seen_cell(territory.in_sight(actor), code)
    drawn = territory.outlines(actor, cell, _layer(request))
    second = line_named(request.GET.get("line", ""))
    if second is not None:
        inside = territory.children_of(territory.in_sight(actor), cell) or [cell]
        drawn = draw_line(second, actor, inside, drawn)
    answer = JsonResponse(drawn)
    answer["Cache-Control"] = "private, max-age=60"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: Request, code: str) -> HttpResponse:
    """Name and declared doors of a cell."""
    actor = reader(request)
    cell = territory.seen_cell(territory.in_sight(actor), code)
    require(actor, "grid.edit_cell", cell)
    form = CellForm(request.POST or None, initial={"name": cell.name, "doors": cell.doors})

    def save() -> None:
        edit_cell(cell, form.cleaned_data["name"], form.cleaned_data["doors"], actor=actor)

    return form_page(request, form, save, cell, _("Edit the cell"))


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request: Request, code: str) -> HttpResponse:
    """Appoint somebody on a cell."""
    actor = reader(request)
    cell = territory.seen_cell(territory.in_sight(actor), code)
    require(actor, "grid.appoint", cell)
    form = AppointForm(cell, actor, request.POST or None, initial=request.GET.dict())

    def save() -> None:
        data = form.cleaned_data
        appoint_person(
            data["user"], data["kind"], cell, data["starts"], data["ends"],
            acting_for=data["acting_for"], actor=actor,
        )  # fmt: skip

    return form_page(request, form, save, cell, _("Appoint"))


@login_required
@require_http_methods(["GET", "POST"])
def end(request: Request, key: str) -> HttpResponse:
    """End a term on a day, with a reason."""
    actor = reader(request)
    post = TERMS.one(actor, key)
    require(actor, "grid.end_term", post)
    form = EndForm(request.POST or None)

    def save() -> None:
        end_term(post, form.cleaned_data["last_day"], form.cleaned_data["why"], actor=actor)

    title = _("End the term of %(name)s as %(kind)s")
    words = {"name": post.user, "kind": post.kind.name}
    return form_page(request, form, save, post.cell, title % words)

"""The redraw wizard: choose a kind, fill and draw, look at what it moves, confirm, take back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Refused
from gridpact.grid import redraw_tables
from gridpact.grid.choices import RedrawKind, RedrawState
from gridpact.grid.models import Cell
from gridpact.grid.redraw_forms import FORMS, RedrawForm
from gridpact.grid.redraws import one_redraw, redraws_of, seen_to_redraw
from gridpact.grid.services.redraw import Preview, plan_redraw, preview_redraw, undo_redraw
from gridpact.grid.views.base import Request, crumbs, reader
from gridpact.ui import parts
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50
_DRAWN = {RedrawKind.SPLIT.value: "line", RedrawKind.BOUNDARY.value: "area"}


@login_required
@require_http_methods(["GET", "POST"])
def redraw(request: Request, code: str) -> HttpResponse:
    """Step by step: without a kind the choice, then the form, the preview, and the redraw."""
    actor = reader(request)
    cell = seen_to_redraw(actor, code)
    kind = str(request.GET.get("kind") or "").upper()
    if kind not in FORMS:
        return _page(request, "grid/redraw.html", cell, {"kinds": redraw_tables.kind_cards(cell)})
    form = FORMS[kind](cell, actor, request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, cell, kind, form)
    try:
        if "confirm" in request.POST:
            return _make(request, cell, kind, form)
        seen = preview_redraw(
            kind, cell, effective_on=form.cleaned_data["effective_on"], request=form.request(),
            actor=actor,
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status == 403:
            raise
        form.add_error(None, refusal.sentence)
        return _form(request, cell, kind, form)
    return _preview(request, cell, kind, form, seen)


def _make(request: Request, cell: Cell, kind: str, form: RedrawForm) -> HttpResponse:
    data = form.cleaned_data
    made = plan_redraw(
        kind, cell, effective_on=data["effective_on"], reason=data["reason"],
        request=form.request(), actor=request.actor,
    )  # fmt: skip
    done = made.state == RedrawState.DONE
    messages.success(request, _("The net is redrawn.") if done else _("The redraw is planned."))
    return redirect("grid:redraw_page", code=made.code)


def _form(request: Request, cell: Cell, kind: str, form: RedrawForm) -> HttpResponse:
    above = cell.parent if kind == RedrawKind.BOUNDARY and cell.parent else cell
    outlines = reverse("grid:outlines", kwargs={"code": above.code})
    context = {
        "form": form,
        "kind": kind,
        "draw": _DRAWN.get(kind, ""),
        "map_src": f"{outlines}?layer=heads",
    }
    return _page(request, "grid/redraw_form.html", cell, context, 422 if form.errors else 200)


def _preview(
    request: Request, cell: Cell, kind: str, form: RedrawForm, seen: Preview
) -> HttpResponse:
    carried = {
        name: value
        for name, value in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "shape", "back"}
    }
    outlines = reverse("grid:outlines", kwargs={"code": cell.code})
    context = {
        "kind": kind,
        "seen": seen,
        "moves": redraw_tables.line_table(seen.moves, _("What moves")),
        "orphans": redraw_tables.line_table(seen.orphans, _("What needs a look")),
        "carried": [(name, value) for name, values in carried.items() for value in values],
        "shape": form.carried(),
        "outlines": json.dumps(seen.outlines),
        "map_src": f"{outlines}?layer=heads",
    }
    return _page(
        request, "grid/redraw_preview.html", cell, context, 200 if seen.is_possible else 422
    )


def _page(
    request: Request, template: str, cell: Cell, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    names = dict(RedrawKind.choices)
    kind = str(more.get("kind", ""))
    title = str(names[kind]) if kind else _("Redraw")
    context = {"cell": cell, "title": title, "path": crumbs(request.actor, cell, title)}
    return render(request, template, context | more, status=status)


@login_required
@require_GET
def redraws(request: Request) -> HttpResponse:
    """Redraws of cells in sight, planned, done and taken back."""
    actor = reader(request)
    state = str(request.GET.get("state") or "").upper()
    rows = redraws_of(actor, state if state in RedrawState.values else "")
    page = keyset_page(rows, ("-made_at", "-id"), request.GET.get("cursor"), PAGE_SIZE)
    tabs = {"": _("all")} | {one.value: str(one.label) for one in RedrawState}
    context = {
        "page": page,
        "table": redraw_tables.redraw_table(page.items),
        "tabs": [
            parts.Tab(name, f"?state={key}", active=key == state) for key, name in tabs.items()
        ],
    }
    return render(request, "grid/redraws.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def redraw_page(request: Request, code: str) -> HttpResponse:
    """One redraw: what it was asked to do, what it moved, and the way back."""
    actor = reader(request)
    row = one_redraw(actor, code)
    refused = ""
    if request.method == "POST":
        try:
            undo_redraw(row, actor=actor)
        except Refused as refusal:
            if refusal.status == 403:
                raise
            refused = refusal.sentence
        else:
            messages.success(request, _("Taken back."))
            return redirect("grid:redraw_page", code=code)
    context = {
        "row": row,
        "refused": refused,
        "moves": redraw_tables.kept_table(row.moves.get("moves", ()), _("What moves")),
        "orphans": redraw_tables.kept_table(row.moves.get("orphans", ()), _("What needs a look")),
        "facts": redraw_tables.redraw_facts(row),
        "may_undo": actor.has("grid.edit") and row.state != RedrawState.UNDONE,
        "path": [parts.Crumb(_("Redraws"), reverse("grid:redraws")), parts.Crumb(row.code)],
    }
    return render(request, "grid/redraw_page.html", context, status=409 if refused else 200)

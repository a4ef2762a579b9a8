"""What the pages of the grid share: the typed request, crumbs, and a form that runs a verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from gridpact.core.access import Actor, Refused
from gridpact.grid import tables, territory
from gridpact.grid.models import Cell
from gridpact.ui import parts
from gridpact.ui.render import render


class Request(HttpRequest):
    """A request after the middleware: it knows who acts."""

    actor: Actor


def reader(request: Request) -> Actor:
    """The actor, who must hold a post that reads the grid."""
    if not request.actor.has("grid.read"):
        raise Refused("forbidden", 403)
    return request.actor


def crumbs(actor: Actor, cell: Cell, last: str = "") -> list[parts.Crumb]:
    """The path of names; cells above the actor's own are named but not opened."""
    roots = {grant.cell_id for grant in actor.grants_for("grid.read")}
    steps = [parts.Crumb(_("Net"), reverse("grid:cells"))]
    for step in territory.chain_of(cell):
        inside = bool(roots & set(step.path_ids)) and (step.pk != cell.pk or bool(last))
        steps.append(parts.Crumb(step.name, tables.cell_href(step) if inside else ""))
    return [*steps, parts.Crumb(last)] if last else steps


def form_page(
    request: Request, form: forms.Form, save: Callable[[], Any], cell: Cell, title: str
) -> HttpResponse:
    """Show the form, or run the verb and go back to the cell; a refusal is said in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect(tables.cell_href(cell))
    context = {"form": form, "cell": cell, "title": title,
               "path": crumbs(request.actor, cell, title)}  # fmt: skip
    return render(request, "grid/form.html", context, status=422 if form.errors else 200)

"""What the pages of duties share: cells in sight, forms that run a verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gridpact.core.access import Actor, Refused
from gridpact.grid.models import Cell
from gridpact.grid.territory import in_sight, own_cells, seen_cell
from gridpact.orders.views.base import Request
from gridpact.ui.render import render


def reader(request: Request) -> Actor:
    """The actor, who must hold a post that reads the grid."""
    if not request.actor.has("grid.read"):
        raise Refused("forbidden", 403)
    return request.actor


def cell_of(actor: Actor, code: str) -> Cell:
    """The cell with a code, or the first of the actor's own; 404 when it is not in sight."""
    sight = in_sight(actor)
    if code:
        return seen_cell(sight, code)
    own = own_cells(actor, sight)
    if not own:
        raise Refused("not_found", 404)
    return own[0]


def form_page(
    request: Request,
    form: forms.Form,
    save: Callable[[], Any],
    *,
    template: str,
    context: dict[str, Any],
    back: str,
) -> HttpResponse:
    """Show the form, or run the verb and go to `back`; a refusal is said in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(request, template, {**context, "form": form}, status=422 if form.errors else 200)

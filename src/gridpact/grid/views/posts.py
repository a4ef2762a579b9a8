"""My grid, noting an absence, and the holder's word about the phone on the public sign."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridpact.core.access import Refused, require
from gridpact.grid.forms import AbsenceForm
from gridpact.grid.mine import mine
from gridpact.grid.models import Appointment
from gridpact.grid.registers import TERMS
from gridpact.grid.services import report_absence, show_phone
from gridpact.grid.today import today_lists
from gridpact.grid.views.base import Request, form_page, reader
from gridpact.ui.render import render


@login_required
@require_GET
def my_grid(request: Request) -> HttpResponse:
    """The own cells on a phone: what waits, whom to call, the own posts."""
    actor = reader(request)
    own = mine(actor)
    context = {"mine": own, "today": today_lists(actor, [line.cell for line in own.cells])}
    return render(request, "grid/mine.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def away(request: Request, key: str) -> HttpResponse:
    """Note the days on which the holder of a post is away."""
    actor = reader(request)
    post = TERMS.one(actor, key)
    require(actor, "grid.report_absence", post)
    form = AbsenceForm(request.POST or None)

    def save() -> None:
        data = form.cleaned_data
        report_absence(post, data["first_day"], data["last_day"], data["why"], actor=actor)

    title = _("Absence of %(name)s, %(kind)s") % {"name": post.user, "kind": post.kind.name}
    return form_page(request, form, save, post.cell, title)


@login_required
@require_POST
def phone(request: Request, pk: int) -> HttpResponse:
    """Let the own phone stand on the public sign, or take it off."""
    post = Appointment.objects.filter(pk=pk, user_id=request.actor.user_id or 0).first()
    if post is None:
        raise Refused("not_found", 404)
    show_phone(post, shown=request.POST.get("shown") == "1", actor=request.actor)
    messages.success(request, _("Saved."))
    return redirect("grid:mine")

"""The page that ends a membership and the tree of Party bodies; the rest is register kit."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.grid.days import day_asked
from gridpact.orgs.forms import EndMemberForm
from gridpact.orgs.party_tree import PARTY_LINE, party_tree
from gridpact.orgs.registers import MEMBERS
from gridpact.orgs.services import end_member
from gridpact.ui.render import render


class Request(HttpRequest):
    """A request after the middleware: it knows who acts."""

    actor: Actor


@login_required
@require_http_methods(["GET", "POST"])
def end(request: Request, key: str) -> HttpResponse:
    """Ask for the last day, then end the membership; a refusal is said in the form."""
    member = MEMBERS.one(request.actor, key)
    require(request.actor, "orgs.end_member", member.org)
    form = EndMemberForm(request.POST or None)
    back = reverse(MEMBERS.url_name("detail"), kwargs={"key": key})
    if request.method == "POST" and form.is_valid():
        try:
            end_member(member, form.cleaned_data["last_day"], actor=request.actor)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    words = {"name": member.user, "org": member.org, "role": member.get_role_display()}
    context = {
        "title": _("End the membership"),
        "question": _("%(name)s will no longer be %(role)s of %(org)s after this day.") % words,
        "form": form,
        "confirm_label": _("End the membership"),
        "back_href": back,
        "danger": True,
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def tree(request: Request) -> HttpResponse:
    """The Party bodies in sight as a tree that unfolds; `?as_of=` another day as it stood then."""
    if not request.actor.has("grid.read"):
        raise Refused("forbidden", 403)
    day = day_asked(request.GET.get("as_of") or "")
    if day is not None and day >= clock.today():
        day = None  # bodies are not planned ahead
    context = {
        "tree": party_tree(request.actor, day),
        "day": day,
        "unknown": PARTY_LINE.unknown_on(day) if day else None,
        "label": PARTY_LINE.label,
    }
    return render(request, "orgs/party_tree.html", context)

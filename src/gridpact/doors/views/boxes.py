"""The page of an emptied suggestion box: many slips in one go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.core.access import Refused, require
from gridpact.doors.forms import BoxForm, SlipForm
from gridpact.doors.models import BoxEmptying
from gridpact.doors.services import Emptying, Slip, SlipsRefused, enter_box
from gridpact.doors.services.boxes import MAX_SLIPS
from gridpact.orders.views.base import Request
from gridpact.ui import parts
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

ROWS = 5  # empty rows offered at a time
SlipSet = forms.formset_factory(SlipForm, extra=ROWS, max_num=MAX_SLIPS, absolute_max=MAX_SLIPS)
_FIELDS = {"witnesses": "witness_2", "emptied_on": "emptied_on"}


@login_required
@require_GET
def boxes(request: Request) -> HttpResponse:
    """Emptied boxes in sight, the newest first."""
    require(request.actor, "orders.submit_for")
    rows = BoxEmptying.objects.visible_to(request.actor).select_related("cell", "entered_by")
    page = keyset_page(rows.defer("cell__boundary"), ("-id",), request.GET.get("cursor"), 30)
    return render(request, "doors/boxes.html", {"rows": page.items, "page": page})


@login_required
@require_http_methods(["GET", "POST"])
def box_new(request: Request) -> HttpResponse:
    """GET: the form. POST `more`: more rows. POST: every slip becomes an order, or none."""
    require(request.actor, "orders.submit_for")
    if request.method == "GET":
        given = {"cell": request.GET["cell"]} if "cell" in request.GET else {}
        form = BoxForm(actor=request.actor, initial=given)
        return _page(request, form, SlipSet(prefix="slip"))
    form = BoxForm(request.POST, actor=request.actor)
    if "more" in request.POST:
        return _page(request, form, _longer(request))
    slips = SlipSet(request.POST, prefix="slip")
    if not (form.is_valid() and slips.is_valid()):
        return _page(request, form, slips, 422)
    written = [row for row in slips.forms if not row.is_blank]
    try:
        _box, orders = enter_box(_emptying(form, written), actor=request.actor)
    except SlipsRefused as refused:
        for number, why in refused.reasons:
            written[number - 1].add_error("text", why)
        return _page(request, form, slips, 422)
    except Refused as refused:
        if refused.status == 404:
            raise
        form.add_error(_FIELDS.get(str(refused.params.get("field"))), refused.sentence)
        return _page(request, form, slips, refused.status)
    n = len(orders)
    text = ngettext("%(n)s order was placed.", "%(n)s orders were placed.", n) % {"n": n}
    messages.success(request, text if n else _("This box was entered before."))
    return redirect("doors:boxes")


def _longer(request: Request) -> Any:
    data = request.POST.copy()
    count = data.get("slip-TOTAL_FORMS", "")
    rows = min(int(count) if count.isdecimal() and len(count) < 4 else ROWS, MAX_SLIPS - ROWS)
    data["slip-TOTAL_FORMS"] = str(rows + ROWS)
    return SlipSet(data, prefix="slip")


def _emptying(form: BoxForm, rows: list[Any]) -> Emptying:
    data = form.cleaned_data
    return Emptying(
        cell=data["cell"],
        place=data["place"],
        emptied_on=data["emptied_on"],
        witnesses=(data["witness_1"], data["witness_2"]),
        slips=[Slip(**row.cleaned_data) for row in rows],
        token=data["token"],
    )


def _page(request: Request, form: BoxForm, slips: Any, status: int = 200) -> HttpResponse:
    crumbs = [parts.Crumb(_("Suggestion boxes"), reverse("doors:boxes"))]
    context = {"form": form, "slips": slips, "crumbs": crumbs}
    return render(request, "doors/box_new.html", context, status=status)

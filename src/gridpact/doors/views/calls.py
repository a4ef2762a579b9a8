"""The quick page for a caller or visitor: the number first, what they placed before, the matter."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gridpact.core.access import Refused, require
from gridpact.doors.forms import CALLS, CallForm
from gridpact.doors.selectors.callers import known_caller
from gridpact.doors.services import Call, take_call
from gridpact.doors.tables import earlier_rows
from gridpact.orders.choices import Channel
from gridpact.orders.models import Order
from gridpact.orders.views.base import Request
from gridpact.ui import parts
from gridpact.ui.render import render

_FIELDS = {
    "text": "text", "cell": "cell", "contact.phone": "phone", "contact.name": "name",
    "reference": "reference", "address": "address",
}  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def call(request: Request) -> HttpResponse:
    """GET: the form. POST `look`: who called before (a number never stands in an address)."""
    require(request.actor, "orders.submit_for")
    if request.method == "GET":
        wanted = request.GET.get("channel", Channel.PHONE)
        channel = wanted if wanted in CALLS else Channel.PHONE
        given = {"channel": channel, "cell": request.GET.get("cell", "")}
        return _page(request, CallForm(actor=request.actor, initial=given))
    form = CallForm(request.POST, actor=request.actor)
    if "look" in request.POST:
        return _page(request, form, look=True)
    if not form.is_valid():
        return _page(request, form, 422)
    data = {key: value for key, value in form.cleaned_data.items() if value}
    try:
        order = take_call(Call(**({"text": ""} | data)), actor=request.actor)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        field = _FIELDS.get(str(refusal.params.get("field", "")))
        form.add_error(field if field in form.fields else None, refusal.sentence)
        return _page(request, form, refusal.status)
    messages.success(request, _("Order %(number)s was placed.") % {"number": order.number})
    if Order.objects.visible_to(request.actor).filter(pk=order.pk).exists():
        return redirect("orders:detail", order.number)
    return redirect("doors:index")


def _page(
    request: Request, form: CallForm, status: int = 200, *, look: bool = False
) -> HttpResponse:
    phone = str(form["phone"].value() or "")
    known = known_caller(request.actor, phone)
    shown = str(form["channel"].value() or Channel.PHONE)
    context = {
        "form": form,
        "looked": look and phone and known is None,
        "known": known,
        "earlier": earlier_rows(known.orders) if known else [],
        "title": Channel(shown).label if shown in CALLS else Channel.PHONE.label,
        "crumbs": [parts.Crumb(_("Take up"), reverse("doors:index"))],
    }
    return render(request, "doors/call.html", context, status=status)

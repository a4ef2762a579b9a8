"""Placing an order on a resident's behalf, and the quick report from the street."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridpact.core.access import Refused, require
from gridpact.orders.forms import IntakeForm
from gridpact.orders.forms.fields import kept_ids
from gridpact.orders.hooks.hints import Draft, Hint, hints_for_draft
from gridpact.orders.models import Order
from gridpact.orders.services import Contact, Intake, open_order
from gridpact.orders.views.base import Request, keep_files, kept_photos, signed_in
from gridpact.ui.render import render

MOST_COMPARED = 2_000  # signs of a text
FORM = "form"  # the source system of orders that came through this page
# Which field of the page a refusal of the verb belongs to.
_FIELDS = {
    "text": "text", "kind": "kind", "cell": "cell", "address": "address", "location": "address",
    "contact.phone": "phone", "contact.name": "name",
}  # fmt: skip


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """GET: the form. POST: the order, once, however often the form is sent."""
    return place(request, _given(request))


def place(
    request: Request, given: dict[str, Any], then: Callable[[Order], HttpResponse] | None = None
) -> HttpResponse:
    """The page of `new`, prefilled with `given`, for pages of other apps that end in an order.

    `then` runs in the transaction of the order and answers instead of the order's page.
    """
    require(request.actor, "orders.submit_for")
    if request.method == "GET":
        return _page(request, IntakeForm(actor=request.actor, initial=given))
    form = IntakeForm(request.POST, request.FILES, actor=request.actor)
    keep_files(form, request)
    # Without scripts the list comes once, before the order.
    hints = _resembling(request) if request.POST.get("look_first") else []
    if hints or not form.is_valid():
        return _page(request, form, 200 if form.is_valid() else 422, hints=hints)
    intake = _intake(form.cleaned_data, request.actor.user_id)
    try:
        with transaction.atomic():  # so that a second sending leaves the connection usable
            order = open_order(intake, actor=request.actor)
            answer = then(order) if then is not None else None
    except IntegrityError:
        sent = Order.objects.filter(source_system=FORM)  # scope: this person's own, sent twice
        order, answer = sent.get(source_number=intake.source_number), None
    except Refused as refusal:
        form.add_error(_FIELDS.get(str(refusal.params.get("field", ""))), refusal.sentence)
        return _page(request, form, refusal.status)
    messages.success(request, _("Order %(number)s was placed.") % {"number": order.number})
    if answer is not None:
        return answer
    if Order.objects.visible_to(request.actor).filter(pk=order.pk).exists():
        return redirect("orders:detail", order.number)
    return redirect("orders:list")


@signed_in
@require_POST
def resembling(request: Request) -> HttpResponse:
    """While the form is filled in: orders in sight that may be the same matter."""
    require(request.actor, "orders.submit_for")
    return render(request, "orders/resembling.html", {"hints": _resembling(request)})


def _resembling(request: Request) -> list[Hint]:
    names = ("lon", "lat", "datum", "cell", "address")
    text = request.POST.get("text", "")[:MOST_COMPARED]
    given = {name: request.POST.get(name, "")[:200] for name in names}
    return hints_for_draft(request.actor, Draft(text, **given))


def _given(request: Request) -> dict[str, Any]:
    """What the address already says, e.g. the cell of the page one comes from."""
    return {key: request.GET[key] for key in ("cell", "channel", "kind") if key in request.GET}


def _intake(data: dict[str, Any], user_id: int | None) -> Intake:
    """The form as an intake. Its token makes a second sending find the first order."""
    return Intake(
        text=data["text"],
        kind=data["kind"],
        lon=data["lon"],
        lat=data["lat"],
        datum=data["datum"] or "wgs84",
        address=data["address"],
        cell=data["cell"] if data["lon"] is None else "",
        contact=Contact(data["name"], data["phone"]),
        anonymous=not (data["name"] or data["phone"]),
        photos=tuple(data["kept"]),
        channel=data["channel"],
        source_system=FORM,
        source_number=f"{user_id}:{data['token']}",
    )


def _page(
    request: Request, form: IntakeForm, status: int = 200, *, hints: Sequence[Hint] = ()
) -> HttpResponse:
    ids = kept_ids(form["kept"].value())
    context = {
        "form": form,
        "hints": hints,
        "ground": reverse("orders:ground"),
        "kept": kept_photos(request.actor, ids),
        "kept_count": len(ids),
    }
    return render(request, "orders/new.html", context, status=status)

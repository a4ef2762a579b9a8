"""Following an order like a parcel, rating it, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridpact.accounts.throttle import check_public_write, check_tries, count_try
from gridpact.core.access import Actor, Refused
from gridpact.core.edge import actor_of
from gridpact.core.texts import refusal_text
from gridpact.grid.tree import tree
from gridpact.notices.forms_follow import (
    AskForm,
    JoinForm,
    RateForm,
    UrgeForm,
    WithdrawForm,
)
from gridpact.notices.selectors.follow import (
    Followed,
    code_fits,
    find,
    followed,
    normal_code,
    normal_number,
    public_order,
    reporter_of,
)
from gridpact.notices.tables.follow import page_context
from gridpact.orders.models import Order
from gridpact.orders.policies import is_reporter
from gridpact.orders.services import join_order, rate_order, urge_order, withdraw_order
from gridpact.ui.render import render


@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Number and code; with both in the address, straight to the order."""
    if "number" not in request.GET:
        return render(request, "notices/ask.html", {"form": AskForm()})
    form = AskForm(request.GET)
    if not form.is_valid():
        return render(request, "notices/ask.html", {"form": form}, status=422)
    number = normal_number(form.cleaned_data["number"])
    code = normal_code(form.cleaned_data["code"])
    if not number.isalnum():
        return unknown(request, number)
    return redirect(follow_address(number, code))


def follow_address(number: str, code: str = "") -> str:
    """The page of an order, for its holder with the code."""
    address = reverse("notices:follow", args=[number])
    return f"{address}?{urlencode({'code': code})}" if code else address


def holder_of(request: HttpRequest, number: str, code: str) -> tuple[Order, Actor] | None:
    """The order and its holder, by code or by the account that placed it; None for anybody else.

    A wrong code and an unknown number look the same and count alike: after ten of them an address
    has to wait (`Refused`, 429).
    """
    actor = actor_of(request)
    if code:
        check_tries(request, "codes")
    order = find(number)
    if order is not None and is_reporter(actor, order):
        return order, actor
    if code and code_fits(order, code) and order is not None:
        return order, reporter_of(order, actor)
    if code:
        count_try(request, "codes")
    return None


def unknown(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """The same page for a number that does not exist, is not public, or has another code."""
    form = AskForm(initial={"number": number[:40]})
    said = refusal_text("code_wrong", {}) if code else _("Please enter the code of your receipt.")
    return render(request, "notices/ask.html", {"form": form, "said": said}, status=404)


@never_cache
@require_safe
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """One order: in full for its holder, the public part for anybody if the board shows it."""
    number, code = normal_number(number), request.GET.get("code", "")
    holder = holder_of(request, number, code)
    if holder is not None:
        order, actor = holder
        return _page(request, followed(order, actor), code)
    shown = None if code else public_order(number)
    if shown is None:
        return unknown(request, number, code)
    return _page(request, followed(shown, actor_of(request)), "")


HolderView = Callable[[HttpRequest, Order, Actor, str], HttpResponse]


def _holder_only(view: HolderView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A POST by whoever holds the order's code; anybody else finds nothing."""

    @never_cache
    @require_http_methods(["POST"])
    @wraps(view)
    def checked(request: HttpRequest, number: str) -> HttpResponse:
        number, code = normal_number(number), request.POST.get("code", "")
        holder = holder_of(request, number, code)
        if holder is None:
            return unknown(request, number, code)
        return view(request, *holder, code)

    return checked


def _page(
    request: HttpRequest,
    seen: Followed,
    code: str,
    *,
    rate_form: RateForm | None = None,
    join_form: JoinForm | None = None,
    urge_form: UrgeForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = page_context(seen, tree(), code)
    context["rate_form"] = rate_form or RateForm(initial={"code": code})
    context["withdraw_form"] = WithdrawForm(initial={"code": code})
    context["urge_form"] = urge_form or UrgeForm(initial={"code": code})
    context["join_form"] = join_form or JoinForm()
    context["refusal"] = refusal
    return render(request, "notices/follow.html", context, status=status)


@_holder_only
def rate(request: HttpRequest, order: Order, actor: Actor, code: str) -> HttpResponse:
    """The resident's word on the result."""
    form = RateForm(request.POST)
    if not form.is_valid():
        return _page(request, followed(order, actor), code, rate_form=form, status=422)
    comment = form.cleaned_data["comment"]
    try:
        rate_order(
            order, actor=actor, solved=form.is_solved, satisfaction=form.satisfaction,
            comment=comment, marks=form.marks,
        )  # fmt: skip
    except Refused as refusal:
        seen = followed(order, actor)
        return _page(request, seen, code, rate_form=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("Thank you. Your rating was kept."))
    return redirect(follow_address(order.number, normal_code(code)))


@_holder_only
def withdraw(request: HttpRequest, order: Order, actor: Actor, code: str) -> HttpResponse:
    """The resident takes the order back, as long as nobody has taken it on."""
    form = WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        withdraw_order(order, actor=actor, reason=reason)
    except Refused as refusal:
        fresh = find(order.number) or order
        seen = followed(fresh, actor)
        return _page(request, seen, code, refusal=refusal, status=refusal.status)
    messages.success(request, _("Your order was withdrawn."))
    return redirect(follow_address(order.number, normal_code(code)))


@_holder_only
def urge(request: HttpRequest, order: Order, actor: Actor, code: str) -> HttpResponse:
    """The resident asks to hurry, once a day."""
    form = UrgeForm(request.POST)
    if not form.is_valid():
        return _page(request, followed(order, actor), code, urge_form=form, status=422)
    try:
        urge_order(order, actor=actor, note=form.cleaned_data["text"])
    except Refused as refusal:
        seen = followed(find(order.number) or order, actor)
        return _page(request, seen, code, refusal=refusal, status=refusal.status)
    messages.success(request, _("They were told to hurry."))
    return redirect(follow_address(order.number, normal_code(code)))


@never_cache
@require_http_methods(["POST"])
def join(request: HttpRequest, number: str) -> HttpResponse:
    """“Also affects me”: one more person, counted once a phone; only matters of the board."""
    number = normal_number(number)
    order = public_order(number)
    if order is None:
        return unknown(request, number)
    actor = actor_of(request)
    form = JoinForm(request.POST)
    try:
        check_public_write(request, "joins")
        if form.is_valid():
            join_order(order, phone=form.cleaned_data["phone"], actor=actor)
    except Refused as refusal:
        form.add_error("phone" if refusal.params.get("field") else None, refusal.sentence)
        response = _page(request, followed(order, actor), "", join_form=form, status=refusal.status)
        if refusal.status == 429:
            response["Retry-After"] = str(refusal.params["seconds"])
        return response
    if form.errors:
        return _page(request, followed(order, actor), "", join_form=form, status=422)
    messages.success(request, _("Thank you, you are counted. The answer will stand here."))
    return redirect(follow_address(number))

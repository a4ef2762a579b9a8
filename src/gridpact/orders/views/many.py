"""Moves on many orders: pick in a list, fill in one form, read what became of each."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridpact.core.access import Actor, Refused
from gridpact.orders.choices import MOVES
from gridpact.orders.forms import FORMS
from gridpact.orders.forms.many import form_for_many
from gridpact.orders.forms.moves import MoveForm
from gridpact.orders.listing import ListQuery
from gridpact.orders.models import Order
from gridpact.orders.services.many import (
    MANY,
    MAX_MANY,
    Batch,
    kept_results,
    move_many,
    possible_moves,
)
from gridpact.orders.tables import face_of, order_rows
from gridpact.orders.tables.many import Results, results_of
from gridpact.orders.views.base import Request, signed_in
from gridpact.orders.views.moves import CALLS
from gridpact.ui.render import render

SHOWN = 20  # picked orders listed on the form; the others are counted


class Picked(NamedTuple):
    """What was picked, the orders of it in sight, and how many of them allow the move now."""

    numbers: list[str]
    orders: list[Order]
    possible: int


def _numbers(request: Request) -> list[str]:
    """The boxes that were ticked, or the first 500 of the whole filtered list."""
    if not request.POST.get("whole"):
        return request.POST.getlist("pick")[: MAX_MANY + 1]
    wanted = ListQuery(request.actor, QueryDict(request.POST.get("query", ""))).checked()
    rows = wanted.rows().order_by(*wanted.ordering())
    return list(rows.values_list("number", flat=True)[:MAX_MANY])


def _picked(numbers: list[str], verb: str, actor: Actor) -> Picked:
    rows = Order.objects.visible_to(actor).with_parts().filter(number__in=numbers)
    orders = list(rows.order_by("due_at", "id"))
    return Picked(numbers, orders, sum(verb in possible_moves(order, actor) for order in orders))


@signed_in
@require_POST
def bulk(request: Request) -> HttpResponseBase:
    """First the form of the move for the picked orders, then (`go`) the moves themselves."""
    verb = request.POST.get("verb", "")
    if verb not in MANY or verb not in FORMS:
        raise Http404
    picked = _picked(_numbers(request), verb, request.actor)
    if not picked.orders:
        return _page(request, verb, picked, refusal=Refused("nothing_picked", 422))
    if not request.POST.get("go"):
        form = form_for_many(verb, picked.orders, actor=request.actor)
        return _page(request, verb, picked, form)
    form = form_for_many(verb, picked.orders, actor=request.actor, data=request.POST)
    if not form.is_valid():
        return _page(request, verb, picked, form)
    batch = Batch(verb, picked.numbers, _key(request), _asked(form))
    try:
        move_many(
            batch,
            lambda order: CALLS[verb](order, request.actor, form.answers_for(order)),
            actor=request.actor,
        )
    except Refused as refusal:
        return _page(request, verb, picked, form, refusal)
    return redirect("orders:bulk_done", batch.key)


def _key(request: Request) -> str:
    """The key the form was drawn with; anything else than one of ours is replaced."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid4())


def _asked(form: MoveForm) -> str:
    """What the form says, so that a key is not used for something else."""
    return "\n".join(f"{name}={form.cleaned_data[name]}" for name in sorted(form.cleaned_data))


def _page(
    request: Request,
    verb: str,
    picked: Picked,
    form: MoveForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    name = MOVES[verb].name
    context: dict[str, Any] = {
        "verb": verb,
        "verb_name": name,
        "face": face_of(verb),
        "form": form,
        "refused": refusal.sentence if refusal else "",
        "rows": order_rows(picked.orders[:SHOWN], request.actor),
        "more": max(0, len(picked.orders) - SHOWN),
        "count": len(picked.orders),
        "possible": picked.possible,
        "blocked": len(picked.orders) - picked.possible,
        "numbers": picked.numbers,
        "key": _key(request),
        "label": _("%(verb)s: %(n)s orders") % {"verb": name, "n": picked.possible},
    }
    wrong = 422 if form is not None and form.errors else 200
    return render(request, "orders/bulk.html", context, status=refusal.status if refusal else wrong)


@signed_in
@require_GET
def bulk_done(request: Request, key: UUID) -> HttpResponse:
    """What became of each order; kept for seven days, for the person who asked."""
    try:
        verb, outcomes = kept_results(str(key), actor=request.actor)
    except Refused as refusal:
        raise Http404 from refusal
    results: Results = results_of(verb, outcomes)
    context = {"results": results, "verb": verb, "verb_name": MOVES[verb].name}
    return render(request, "orders/bulk_done.html", context)

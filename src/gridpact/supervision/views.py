"""Pages of the supervision desk: the list, instructions and answers, the weekly list."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridpact.audit import services as audit
from gridpact.core import clock
from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of
from gridpact.grid.models import Cell
from gridpact.orders.models import Order
from gridpact.orders.selectors.queues import standing_cell
from gridpact.orders.tables.many import Bar, bulk_bar
from gridpact.supervision import services
from gridpact.supervision.filters import DeskFilter
from gridpact.supervision.forms import AnswerForm, InstructForm
from gridpact.supervision.models import Instruction
from gridpact.supervision.selectors import (
    desk_counts,
    desk_rows,
    in_area,
    week_of,
    weekly,
    who_is_late,
)
from gridpact.supervision.tables import (
    WEEK_COLUMNS,
    card_rows,
    desk_lines,
    late_rows,
    level_below,
    tabs,
    week_sheet,
)
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render
from gridpact.ui.sheets import write_xlsx

PAGE_SIZE = 50
HERE = frozenset({"urge", "supervise", "unsupervise", "extend"})  # moves of this desk


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Orders with a card, warned, or instructed; who is late with how many."""
    actor = actor_of(request)
    require(actor, "supervision.read", None)
    form = DeskFilter(request.GET)
    form.is_valid()
    cell = form.cleaned_data.get("cell") or standing_cell(actor)
    area = in_area(actor, cell)
    rows = desk_rows(area, form, actor)
    page = keyset_page(rows, ("due_at", "id"), request.GET.get("cursor") or None, PAGE_SIZE)
    bar = bulk_bar(page.items, actor)
    bar = Bar([action for action in bar.actions if action.value in HERE], bar.moves)
    chosen = form.cleaned_data.get("what") or ""
    kept = {key: str(value) for key, value in request.GET.items() if key not in {"cursor", "what"}}
    context = {
        "rows": desk_lines(page.items, actor, bar, level_below(cell)),
        "page": page,
        "bulk": bar.actions,
        "tabs": tabs(desk_counts(area, form, actor), chosen, kept),
        "filter_form": form,
        "cell": cell,
        "late": late_rows(who_is_late(area)),
        "narrowed": len(kept) > 0 or bool(chosen),
    }
    return render(request, "supervision/desk.html", context, partial="list")


@login_required
@require_GET
def week(request: HttpRequest) -> HttpResponse | FileResponse:
    """The weekly list, on paper (A4) or as a file (`?as=xlsx`)."""
    actor = actor_of(request)
    require(actor, "supervision.read", None)
    wanted = week_of(request.GET.get("week", ""))
    cell = _cell(request.GET.get("cell", "")) or standing_cell(actor)
    made = weekly(actor, cell, wanted)
    if request.GET.get("as") == "xlsx":
        audit.record(actor, "supervision.export", label=wanted.code)
        mark = f"{actor.name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"
        title = _("Weekly supervision list")
        file = write_xlsx(WEEK_COLUMNS, week_sheet(made.cards), title=title, mark=mark)
        name = f"supervision-{wanted.code}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)
    context = {
        "made": made,
        "week": wanted,
        "before": wanted.shifted(-1).code,
        "after": wanted.shifted(1).code,
        "cell": cell,
        "cards": card_rows(made.cards),
        "due": card_rows(made.due),
        "share": round(100 * made.kept / len(made.due)) if made.due else None,
        "at": clock.now(),
    }
    return render(request, "supervision/week.html", context)


def _cell(code: str) -> Cell | None:
    named = code and "\x00" not in code  # which no database keeps
    return Cell.objects.open().defer("boundary").filter(code=code).first() if named else None


@login_required
@require_http_methods(["GET", "POST"])
def instruct(request: HttpRequest, number: str) -> HttpResponse:
    """Write an instruction on an order."""
    actor = actor_of(request)
    order = _order(actor, number)
    require(actor, "orders.instruct", order)
    form = InstructForm(request.POST or None)

    def run(text: str) -> None:
        services.instruct_order(order, actor=actor, text=text)

    context = {"order": order, "title": _("Write an instruction"), "said": None}
    return _form_page(request, form, run, context)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an instruction."""
    actor = actor_of(request)
    rows = Instruction.objects.visible_to(actor).select_related("order__cell", "order__desk")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    require(actor, "orders.answer_instruction", found.order)
    form = AnswerForm(request.POST or None)

    def run(text: str) -> None:
        services.answer_instruction(found, actor=actor, text=text)

    context = {"order": found.order, "title": _("Answer the instruction"), "said": found}
    return _form_page(request, form, run, context)


def _order(actor: Actor, number: str) -> Order:
    order = Order.objects.visible_to(actor).with_parts().filter(number=number.upper()).first()
    if order is None:
        raise Http404
    return order


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    run: Callable[[str], None],
    context: dict[str, object],
) -> HttpResponse:
    """Show the form, or run the verb and go to the order; a refusal is said in the form."""
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            run(form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("Recorded, and told to whom it concerns."))
            order = context["order"]
            assert isinstance(order, Order)
            return redirect("orders:detail", order.number)
    return render(request, "supervision/form.html", {**context, "form": form}, status=status)

"""Pages of the questions: the list, one question with answer and word, the numbers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridpact.core.access import Actor, Refused, can, require
from gridpact.core.edge import actor_of
from gridpact.honesty import services
from gridpact.honesty.choices import Standing
from gridpact.honesty.forms import AnswerForm, ListFilter, NumbersForm, SettleForm
from gridpact.honesty.models import Question, QuestionQuerySet
from gridpact.honesty.selectors import by_unit
from gridpact.honesty.tables import (
    findings,
    list_rows,
    next_steps,
    order_links,
    pairs_of,
    shots_of,
    state_word,
    tabs,
    tone_of,
    unit_rows,
)
from gridpact.orders.selectors import COUNT_CAP
from gridpact.ui.paging import keyset_page
from gridpact.ui.render import render

PAGE_SIZE = 50


@login_required
@require_GET
def question_list(request: HttpRequest) -> HttpResponse:
    """Questions of the area, or those put to me; counts by state, unit and month."""
    actor = actor_of(request)
    form = ListFilter(request.GET)
    form.is_valid()
    rows = form.narrow(Question.objects.visible_to(actor))
    state = form.cleaned_data.get("state") or ""
    shown = rows.filter(state=state) if state else rows
    page = keyset_page(shown.with_parts(), ("-id",), request.GET.get("cursor") or None, PAGE_SIZE)
    kept = {k: str(v) for k, v in request.GET.items() if k not in {"cursor", "state"} and v}
    supervises = actor.has("orders.supervise")
    context = {
        "rows": list_rows(page.items, actor),
        "page": page,
        "tabs": tabs(_counts(rows), state, kept),
        "filter_form": form,
        "narrowed": bool(kept or state),
        "units": unit_rows(by_unit(Question.objects.visible_to(actor))) if supervises else [],
        "supervises": supervises,
        "may_edit": can(actor, "honesty.edit", None),
    }
    return render(request, "honesty/list.html", context, partial="list")


def _counts(rows: QuestionQuerySet) -> dict[str, int]:
    """By state, no further than 1,000."""
    ids = rows.order_by().values("pk")
    return {
        state: (ids.filter(state=state) if state else ids)[:COUNT_CAP].count()
        for state in ("", *Standing.values)
    }


def _find(actor: Actor, pk: int) -> Question:
    found = Question.objects.visible_to(actor).with_parts().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: what was found, photos side by side, the answer and the word."""
    actor = actor_of(request)
    return _page(request, _find(actor, pk), actor)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever is asked says how it was."""
    actor = actor_of(request)
    found = _find(actor, pk)
    require(actor, "honesty.answer", found)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_question(found, actor=actor, text=form.cleaned_data["text"])
        except Refused as refusal:
            return _refused(request, found, actor, form, refusal)
        messages.success(request, _("Your answer is recorded."))
        return redirect("honesty:question", pk)
    return _page(request, found, actor, answer_form=form, status=422)


@login_required
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else in the area settles it with a word."""
    actor = actor_of(request)
    found = _find(actor, pk)
    require(actor, "honesty.settle", found)
    form = SettleForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.settle_question(
                found, actor=actor, verdict=data["verdict"], reason=data["reason"],
                card=data["card"],
            )  # fmt: skip
        except Refused as refusal:
            return _refused(request, found, actor, form, refusal)
        messages.success(request, _("Settled."))
        return redirect("honesty:question", pk)
    return _page(request, found, actor, settle_form=form, status=422)


def _refused(
    request: HttpRequest, found: Question, actor: Actor, form: forms.Form, refusal: Refused
) -> HttpResponse:
    form.add_error(None, refusal.sentence)
    if isinstance(form, AnswerForm):
        return _page(request, found, actor, answer_form=form, status=refusal.status)
    return _page(request, found, actor, settle_form=form, status=refusal.status)


def _page(
    request: HttpRequest,
    found: Question,
    actor: Actor,
    *,
    answer_form: forms.Form | None = None,
    settle_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    if answer_form is None and found.state == Standing.OPEN and can(actor, "honesty.answer", found):
        answer_form = AnswerForm()
    waiting = found.state != Standing.SETTLED
    if settle_form is None and waiting and can(actor, "honesty.settle", found):
        settle_form = SettleForm()
    named = [] if found.order_id is None else [found.order_id]
    links = order_links([*named, *found.evidence.get("orders", [])], actor)
    context = {
        "question": found,
        "findings": findings(found),
        "about": links.get(found.order_id) if found.order_id is not None else None,
        "links": [link for pk, link in links.items() if pk != found.order_id],
        "pairs": pairs_of(found, actor),
        "shots": shots_of(found),
        "state": state_word(found),
        "tone": tone_of(found),
        "answer_form": answer_form,
        "settle_form": settle_form,
        "actions": next_steps(found, actor),
    }
    return render(request, "honesty/question.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def numbers(request: HttpRequest) -> HttpResponse:
    """From which numbers on something is asked."""
    actor = actor_of(request)
    require(actor, "honesty.edit", None)
    form = NumbersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = services.save_numbers(form.cleaned_data, actor=actor)
        said = ngettext("%(n)d number changed.", "%(n)d numbers changed.", changed)
        messages.success(request, said % {"n": changed})
        return redirect("honesty:numbers")
    return render(
        request, "honesty/numbers.html", {"form": form}, status=422 if form.errors else 200
    )
